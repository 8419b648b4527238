"""Causality: do the experts of a concept make a model write about it? What the texts show, kept as one result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...analysis.causal import dose_responses, effects, overall
from ...analysis.causality_result import REPEATED, Causality, Counted, Fluency
from ...analysis.content_words import Reader, best_reader
from ...analysis.related_prevalence import SETS, RelatedLemmas, prevalences, related_lemmas
from ...analysis.sign_flip import PERMUTATIONS, RESAMPLES
from ...artefacts import ArtefactKey, digest_of
from ...models.label import model_label
from ...run import NotKeptError, Run
from ...steering.variety import distinct_n, repeated_n
from .kept_texts import KINDS, KeptTexts, KindTexts, all_texts, kept_texts, texts_of_a_prompt
from .request import CausalityRequest
from .texts import DRAWS, SHARES, write_texts

__all__ = ["Causality", "CausalityRequest", "Fluency", "causality", "causality_key", "known_causality"]

ANALYSIS = 1
"""Version of what is computed from the texts."""


def causality(asked: CausalityRequest, run: Run) -> Causality:
    """Whether the experts of concepts make the model write about them: texts are written, kept and compared.

    A run that is stopped or killed goes on where it was. Progress counts texts.

    Raises InputError as `kept_texts` and `write_texts`; NotKeptError where the run may compute nothing.
    """
    kept, reader = kept_texts(asked, run), best_reader()
    if kept is None or (not run.artefacts.has(causality_key(kept, reader)) and kept.missing(run)):
        if not run.compute:
            raise NotKeptError("the texts of the causal evidence have not been written yet")
        write_texts(asked, run)
        kept = kept_texts(asked, run)
    if kept is None:
        raise RuntimeError("the model was loaded, but no record of it is there")
    found = kept
    return run.kept(Causality, causality_key(found, reader), lambda: _compared(found, reader, run))


def known_causality(asked: CausalityRequest, run: Run) -> Causality | None:
    """The kept result, or None."""
    try:
        return causality(asked, run.at_hand(compute=False))
    except NotKeptError:
        return None


def causality_key(kept: KeptTexts, reader: Reader) -> ArtefactKey:
    """Key of the result: the texts, what reads them, and the words that are counted."""
    counted = [[each.key, each.name, list(each.related), digest_of(each.positives)] for each in kept.concepts]
    fields: dict[str, Any] = {
        "texts": kept.digest,
        "reader": reader.name,
        "words": digest_of(counted),
        "permutations": PERMUTATIONS,
        "resamples": RESAMPLES,
        "seed": kept.asked.seed,
    }
    model = model_label(kept.plan.known.name)
    label = f"causality of {len(kept.concepts)} concepts in {model}"
    return ArtefactKey("causality", ANALYSIS, fields, "result", label)


def _compared(kept: KeptTexts, reader: Reader, run: Run) -> Causality:
    asked = kept.asked
    few, total = min(texts_of_a_prompt(asked)), all_texts(asked, len(kept.concepts))
    shown: dict[tuple[str, str], dict[str, np.ndarray]] = {
        (kind, words): {} for kind in ("original", *KINDS) for words in SETS
    }
    curves: dict[str, dict[str, np.ndarray]] = {words: {} for words in SETS}
    counted, fluency, empty = [], [], 0
    draws: list[int] = []
    for concept in kept.concepts:
        run.check("stopped; the texts are kept")
        run.progress(total, total, f"reading the texts of {concept.key}")
        texts = kept.by_kind(concept.key, run)
        related = related_lemmas(concept, reader)
        contents = {kind: reader.contents(some.texts) for kind, some in texts.items()}
        draws = [sample % DRAWS for _, sample in texts["random"].places]
        for words in SETS:
            for kind in ("original", *KINDS):
                shown[kind, words][concept.key] = prevalences(contents[kind], related.of(words))
            if few:
                curves[words][concept.key] = _curve(contents, texts, related.of(words), few)
        fluency += [_fluency(concept.key, kind, texts, few) for kind in KINDS]
        empty += sum(not text for kind, some in contents.items() if kind != "original" for text in some)
        counted.append(_counted(kept, concept.key, related))
    run.progress(total, total, "testing")
    settings = {"permutations": PERMUTATIONS, "resamples": RESAMPLES, "seed": asked.seed}
    made = {
        (kind, words): effects(
            kind, words, shown["original", words], shown[kind, words],
            draws=draws if kind == "random" else (), **settings,
        )
        for kind in KINDS
        for words in SETS
    }  # fmt: skip
    shares = (0.0, *SHARES, 1.0)
    responses = [
        row for words in SETS if few for row in dose_responses(words, curves[words], shares, **settings)
    ]
    every = tuple(overall(some, resamples=RESAMPLES, seed=asked.seed) for some in made.values())
    return Causality(
        tuple(counted),
        tuple(row for some in made.values() for row in some),
        every,
        tuple(responses),
        tuple(fluency),
        total,
        empty,
        _about(kept, reader),
    )


def _curve(
    contents: dict[str, list[list[str]]], texts: dict[str, KindTexts], related: frozenset[str], few: int
) -> np.ndarray:
    """`[texts, shares]` prevalence of the texts that were written at every share of the strength."""
    columns = []
    for kind in ("original", *(f"{share:g}" for share in SHARES), "steered"):
        rows = [text for text, (_, sample) in zip(contents[kind], texts[kind].places) if sample < few]
        columns.append(prevalences(rows, related))
    return np.stack(columns, axis=1)


def _fluency(concept: str, kind: str, texts: dict[str, KindTexts], few: int) -> Fluency:
    mine, original = texts[kind], texts["original"]
    least = distinct_n(original.texts, 2)
    return Fluency(
        concept,
        kind,
        _median(mine.perplexities) / _median(original.perplexities) if few else float("nan"),
        distinct_n(mine.texts, 2) / least if least else float("nan"),
        repeated_n(mine.texts, REPEATED),
        repeated_n(original.texts, REPEATED),
    )


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if value == value]
    return float(np.median(known)) if known else float("nan")


def _counted(kept: KeptTexts, key: str, related: RelatedLemmas) -> Counted:
    concept = kept.plan.library[key]
    return Counted(
        key, concept.domain or "", kept.others[key].key, str(kept.doses[key]), len(related.unseen), len(related.all)
    )  # fmt: skip


def _about(kept: KeptTexts, reader: Reader) -> dict[str, Any]:
    record = kept.plan.known
    return {
        "model": record.name,
        "library": kept.plan.library.name,
        "library_digest": kept.plan.library.digest,
        "reader": reader.name,
        "permutations": PERMUTATIONS,
        "resamples": RESAMPLES,
        "request": kept.asked.find.to_json(),
        "device": record.device,
    }
