"""One file per stage: a request in, a cached result out. Importing it loads no torch."""

from importlib import import_module
from typing import Any

_HOME = {
    "AlignRequest": "alignment_request",
    "Aligned": "alignment_stage",
    "ApMatrix": "matrix",
    "Check": "demo_check",
    "ConceptMap": "domain_stage",
    "DomainRequest": "domain_request",
    "Domains": "domain_stage",
    "Estimate": "estimate",
    "FindRequest": "request",
    "Found": "finding",
    "ModelRecord": "model_record",
    "PairView": "pair_stage",
    "Plan": "plan",
    "Priming": "priming_stage",
    "Similarities": "similarity_stage",
    "SimilarityRequest": "similarity_stage",
    "SteerRequest": "steer_request",
    "SteeredText": "steered",
    "Story": "story",
    "StoryConcept": "story",
    "asked_dose": "steered",
    "align_judgments": "alignment_stage",
    "align_models": "alignment_stage",
    "ap_matrix": "matrix",
    "calibrate_concept": "calibration_stage",
    "check_demo": "demo_check",
    "concept_map": "domain_stage",
    "control_concept": "steered",
    "dose_of": "calibration_stage",
    "domains": "domain_stage",
    "estimate_find": "estimate",
    "export_found": "export",
    "find": "finding",
    "find_expertise": "finding",
    "known_calibration": "calibration_stage",
    "keep_story": "story.files",
    "known_record": "model_record",
    "load_expertise": "expertise_file",
    "load_for": "session",
    "load_story": "story.files",
    "pair_view": "pair_stage",
    "plan_find": "plan",
    "priming": "priming_stage",
    "rebuild_pool": "pool",
    "record_story": "story.recording",
    "save_expertise": "expertise_file",
    "similarity": "similarity_stage",
    "staleness": "story.files",
    "steer": "steered",
    "write_story": "story.files",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
