"""MEN from its archive, its official split, its raters, and the part that comes with the project."""

import hashlib
from pathlib import Path

import pytest

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.analysis.judgments import cover
from expertlens_core.analysis.men import human_ceiling, read_men
from expertlens_core.concepts import load_library
from expertlens_core.errors import InputError

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
needs_men = pytest.mark.skipif(not (SHARED / "men").is_dir(), reason="MEN's files are not at hand")


@needs_men
@pytest.mark.parametrize(
    ("name", "split", "count", "named"),
    [
        ("", None, 3_000, ""),
        ("", "train", 2_000, "train"),
        ("", "dev", 2_000, "train"),
        ("", "test", 1_000, "test"),
        ("MEN_dataset_lemma_form_full", None, 3_000, ""),
        ("MEN_dataset_natural_form_full", None, 3_000, ""),
        ("MEN_dataset_natural_form_full", "test", 1_000, "test"),
        ("MEN_dataset_lemma_form.test", None, 1_000, "test"),
        ("MEN_dataset_lemma_form.test", "test", 1_000, "test"),
        ("MEN_dataset_lemma_form.dev", "train", 2_000, "train"),
        ("agreement/elias-men-ratings.txt", None, 3_000, ""),
    ],
)
def test_men_in_each_of_its_files(name, split, count, named):
    found = load_judgments(SHARED / "men" / name, split)
    assert (len(found.pairs), found.split) == (count, named)


@needs_men
def test_the_official_split_is_disjoint_and_words_match_in_both_forms():
    train, test = (load_judgments(SHARED / "men", split) for split in ("train", "test"))
    assert not set(train.pairs) & set(test.pairs)
    whole = load_judgments(SHARED / "men")
    assert set(whole.pairs) == set(train.pairs) | set(test.pairs)
    assert len(whole.words) == 751
    assert len(cover(whole, whole.words).rows) == 3_000
    natural = {whole.other_forms.get(word, word) for word in whole.words}
    assert len(cover(whole, sorted(natural)).rows) == 3_000
    with pytest.raises(InputError, match="MEN has no split 'validation'"):
        load_judgments(SHARED / "men", "validation")
    with pytest.raises(InputError, match="have no split 'train'"):
        load_judgments(SHARED / "men" / "MEN_dataset_lemma_form.test", "train")


@needs_men
def test_the_downloads_checksum_belongs_to_the_files_at_hand():
    """The list that MEN's archive checksum comes from gives this sum for a file inside."""
    data = (SHARED / "men" / "MEN_dataset_natural_form_full").read_bytes()
    assert hashlib.sha1(data).hexdigest() == "af9c2ca0033e2561676872eed98e223ee6366b82"


@needs_men
def test_human_ceiling_from_the_rater_files():
    found = human_ceiling(load_judgments(SHARED / "men"), SHARED / "men")
    assert found.pairs == 2_999
    assert (found.mean_rho, found.between_raters) == pytest.approx((0.8824, 0.8153), abs=1e-4)


def test_the_built_in_part_of_men_covers_the_library_men():
    library = load_library("men")
    whole = load_judgments("men-in-the-box")
    assert len(whole.pairs) == 599
    assert len(cover(whole, library.keys).rows) == 599
    assert set(whole.words) <= set(library.keys)
    train, test = (load_judgments("men-in-the-box", split) for split in ("train", "test"))
    assert (len(train.pairs), len(test.pairs)) == (385, 214)
    assert set(train.pairs) | set(test.pairs) == set(whole.pairs)
    assert load_judgments("men-in-the-box", "dev").pairs == train.pairs


@needs_men
@pytest.mark.parametrize("split", [None, "train", "test"])
def test_the_built_in_part_of_men_is_what_its_files_say(split):
    ours, theirs = load_judgments("men-in-the-box", split), read_men(SHARED / "men", split)
    scores = {frozenset(pair): score for pair, score in zip(theirs.pairs, theirs.scores)}
    assert {frozenset(pair): score for pair, score in zip(ours.pairs, ours.scores)}.items() <= scores.items()
