"""The pages: file, title and picture, in their groups."""

DEFAULT = "home"

GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Start": [("home", "Home", "home"), ("story", "Story", "play_circle")],
    "Concepts": [("concepts", "Concepts", "library_books")],
    "Neurons": [
        ("experts", "Experts", "bar_chart"),
        ("unit", "Unit", "my_location"),
        ("lens", "Lens", "search"),
    ],
    "Meaning": [
        ("concept_map", "Concept map", "hub"),
        ("alignment", "Human alignment", "diversity_3"),
        ("checkpoints", "Checkpoints", "timeline"),
    ],
    "Steering": [("steer", "Steer", "tune"), ("evidence", "Evidence", "science")],
    "Share": [
        ("report", "Report", "summarize"),
        ("cards", "Cards", "style"),
        ("activity", "Activity", "monitor_heart"),
    ],
}

QUESTIONS = {
    "concepts": "Read the sentences, or bring your own.",
    "experts": "Which neurons respond to a concept, and in which layers?",
    "unit": "What else does one neuron respond to?",
    "lens": "What does my own text call up in the model?",
    "concept_map": "Which concepts share neurons?",
    "alignment": "Does the model agree with people?",
    "checkpoints": "When did the experts arise?",
    "steer": "What does the model write with them switched on?",
    "evidence": "Do these neurons cause what the model writes?",
    "report": "How does this model look beside the paper? One page to take away.",
    "cards": "Which texts are kept, and do they come out the same again?",
    "activity": "Jobs, models in memory, cache.",
}
"""Page → the question it answers, as Home tells it."""
