"""Does steering with the default number of experts and strength write about the concept?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..experts.expertise import Expertise
from .lexicon import load_lexicon
from .related import related_words

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

DEFAULT_EXPERTS = 200
DEFAULT_STRENGTH = 0.25
TUNING_PROMPTS = ("One day,", "People say that", "There was")
"""Prompts on which the two defaults were found."""
PROMPT = "Once upon a time"
"""Prompt on which steering is measured; it fixes no concept."""
TEXTS, TOKENS, RESAMPLES, ROWS = 200, 80, 2000, 200


@dataclass(frozen=True)
class SteeringResult:
    """One concept, steered at one dose."""

    concept: str
    ratio: float
    """Share of related words in the steered texts / in the original ones."""
    ratio_low: float
    """Lower 95 % bound of it, bootstrapped over texts."""
    unseen: float
    """The same ratio for related words that never occur in the probe sentences."""
    unseen_low: float
    seen: float
    """The same ratio for the related words that do."""
    elsewhere: float
    """The same ratio for the words of concepts of other domains."""
    perplexity: float
    """Median perplexity under the unsteered model, steered / original."""
    distinct: float
    """Distinct-2, steered / original."""
    control: float
    """The ratio with as many random units in every module."""

    @property
    def met(self) -> bool:
        """At least 3 times with confidence, fluent, varied, and the control about 1."""
        return (
            self.ratio_low >= 3
            and self.perplexity <= 1.6
            and self.distinct >= 0.9
            and 0.8 <= self.control <= 1.25
        )


def word_counts(texts: Sequence[str], words: frozenset[str]) -> np.ndarray:
    """`[texts, 2]` related words and all words of each text."""
    from ..steering.words import word_list

    lists = [word_list(text) for text in texts]
    return np.array([(sum(w in words for w in found), len(found)) for found in lists], dtype=np.float64)


def ratio_of_shares(steered: np.ndarray, original: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """Ratio of the shares of related words, with its lower 95 % bound (texts resampled in pairs).

    Args:
        steered, original: `[texts, 2]` from `word_counts`, text by text with common random numbers.
        seed: of the resampling.

    Returns:
        Ratio and the 2.5 % quantile of its bootstrap distribution. Half a word is added to the count of the
        original texts where it is 0, so that the ratio stays finite.
    """
    n = len(steered)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    weights = np.concatenate([np.ones((1, n), dtype=weights.dtype), weights])
    s, o = weights @ steered, weights @ original
    ratios = (s[:, 0] / s[:, 1]) / (np.maximum(o[:, 0], 0.5) / o[:, 1])
    return float(ratios[0]), float(np.quantile(ratios[1:], 0.025))


def steer_concepts(
    model: LanguageModel,
    expertises: Mapping[str, Expertise],
    keys: Sequence[str],
    *,
    experts: int = DEFAULT_EXPERTS,
    strength: float = DEFAULT_STRENGTH,
    prompt: str = PROMPT,
    texts: int = TEXTS,
    control: bool = True,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[list[SteeringResult], dict[str, tuple[str, str]]]:
    """Steer each concept and measure related words, fluency and variety against the original texts.

    Returns:
        One result per concept, and for each concept an original and a steered text of the same random
        numbers.
    """
    from ..steering.generation import generate_texts
    from ..steering.perplexity import perplexity
    from ..steering.row import Row
    from ..steering.set_to_mean import random_control, set_to_mean
    from ..steering.words import distinct_n

    original = generate_texts(
        model,
        prompt,
        [Row("original", sample=i) for i in range(texts)],
        max_new_tokens=TOKENS,
        rows_per_batch=ROWS,
    )
    base_perplexity = float(np.median(perplexity(model, prompt, original)))
    base_distinct = distinct_n(original, 2)
    results, examples = [], {}
    for done, key in enumerate(keys):
        words = related_words(key)
        both = words["seen"] | words["unseen"]
        rule = set_to_mean(expertises[key], experts, strength)
        rows = [Row("steered", sample=i, intervention=rule) for i in range(texts)]
        steered = generate_texts(model, prompt, rows, max_new_tokens=TOKENS, rows_per_batch=ROWS)

        def measure(found: list[str], about: frozenset[str]) -> tuple[float, float]:
            return ratio_of_shares(word_counts(found, about), word_counts(original, about))

        placebo = float("nan")
        if control:
            draws = [random_control(rule, seed) for seed in range(4)]
            rows = [Row("control", sample=i, intervention=draws[i % 4]) for i in range(texts)]
            placebo = measure(
                generate_texts(model, prompt, rows, max_new_tokens=TOKENS, rows_per_batch=ROWS), both
            )[0]
        ratio, low = measure(steered, both)
        unseen, unseen_low = measure(steered, words["unseen"])
        results.append(
            SteeringResult(
                concept=key,
                ratio=ratio,
                ratio_low=low,
                unseen=unseen,
                unseen_low=unseen_low,
                seen=measure(steered, words["seen"])[0],
                elsewhere=measure(steered, _elsewhere(key) - both)[0],
                perplexity=float(np.median(perplexity(model, prompt, steered))) / base_perplexity,
                distinct=distinct_n(steered, 2) / base_distinct,
                control=placebo,
            )
        )
        examples[key] = (original[done % texts], steered[done % texts])
        if progress:
            progress((done + 1) / len(keys), f"steered {key}: {ratio:.1f} times")
    return results, examples


def _elsewhere(key: str) -> frozenset[str]:
    lexicon = load_lexicon()
    domain = lexicon.by_key[key].domain
    others = [e.key for e in lexicon.entries if e.domain and e.domain != domain and e.paper]
    return frozenset().union(*(related_words(other)["unseen"] for other in others))
