"""MEN: its files, its official split, and how far its raters agree."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InputError
from .judgment_table import read_pairs, read_table
from .judgments import Judgments, make_judgments
from .ranks import spearman

LEMMA, NATURAL = "MEN_dataset_lemma_form_full", "MEN_dataset_natural_form_full"
SPLIT_FILES = {"train": "MEN_dataset_lemma_form.dev", "test": "MEN_dataset_lemma_form.test"}
"""The official split: 2,000 pairs to develop on, 1,000 to test on; only the lemma form is split."""
BUILT_IN = Path(__file__).parent / "data" / "men-everyday.csv"
"""The pairs of MEN between the concepts of the built-in library ``men``; their licence lies beside them."""
RATERS = ("agreement/marcos-men-ratings.txt", "agreement/elias-men-ratings.txt")


def read_men(folder: Path, split: str | None = None) -> Judgments:
    """MEN from the folder of its archive.

    Words are lemmas without their tag (``stairs`` is ``stair``); the natural form, row-aligned in the full
    files, is kept as the other form a concept may be named by.

    Args:
        folder: holds the ``MEN_dataset_...`` files.
        split: ``"train"`` (also ``"dev"``), ``"test"``, or None for all 3,000 pairs.

    Raises:
        InputError: when a file is missing or not MEN's, or there is no such split.
    """
    wanted = _known_split(split)
    triples = read_pairs(read_table(_file(folder, SPLIT_FILES[wanted] if wanted else LEMMA)))
    return make_judgments("men", triples, split=wanted or "", other_forms=natural_forms(folder))


def read_built_in_men(split: str | None = None) -> Judgments:
    """The 599 pairs of MEN that come with the project, as judgments ``men-in-the-box``; needs no network.

    Args:
        split: ``"train"`` (also ``"dev"``) or ``"test"`` of MEN's official split, or None for all of them.

    Raises:
        InputError: when there is no such split.
    """
    wanted = _known_split(split)
    with BUILT_IN.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if wanted in (None, row["split"])]
    triples = [(row["word1"], row["word2"], float(row["score"])) for row in rows]
    return make_judgments("men-in-the-box", triples, split=wanted or "")


def _known_split(split: str | None) -> str | None:
    wanted = "train" if split == "dev" else split
    if wanted is not None and wanted not in SPLIT_FILES:
        raise InputError(f"MEN has no split {split!r}: expected train (its .dev file), test, or none for all")
    return wanted


def natural_forms(folder: Path) -> dict[str, str]:
    """Lemma → natural form, for the words where they differ; empty without the two full files.

    Raises:
        InputError: when the two files are not row-aligned.
    """
    if not all((folder / name).is_file() for name in (LEMMA, NATURAL)):
        return {}
    lemmas = read_pairs(read_table(folder / LEMMA))
    naturals = read_pairs(read_table(folder / NATURAL))
    if len(lemmas) != len(naturals) or any(a[2] != b[2] for a, b in zip(lemmas, naturals)):
        raise InputError(
            f"{LEMMA} and {NATURAL} in {folder} do not match row by row: unpack MEN's archive anew"
        )
    forms = {
        lemma: natural
        for row, natural_row in zip(lemmas, naturals)
        for lemma, natural in zip(row[:2], natural_row[:2])
    }
    return {lemma: natural for lemma, natural in forms.items() if lemma != natural}


@dataclass(frozen=True)
class HumanCeiling:
    """How well two people who rated every pair agree: about the best a model can do."""

    pairs: int
    """Pairs that both rated and the judgments hold."""
    mean_rho: float
    """Spearman's rho of the raters' mean with the judgments."""
    between_raters: float
    """Spearman's rho of the two raters."""


def human_ceiling(judgments: Judgments, folder: Path) -> HumanCeiling:
    """Agreement of MEN's two raters on the pairs of `judgments`.

    Computed from the rater files. MEN's own table prints 0.84 and 0.68 (`published.MEN_HUMAN`); its files
    give 0.88 and 0.82 over all pairs, because in the table one rater's column does not follow from the file.

    Args:
        judgments: MEN, or a part of it.
        folder: of its archive, with ``agreement/``.

    Raises:
        InputError: when a rater file is missing, or fewer than 3 pairs are rated.
    """
    ratings = []
    for name in RATERS:
        rated = read_pairs(read_table(_file(folder, name)))
        ratings.append({frozenset(pair[:2]): pair[2] for pair in rated})
    found, scores = [], []
    for (first, second), score in zip(judgments.pairs, judgments.scores):
        natural = (judgments.other_forms.get(first, first), judgments.other_forms.get(second, second))
        keys = (frozenset((first, second)), frozenset(natural))
        pair = [next((rater[key] for key in keys if key in rater), None) for rater in ratings]
        if None not in pair:
            found.append(pair)
            scores.append(score)
    if len(found) < 3:
        raise InputError(f"MEN's raters rated {len(found)} of these pairs: expected judgments from MEN")
    table = np.array(found, dtype=np.float64).T
    between = float(spearman(table[:1], table[1])[0])
    mean = float(spearman(table.mean(axis=0, keepdims=True), np.array(scores))[0])
    return HumanCeiling(len(found), mean, between)


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise InputError(f"{folder} lacks {name}: expected the folder unpacked from MEN's archive")
    return path
