"""Find, explore and steer the expert units of language models.

`Study` is the place to begin in a notebook. Importing this package loads no torch; the names below load what they need
when they are first used.
"""

from .lazily import names_from

_HOME = {
    "concepts": ("Concept", "Library", "load_library", "write_library"),
    "errors": ("Cancelled", "InputError"),
    "experts": ("Expertise", "distribution", "expert_set", "simulate_null", "top_experts"),
    "figures": ("Figure",),
    "models": ("extract_responses", "load_model", "unit_table"),
    "notebook": ("Study",),
    "pipeline": (
        "AlignRequest", "CalibrateRequest", "Card", "DomainRequest", "FindRequest", "SimilarityRequest", "SteerRequest",
        "align_judgments", "calibrate_concept", "card_of", "concept_map", "domains", "find",
        "load_expertise", "read_card", "reproduce", "save_expertise", "scored", "similarity", "steer",
    ),
    "run": ("Run",),
    "stages": ("STAGES", "answer"),
    "steering": ("Dose", "Row", "random_control", "safe_dose", "set_to_dose", "set_to_mean"),
    "steering.generation": ("generate", "generate_texts"),
    "steering.steered": ("steered",),
}  # fmt: skip
__all__, __getattr__, __dir__ = names_from(__name__, _HOME)
__version__ = "0.1.0"
