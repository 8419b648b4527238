"""MEN: its files, its official split, and how far its raters agree."""

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
"""The 599 pairs between the concepts of the built-in library ``men``; their licence lies beside them."""
RATERS = ("agreement/marcos-men-ratings.txt", "agreement/elias-men-ratings.txt")


@dataclass(frozen=True)
class HumanCeiling:
    """How well two people who rated every pair agree: about the best a model can do."""

    pairs: int
    """Pairs that both rated and the judgments hold."""
    mean_rho: float
    """Spearman's rho of the raters' mean with the judgments."""
    between_raters: float
    """Spearman's rho of the two raters."""


def read_men(folder: Path, split: str | None = None) -> Judgments:
    """MEN from the folder of its archive: ``"train"`` (also ``"dev"``), ``"test"``, or all 3,000 pairs.

    Words are lemmas without their tag (``stairs`` is ``stair``); the natural form is kept as the other form
    that a concept may be named by. Raises InputError when a file is missing or not MEN's, or there is no such
    split.
    """
    wanted = _known_split(split)
    triples = read_pairs(read_table(_file(folder, SPLIT_FILES[wanted] if wanted else LEMMA)))
    return make_judgments("men", triples, split=wanted, other_forms=natural_forms(folder))


def read_built_in_men(split: str | None = None) -> Judgments:
    """The judgments ``men-in-the-box``, which come with the project; splits as in `read_men`."""
    wanted = _known_split(split)
    with BUILT_IN.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if wanted in ("", row["split"])]
    triples = [(row["word1"], row["word2"], float(row["score"])) for row in rows]
    return make_judgments("men-in-the-box", triples, split=wanted)


def natural_forms(folder: Path) -> dict[str, str]:
    """Lemma → natural form where they differ, from the two row-aligned full files if both are there."""
    if not all((folder / name).is_file() for name in (LEMMA, NATURAL)):
        return {}
    lemmas, naturals = (read_pairs(read_table(folder / name)) for name in (LEMMA, NATURAL))
    if [row[2] for row in lemmas] != [row[2] for row in naturals]:
        raise InputError(
            f"{LEMMA} and {NATURAL} in {folder} do not match row by row: unpack MEN's archive anew"
        )
    forms = {a: b for ours, theirs in zip(lemmas, naturals) for a, b in zip(ours[:2], theirs[:2])}
    return {lemma: natural for lemma, natural in forms.items() if lemma != natural}


def human_ceiling(judgments: Judgments, folder: Path) -> HumanCeiling:
    """Agreement of MEN's two raters on the pairs of `judgments` (MEN or a part of it), from the archive's
    folder.

    Computed from the rater files. MEN's own table prints 0.84 and 0.68; its files give 0.88 and 0.82 over all
    pairs, because in the table one rater's column does not follow from the file.
    """
    ratings = []
    for name in RATERS:
        rated = read_pairs(read_table(_file(folder, name)))
        ratings.append({frozenset(pair[:2]): pair[2] for pair in rated})
    found, scores = [], []
    for pair, score in zip(judgments.pairs, judgments.scores):
        keys = (frozenset(pair), frozenset(judgments.other_forms.get(word, word) for word in pair))
        both = [next((rater[key] for key in keys if key in rater), None) for rater in ratings]
        if None not in both:
            found.append(both)
            scores.append(score)
    if len(found) < 3:
        raise InputError(f"MEN's raters rated {len(found)} of these pairs: expected judgments from MEN")
    table = np.array(found, dtype=np.float64).T
    between = float(spearman(table[:1], table[1])[0])
    mean = float(spearman(table.mean(axis=0, keepdims=True), np.array(scores))[0])
    return HumanCeiling(len(found), mean, between)


def _known_split(split: str | None) -> str:
    """The split's own name; empty for all pairs."""
    wanted = "train" if split == "dev" else split
    if wanted is not None and wanted not in SPLIT_FILES:
        raise InputError(f"MEN has no split {split!r}: expected train (its .dev file), test, or none for all")
    return wanted or ""


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise InputError(f"{folder} lacks {name}: expected the folder unpacked from MEN's archive")
    return path
