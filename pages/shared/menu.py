"""The pages: file, title and picture, in their groups."""

DEFAULT = "experts"

GROUPS = {
    "Neurons": [("experts", "Experts", "bar_chart")],
}
