import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.analysis.judgments import cover
from expertlens_core.cli.options import concept_names
from expertlens_core.concepts import (
    Concept,
    Library,
    load_library,
    mentions,
    parse_library,
    safe_name,
    without_name,
    write_library,
)
from expertlens_core.concepts.mention import name_spans
from expertlens_core.concepts.negative_draw import allowed_rows
from expertlens_core.concepts.negative_pool import NegativePool
from expertlens_core.concepts.spelling import plain_name, visible, visible_with_places
from expertlens_core.errors import InputError
from expertlens_core.pipeline.finding.plan import choose_concepts

CAFE = "café noir"
SPELLINGS = {
    "parted accent": "cafe\u0301 noir",
    "zero-width space": "café\u200b noir",
    "zero-width joiner inside": "ca\u200dfé noir",
    "soft hyphen": "ca\u00adfé noir",
    "byte order mark inside": "café \ufeffnoir",
    "between accent and letter": "cafe\u200b\u0301 noir",
    "no-break space": "café\u00a0noir",
    "two spaces": "café  noir ",
    "line break": "café\nnoir",
    "variation selector": "café\ufe0f noir",
    "direction mark": "\u200ecafé noir",
    "escape": "caf\x1bé noir",
}


@pytest.mark.parametrize("name", SPELLINGS.values(), ids=SPELLINGS)
def test_names_that_look_the_same_are_the_same(name):
    positives = [f"A {CAFE} steamed.", "A cup."]
    (concept,) = parse_library(json.dumps({"name": name, "positives": positives}).encode(), "x.json")
    assert concept == Concept(CAFE, tuple(positives))
    library = Library("x", (concept, Concept("tea", ("A tea.", "Tea."))))
    assert choose_concepts(library, (name,)) == (concept,)
    assert library[name] is concept
    for sentence in (f"Two {name.strip()}s, please.", f"Two {CAFE}s, please."):
        assert mentions(sentence, name)
        assert visible(without_name(sentence, CAFE)) == "Two things, please."
    pool = NegativePool("x", (f"One {name}.", f"a {name} STEAMED.", "A tea."), ("",) * 3, ("",) * 3)
    assert allowed_rows(pool, concept) == [2]


@pytest.mark.parametrize("name", SPELLINGS.values(), ids=SPELLINGS)
def test_rows_of_names_that_look_the_same_join_in_one_concept(name):
    table = f'concept,sentence,domain\n{CAFE},One.,drinks\n"{name}",Two.,"drinks "\n'
    assert [c.positives for c in parse_library(table.encode(), "x.csv")] == [("One.", "Two.")]
    records = [{"name": each, "positives": ["One.", "Two."]} for each in (CAFE, name)]
    with pytest.raises(InputError, match="concept 2 holds concept 'café noir' again"):
        parse_library(json.dumps(records).encode(), "x.json")


@pytest.mark.parametrize("name", [each for each in SPELLINGS.values() if "\n" not in each])
def test_judged_words_meet_the_concepts_that_look_the_same(tmp_path, name):
    path = tmp_path / "pairs.tsv"
    path.write_text(f"word1\tword2\tscore\n{name}\ttea\t3\ntea\tmilk\t1\n", encoding="utf-8")
    assert cover(load_judgments(path), (CAFE, "tea")).concepts == ((CAFE, "tea"),)


def test_a_folder_may_spell_its_files_otherwise_than_its_list(tmp_path):
    library = Library("x", (Concept(CAFE, ("One.", "Two."), domain="thés"),))
    write_library(library, tmp_path / "x")
    next((tmp_path / "x").glob("*/")).rename(tmp_path / "x" / unicodedata.normalize("NFD", "thés"))
    folder = tmp_path / "x" / unicodedata.normalize("NFD", "thés")
    next(folder.iterdir()).rename(folder / unicodedata.normalize("NFD", "café.json"))
    (tmp_path / "x" / "concept_list.csv").write_text("group,concept\nthés,café\n", encoding="utf-8")
    assert load_library(tmp_path / "x")[CAFE].positives == ("One.", "Two.")


_LETTERS = st.text(
    st.sampled_from("ae\u0301\u0323\u200b\u00ad\ufeff\u00a0 \u1100\u1161\u11a8한क\u093eñ\x1b"), max_size=12
)


@given(_LETTERS | st.text(max_size=12))
def test_places_lead_back_to_the_text(text):
    shown, places = visible_with_places(text)
    assert shown == visible(text)
    assert len(places) == len(shown) + 1
    assert places == sorted(places)
    assert plain_name(plain_name(text)) == plain_name(text)


@given(_LETTERS, _LETTERS)
def test_a_mention_is_found_where_it_stands(before, after):
    sentence = f"{before} cats\u200b {after}"
    assert (len(before) + 1, len(before) + 6) in name_spans(sentence, "cat")


def test_a_name_with_a_comma_can_be_asked_for(tmp_path):
    path = tmp_path / "x.json"
    names = ("salt, pepper", "salt", "bank (a, b)", "tea")
    write_library(Library("x", tuple(Concept(each, ("One.", "Two.")) for each in names)), path)
    for text, wanted in {
        "salt, pepper": ("salt, pepper",),
        'tea, "salt, pepper"': ("tea", "salt, pepper"),
        "salt, tea": ("salt", "tea"),
        "bank (a, b), tea": ("bank (a, b)", "tea"),
    }.items():
        found = choose_concepts(load_library(path), concept_names(text, str(path)))
        assert {concept.key for concept in found} == set(wanted)


def test_safe_names_tell_what_they_were_and_are_never_taken_for_one():
    for plain in ("cat", "football-1_04_00__"):
        assert safe_name(plain) == plain
    assert safe_name("bank (river)") == "bank_river-c1ec95aa"
    assert safe_name(safe_name("bank (river)")) != safe_name("bank (river)")
    assert safe_name("con") != "con"


@given(st.text(max_size=300))
def test_every_name_is_safe_everywhere(text):
    name = safe_name(text)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name)
    assert len(name) <= 80
    assert name not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


@given(st.lists(st.text("aA_- .", max_size=4) | st.text(max_size=4), unique=True))
def test_distinct_names_stay_distinct(texts):
    assert len({safe_name(text) for text in texts}) == len(texts)
