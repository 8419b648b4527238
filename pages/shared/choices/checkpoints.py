"""Choices of the Checkpoints page."""

from pages.shared.fields import choice, field, several, switch, text

PAGE = "checkpoints"
SECTIONS = {
    "sizes": "Sizes",
    "kept": "Kept from step to step",
    "agreement": "Agreement with people",
    "domains": "Domains",
    "layers": "Layers",
    "accuracy": "Accuracy",
}
"""Part of the page → what a reader sees."""
JUDGMENTS = {
    "men-in-the-box": "MEN, the built-in part",
    "taxonomy": "Taxonomy: the library's own domains",
    "none": "None",
}
"""Judgments → what a reader sees."""
MOST = 200

SECTION = field("steps_show", "sizes", choice(*SECTIONS), page=PAGE)
SERIES = several("checkpoints", MOST, PAGE)
"""Checkpoints as `CheckpointsRequest` takes them; none takes the usual ones of the model."""
JUDGED = field("steps_judged", "men-in-the-box", text(), page=PAGE)
EMBEDDINGS = switch("steps_embeddings", page=PAGE)
"""Whether embeddings are held beside the experts, for which each model reads the sentences once more."""
BY_MEASURE = switch("steps_measures", page=PAGE)
"""Agreement by measure and baseline in place of tau."""
SHARES = switch("steps_per_unit", page=PAGE)
"""Sizes divided by the units of the model."""
TRAINING = field("steps_of", "", text(), page=PAGE)
"""The series whose layers are drawn; empty takes the first."""
