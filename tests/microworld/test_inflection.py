"""Inflection of the words that the small world uses."""

import pytest

from expertlens_core.microworld.inflection import article, is_plural, singular, verb_forms, with_article


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("run", ("run", "runs", "ran", "running")),
        ("carry", ("carry", "carries", "carried", "carrying")),
        ("stop", ("stop", "stops", "stopped", "stopping")),
        ("dye", ("dye", "dyes", "dyed", "dyeing")),
        ("wash", ("wash", "washes", "washed", "washing")),
        ("play", ("play", "plays", "played", "playing")),
    ],
)
def test_verbs_are_inflected(base, forms):
    assert verb_forms(base) == forms


def test_inflection_agrees_with_a_dictionary_on_nearly_every_verb():
    lemminflect = pytest.importorskip("lemminflect")
    from expertlens_core.microworld.lexicon import load_lexicon

    verbs = {a.forms[0].split()[0] for a in load_lexicon().attributes if a.role in ("do", "use")}
    wrong = [
        (verb, form, tag)
        for verb in verbs
        for form, tag in zip(verb_forms(verb)[1:], ("VBZ", "VBD", "VBG"))
        if (known := lemminflect.getInflection(verb, tag)) and form not in known
    ]
    assert len(wrong) <= 0.02 * 3 * len(verbs), wrong


def test_heads_decide_number_and_article():
    assert is_plural("rows of novels")
    assert not is_plural("list of patients")
    assert with_article("oven") == "an oven"
    assert with_article("soft fur") == "soft fur"
    assert with_article("paws") == "paws"
    assert article("hour") == "an"
    assert article("uniform") == "a"


def test_singular_leaves_other_words_alone():
    assert [singular(w) for w in ("wolves", "berries", "boxes", "glass", "bus")] == [
        "wolf", "berry", "box", "glass", "bus",
    ]  # fmt: skip
