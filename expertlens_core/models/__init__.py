"""Models, their units, and the units' responses to sentences.

Importing this package loads no torch; the names below do when they are first used.
"""

from ..lazily import names_from

_HOME = {
    "catalogue": ("known_model", "units_of"),
    "discovery": ("unit_table_from_config",),
    "embeddings": ("hidden_means", "word_vectors"),
    "extraction": ("extract_responses",),
    "hooks": ("SilentModuleError", "observing"),
    "label": ("model_label",),
    "language_model": ("LanguageModel",),
    "loading": ("load_model", "unit_table"),
    "model_files": ("downloaded", "model_state"),
    "residency": ("ModelStore", "estimate_memory", "memory_of"),
    "sources": ("find_source",),
    "units": ("Responses", "UnitModule", "Units"),
}
__all__, __getattr__, __dir__ = names_from(__name__, _HOME)
