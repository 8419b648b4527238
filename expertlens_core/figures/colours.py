"""Colours with a meaning, the same in every figure.

Each stands out at least 3 : 1 from the light and from the dark page, and none is told from another by red
against green alone: where colours carry names, a dash, a shape or a place carries them as well.
"""

KINDS = {"attention": "#4c6ef5", "mlp": "#da7a00", "norm": "#868e96"}
"""Kind of module → colour."""

KIND_NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
"""Kind of module → what a reader sees."""

MODULES = {
    "attention": ("#4c6ef5", "#1098ad", "#9775fa", "#0b7285"),
    "mlp": ("#da7a00", "#a8601c", "#c2558f"),
    "norm": ("#868e96",),
}
"""Kind of module → colours of the modules of that kind, in order of the block."""

CONCEPTS = ("#2b7fc3", "#d55e00", "#00936b", "#c2558f", "#b98000", "#845ef7")
"""Concepts that are compared, in order of choice."""

DASHES = ((1, 0), (1, 0), (1, 0), (6, 2), (6, 2), (6, 2))
"""The second sign of a compared concept."""

EXPERTS = "#4c6ef5"
"""Units above tau."""

REST = "#868e96"
"""Units up to tau, and controls."""

TAU = "#d55e00"
"""The threshold."""

PREVALENCE = "#845ef7"
"""The AP of a constant unit."""

CHANCE = "#00936b"
"""The best that chance does."""
