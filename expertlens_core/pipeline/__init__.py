"""The stages: a request and a run in, a cached result out. Importing it loads no torch."""

from ..lazily import names_from

_HOME = {
    "find.controls": ("ControlRequest", "control_ap"),
    "find.counts": ("counts",),
    "find.estimate": ("Estimate", "estimate_find"),
    "find.expertise_file": ("load_expertise", "save_expertise"),
    "find.export": ("export_found",),
    "find.finding": ("Found", "find"),
    "find.model_record": ("ModelRecord", "known_record", "load_for"),
    "find.plan": ("Plan", "choose_concepts", "plan_find"),
    "find.pool": ("rebuild_pool",),
    "find.request": ("FindRequest",),
    "find.scored": ("Scored", "scored", "unit_mask"),
    "meaning.alignment": ("AlignRequest", "Aligned", "align_judgments", "align_models"),
    "meaning.domains": ("ConceptMap", "DomainRequest", "Domains", "communities_of", "concept_map", "domains"),
    "meaning.pair": ("PairView", "pair_view"),
    "meaning.priming": ("Priming", "priming"),
    "meaning.similarity": ("Similarities", "SimilarityRequest", "similarity"),
    "writing.calibrate": ("CalibrateRequest", "calibrate_concept", "dose_of", "known_calibration"),
    "writing.steer": ("SteerRequest", "SteeredText", "asked_dose", "control_concept", "steer"),
}
__all__, __getattr__, __dir__ = names_from(__name__, _HOME)
