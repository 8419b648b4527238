"""The stages: a request and a run in, a cached result out. Importing it loads no torch."""

from ..lazily import names_from

_HOME = {
    "finding.controls": ("ControlRequest", "control_ap"),
    "finding.estimate": ("Estimate", "estimate_find"),
    "finding.expertise_file": ("load_expertise", "save_expertise"),
    "finding.export": ("export_found",),
    "finding.find": ("Found", "counts", "find"),
    "finding.library_pool": ("LibraryPool", "library_pool", "outgrown"),
    "finding.model_record": ("ModelRecord", "known_record", "load_for"),
    "finding.plan": ("Plan", "choose_concepts", "plan_find"),
    "finding.pool": ("rebuild_pool", "take_pool"),
    "finding.request": ("FindRequest",),
    "finding.scored": ("Scored", "scored", "unit_mask"),
    "meaning.alignment": ("AlignRequest", "Aligned", "align_judgments", "align_models"),
    "meaning.domains": ("ConceptMap", "DomainRequest", "Domains", "communities_of", "concept_map", "domains"),
    "meaning.pair": ("PairView", "pair_view"),
    "meaning.priming": ("Priming", "priming"),
    "meaning.similarity": ("Similarities", "SimilarityRequest", "similarity"),
    "probing.audit": ("Audit", "AuditRequest", "audit"),
    "probing.generate": ("Generated", "GenerateRequest", "generate"),
    "probing.writing_cost": ("WritingCost", "writing_cost"),
    "probing.harvest": ("HarvestRequest", "harvest"),
    "story.demo_check": ("Check", "check_demo"),
    "story.files": ("keep_story", "load_story", "staleness", "write_story"),
    "story.recorded": ("Story", "StoryConcept"),
    "story.recording": ("record_story",),
    "writing.calibrate": ("CalibrateRequest", "calibrate_concept", "dose_of", "known_calibration"),
    "writing.chat": ("Answer", "ChatRequest", "Turn", "chat"),
    "writing.effects": ("ColumnEffects", "EffectsRequest", "effects"),
    "writing.intervening": ("asked_dose", "control_concept", "needed_concepts"),
    "writing.request": ("Added", "SteerRequest"),
    "writing.steer": ("SteeredText", "steer"),
}
__all__, __getattr__, __dir__ = names_from(__name__, _HOME)
