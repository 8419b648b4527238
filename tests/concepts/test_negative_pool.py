import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts import Concept, Library, NegativePool, build_pool, mentions

NAMES = [f"word{letter}" for letter in "abcdefgh"]


def library(sizes: dict[str, int]) -> Library:
    made = {name: tuple(f"Sentence {i} on {name}." for i in range(size)) for name, size in sizes.items()}
    return Library("x", tuple(Concept(name, sentences) for name, sentences in made.items()))


@given(st.permutations(NAMES), st.integers(1, 60), st.randoms(use_true_random=False))
def test_pool_does_not_depend_on_the_order_of_concepts_or_sentences(names, limit, rng):
    original = library(dict.fromkeys(NAMES, 10))
    shuffled = [Concept(name, tuple(rng.sample(original[name].positives, 10))) for name in names]
    assert build_pool(original, limit) == build_pool(Library("x", tuple(shuffled)), limit)


def test_concepts_share_a_full_pool_evenly_and_small_ones_give_all():
    pool = build_pool(library({"a": 3, "b": 50, "c": 200}), limit=63)
    assert Counter(pool.owners) == {"a": 3, "b": 30, "c": 30}
    assert len(pool) == 63


def test_a_smaller_pool_is_the_head_of_a_larger_one():
    made = library(dict.fromkeys(NAMES, 20))
    assert build_pool(made, 100).sentences[:40] == build_pool(made, 40).sentences
    assert set(build_pool(made, 40, seed=1).sentences) != set(build_pool(made, 40).sentences)


def test_identical_sentences_are_kept_once_with_the_first_owner():
    one = Concept("cat", ("A pet.", "A cat."), kinds=("fact", "story"))
    two = Concept("animal", ("A pet.", "An animal."))
    pool = build_pool(Library("x", (one, two)))
    rows = dict(zip(pool.sentences, zip(pool.owners, pool.kinds)))
    assert rows == {"A pet.": ("animal", ""), "A cat.": ("cat", "story"), "An animal.": ("animal", "")}


def test_digest_depends_on_content_and_not_on_the_name():
    pool = build_pool(library({"a": 3, "b": 3}))
    same = NegativePool("other", pool.sentences, pool.owners, pool.kinds, pool.broader)
    assert same.digest == pool.digest
    for changed in (
        NegativePool("x", pool.sentences[:-1], pool.owners[:-1], pool.kinds[:-1]),
        NegativePool("x", pool.sentences, ("",) * len(pool), pool.kinds),
        NegativePool("x", pool.sentences, pool.owners, ("fact",) * len(pool)),
        NegativePool("x", pool.sentences, pool.owners, pool.kinds, (("a", "b"),)),
    ):
        assert changed.digest != pool.digest


def test_narrower_concepts_at_any_remove():
    broader = (("animal", "being"), ("cat", "animal"), ("dog", "animal"), ("kitten", "cat"))
    pool = NegativePool("x", (), (), (), broader)
    assert pool.narrower("animal") == {"cat", "dog", "kitten"}
    assert pool.narrower("being") == {"animal", "cat", "dog", "kitten"}
    assert pool.narrower("kitten") == frozenset()
    assert NegativePool("x", (), (), (), (("a", "b"), ("b", "a"))).narrower("a") == {"b"}


def test_mentioning_equals_asking_every_sentence():
    rng = random.Random(0)
    words = ["cats", "cat", "ice", "cream", "mice", "swam", "category", "leaves", "C++"]
    sentences = dict.fromkeys(" ".join(rng.choices(words, k=4)) for _ in range(300))
    pool = NegativePool("x", tuple(sentences), ("",) * len(sentences), ("",) * len(sentences))
    for name in ("cat", "ice cream", "mouse", "swimming", "leaf", "dog", "++"):
        rows = {row for row, sentence in enumerate(pool.sentences) if mentions(sentence, name)}
        assert pool.mentioning(name) == rows


def test_a_pool_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="pool 'x' holds a sentence twice: expected distinct sentences"):
        NegativePool("x", ("a", "a"), ("", ""), ("", ""))
    with pytest.raises(ValueError, match=r"pool 'x' has fields of lengths \[1, 2\]: expected one length"):
        NegativePool("x", ("a", "b"), ("",), ("", ""))
