"""Expertise of a model for the concepts of the small world, as `microworld check` needs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from ..concepts.library import Library
from ..experts.expertise import Expertise
from .lexicon import Entry, load_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..models.language_model import LanguageModel

Progress = Callable[[float, str], None]
POOL = 4000
"""Sentences of the negative pool."""
NEUTRAL = "thing"
"""What stands in place of a name in the name test."""


def rename(sentences: Sequence[str], entry: Entry, neutral: str = NEUTRAL) -> list[str]:
    """Replace every form of the concept's name by a neutral word."""
    names = "|".join(sorted(map(re.escape, entry.names), key=len, reverse=True))
    pattern = re.compile(rf"\b(?:{names})\b", re.IGNORECASE)
    return [pattern.sub(neutral, sentence) for sentence in sentences]


def world_experts(
    model: LanguageModel,
    library: Library,
    keys: Sequence[str],
    *,
    renamed: bool = False,
    progress: Progress | None = None,
) -> dict[str, Expertise]:
    """Score every unit for each concept against negatives from the library's pool.

    Args:
        model: the model to look at.
        library: the probe sentences.
        keys: the concepts.
        renamed: with the concept's name replaced in its positives (the name test).
        progress: called with the share done and a line.
    """
    from ..concepts.negative_draw import draw_negatives
    from ..concepts.negative_pool import build_pool
    from ..experts.score import score
    from ..models.extraction import extract_responses

    pool = build_pool(library, POOL)
    off = extract_responses(model, pool.sentences)
    by_key = load_lexicon().by_key
    found: dict[str, Expertise] = {}
    for done, key in enumerate(keys):
        concept = library[key]
        positives = rename(concept.positives, by_key[key]) if renamed else concept.positives
        on = extract_responses(model, positives)
        rows = draw_negatives(pool, concept)
        found[key] = score(
            on.units, key, on.values, off.values, off_rows=rows, first_token_share=on.first_token_share
        )
        if progress:
            progress((done + 1) / len(keys), f"experts of {key}")
    return found


@contextmanager
def untrained(folder: Path) -> Iterator[LanguageModel]:
    """The same architecture and tokenizer with the random weights of step 0."""
    from ..models.loading import load_model

    with TemporaryDirectory() as place:
        for file in folder.glob("*.json"):
            (Path(place) / file.name).write_bytes(file.read_bytes())
        weights = (folder / "checkpoints" / "step-0.safetensors").read_bytes()
        (Path(place) / "model.safetensors").write_bytes(weights)
        yield load_model(place)


def jaccard(expertises: Sequence[Expertise], tau: float, *, without_token_only: bool = False) -> np.ndarray:
    """`[concepts, concepts]` Jaccard of the expert sets; 0 where the union is empty."""
    members = np.stack([e.ap > tau for e in expertises])
    if without_token_only:
        members &= ~expertises[0].units.token_only
    shared = members.astype(np.float64) @ members.T
    sizes = np.diagonal(shared)
    union = sizes[:, None] + sizes[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def domain_auroc(domains: Sequence[str], similarity: np.ndarray) -> float:
    """AUROC of the similarity at telling pairs of one domain from all other pairs; 0.5 is chance.

    Args:
        domains: `[concepts]`.
        similarity: `[concepts, concepts]`, symmetric; the upper triangle is read.
    """
    from scipy.stats import rankdata

    i, j = np.triu_indices(len(domains), 1)
    names = np.array(domains)
    same = names[i] == names[j]
    ranks = rankdata(similarity[i, j])
    inside = int(same.sum())
    pairs = inside * (len(same) - inside)
    return float((ranks[same].sum() - inside * (inside + 1) / 2) / pairs) if pairs else float("nan")


def tf_idf_similarity(texts: Sequence[str], *, content_only: bool = False) -> np.ndarray:
    """`[texts, texts]` cosine of TF-IDF vectors: counts · (ln((1 + n) / (1 + df)) + 1), as scikit-learn's.

    Args:
        texts: one per concept: its sentences, without its names.
        content_only: leave out words that more than nine in ten of the texts use.
    """
    lists = [re.findall(r"\b\w\w+\b", text.lower()) for text in texts]
    column = {word: j for j, word in enumerate(sorted({w for words in lists for w in words}))}
    counts = np.zeros((len(texts), len(column)))
    for i, words in enumerate(lists):
        np.add.at(counts[i], [column[word] for word in words], 1.0)
    spread = (counts > 0).sum(axis=0)
    weights = counts * (np.log((1 + len(texts)) / (1 + spread)) + 1)
    if content_only:
        weights = weights[:, spread <= 0.9 * len(texts)]
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    return np.asarray(weights @ weights.T)
