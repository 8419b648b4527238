"""The story: one model's headline results and texts, recorded, so that they can be shown without the model."""

from .recorded import Story, StoryConcept, StoryPlace, StorySentence, StoryText, StoryUnit, story_from_json

__all__ = [
    "Story",
    "StoryConcept",
    "StoryPlace",
    "StorySentence",
    "StoryText",
    "StoryUnit",
    "story_from_json",
]
