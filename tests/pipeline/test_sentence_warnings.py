"""Formatting, copies and sentences in both sets: told with the result, wherever it goes; cleaning undoes the harm."""

import json
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.concepts import Concept, Library, load_library, neutral_pool
from expertlens_core.concepts.cleaning import clean_concept
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.experts import expert_set
from expertlens_core.figures import caption, methods_paragraph
from expertlens_core.models.loading import load_model
from expertlens_core.pipeline import FindRequest, export_found, find, plan_find, scored
from expertlens_core.pipeline.finding.pool import pool_name
from expertlens_core.run import Run

SENTENCES = neutral_pool().sentences
PLAIN = Concept("lantern", SENTENCES[::30], SENTENCES[1::6])
FORMATS = {
    "numbered": lambda row, text: f"{row + 1}. {text}",
    "zero-width prefix": lambda row, text: f"\u200b{text}",
    "bold": lambda row, text: f"**{text}**",
    "curly quotes": lambda row, text: f"“{text}”",
    "trailing space": lambda row, text: f"{text} ",
    "bullet": lambda row, text: f"- {text}",
    "no-break space": lambda row, text: text.replace(" ", "\u00a0", 1),
    "stray CR": lambda row, text: f"{text}\r",
}


@pytest.fixture(scope="module")
def trained():
    """The fixture's trained model: formatting means something to it."""
    return load_model(DEFAULT_MODEL, device="cpu")


def found(concept, trained, store, **options):
    request = FindRequest(model=trained.name, library="faults", device="cpu", **options)
    (result,) = find(request, Run(store, library=Library("faults", (concept,)), model=trained))
    return result


def experts(result):
    return len(expert_set(result.expertise, 0.5).unit_ids)


def formatted(form):
    return replace(PLAIN, positives=tuple(form(row, text) for row, text in enumerate(PLAIN.positives)))


def test_plain_sentences_have_neither_experts_nor_warnings(trained, store):
    result = found(PLAIN, trained, store)
    assert experts(result) == 0
    assert result.expertise.warnings == ()


@pytest.mark.parametrize("form", FORMATS)
def test_formatting_is_told_and_cleaning_gives_the_plain_result(form, trained, store):
    concept = formatted(FORMATS[form])
    told = found(concept, trained, store)
    assert experts(told) > 0
    assert any("units may answer to that" in warning for warning in told.expertise.warnings)
    cleaned = found(concept, trained, store, clean=True)
    plain = found(PLAIN, trained, store)
    assert clean_concept(concept).positives == PLAIN.positives
    assert cleaned.digest == plain.digest, "the sentences are what is keyed"
    np.testing.assert_array_equal(cleaned.expertise.ap, plain.expertise.ap)
    assert cleaned.expertise.warnings == ()


def test_copies_count_once(trained, store):
    copied = replace(PLAIN, positives=PLAIN.positives[:2] * 20)
    result = found(copied, trained, store)
    assert experts(result) > 100
    assert result.expertise.warnings[:2] == (
        "Only 2 positive sentences for 'lantern': below 20, many units pass tau by chance.",
        "38 of 40 positive sentences are copies of others: a copy adds nothing, and makes a unit's AP look surer "
        "than it is.",
    )
    numbered = tuple(f"{row}. {PLAIN.positives[row % 2].upper()}" for row in range(40))
    spaced = replace(PLAIN, positives=numbered)
    assert found(spaced, trained, store).expertise.warnings[0].startswith("Only 2 positive sentences")
    with pytest.raises(InputError, match="has 1 positive sentence: expected at least 2 different ones"):
        found(replace(PLAIN, positives=PLAIN.positives[:1] * 40), trained, store)


def test_sentences_in_both_sets_are_told(trained, store):
    both = replace(PLAIN, positives=PLAIN.positives + PLAIN.negatives[:9])
    assert found(both, trained, store).expertise.warnings == (
        "9 sentences in both sets: take each out of one of them.",
    )


def test_warnings_travel_with_the_result(trained, store, tmp_path):
    result = found(formatted(FORMATS["bullet"]), trained, store)
    export_found(result, tmp_path)
    told = json.loads((tmp_path / "ungrouped" / "lantern" / "expertise" / "expertise_info.json").read_text())
    assert told["warnings"] == list(result.expertise.warnings)
    assert "begin with “-”" in told["warnings"][0]
    assert "with warnings on the sentences" in caption(result.about)[0]
    assert "with warnings" not in caption(found(PLAIN, trained, store).about)[0]


def test_a_whole_library_tells_whose_sentences_are_warned_of(trained, store):
    library = Library("faults", (replace(PLAIN, name="lamp"), formatted(FORMATS["bullet"])))
    request = FindRequest(model=trained.name, library="faults", device="cpu")
    every = scored(request, Run(store, library=library, model=trained))
    assert list(every.warnings) == ["lantern"]
    told = methods_paragraph(every.about)
    assert "1 of the concepts carry warnings on their sentences (lantern: 40 of 40" in told
    alone = scored(request, Run(store, library=Library("faults", library.concepts[:1]), model=trained))
    assert "warnings" not in alone.about


def test_nothing_is_renamed_where_cleaning_is_not_asked_for(store):
    request = FindRequest(library="everyday")
    assert "clean" not in request.to_json()
    assert FindRequest.from_json(request.to_json()) == request
    cleaned = replace(request, clean=True)
    assert FindRequest.from_json(cleaned.to_json()) == cleaned
    library = load_library("everyday")
    assert plan_find(cleaned, Run(store, library=library)).library == library
    assert pool_name(request, library) == "pool/everyday"
    assert pool_name(cleaned, library) != pool_name(request, library), "two pools would take turns"
