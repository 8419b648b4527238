"""Colours with a meaning, the same in every figure; both read on light and dark and to colour-blind eyes."""

KINDS = {"attention": "#4c6ef5", "mlp": "#f08c00", "norm": "#868e96"}
"""Kind of module → colour."""

KIND_NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
"""Kind of module → what a reader sees."""

TAU = "#e03131"
"""The threshold."""

PREVALENCE = "#868e96"
"""The AP of a constant unit."""

CHANCE = "#2f9e44"
"""The best that chance does."""
