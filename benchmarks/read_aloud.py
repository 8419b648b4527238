"""Do the calibrated doses make the built-in model write about the concept?

    python benchmarks/read_aloud.py [--names cat,dog] [--chat] [--out FILE]

Every specific concept of `everyday` (the broader ones are left out) is steered at its calibrated dose, 25 texts of 60
tokens: five on each of five prompts, none of which the calibration saw. The prompt is not counted. A text shows the
concept when it holds its name or one of its related words, in any form. Beside them stand the original texts and as
many random units per module at the same strength. Prompts, words and criteria were fixed before any dose was
calibrated.
"""

from __future__ import annotations

PROMPTS = (
    "Once upon a time",
    "The letter began with the words",
    "My neighbor told me that",
    "On the way home,",
    "This is a story about",
)
CHAT_PROMPTS = (
    "Tell me a very short story.",
    "What did you do today?",
    "Describe your favorite place.",
    "What should I read next?",
    "Give me some advice.",
)
SAMPLES, TOKENS, SEED = 5, 60, 20_260

CRITERIA = """\
steered, mean over concepts           at least 0.80 of the texts show the concept
steered, concept by concept           at least 0.60 in 36 of 40
originals, mean over concepts         at most 0.15
random units, mean over concepts      at most 0.20
perplexity, median                    at most 2 times the originals'
distinct-2                            at least 0.8 times the originals'"""
