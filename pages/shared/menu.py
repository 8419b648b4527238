"""The pages: file, title and picture, in their groups."""

DEFAULT = "home"

GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Start": [("home", "Home", "home"), ("story", "Story", "play_circle")],
    "Concepts": [("concepts", "Concepts", "library_books")],
    "Neurons": [("experts", "Experts", "bar_chart")],
    "Meaning": [("concept_map", "Concept map", "hub"), ("alignment", "Human alignment", "diversity_3")],
    "Steering": [("steer", "Steer", "tune")],
    "Share": [("activity", "Activity", "monitor_heart")],
}
