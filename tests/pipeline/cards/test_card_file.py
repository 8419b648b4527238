"""A card's file is believed only after every value was checked; on its page and in its script it stays text."""

import base64
import copy
import json
import re
import zlib
from dataclasses import replace
from html import unescape

import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline.cards.card import card_from_json
from expertlens_core.pipeline.cards.files import (
    MAX_BYTES,
    card_bytes,
    card_from_bytes,
    cards_directory,
    keep_card,
    kept_card,
    kept_cards,
    read_card,
    remove_card,
    restore_card,
)
from expertlens_core.pipeline.cards.page import page_of
from expertlens_core.pipeline.cards.script import script_of
from expertlens_core.pipeline.cards.told import methods, plain_lines, printable
from tests.pipeline.test_story_file import HOSTILE, MAY_BE_NOTHING, places, spoil

NOTHING = (*MAY_BE_NOTHING, "low", "high")


@pytest.fixture
def value(card):
    """The card as JSON gives it back, to be spoilt."""
    return json.loads(json.dumps(card.to_json()))


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A user's folder of libraries, and of cards."""
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def hostile(card):
    """A card with markup, code and control characters wherever there is text."""
    evil = "".join(HOSTILE) + '"""\nimport os\n\x1b[2J\\u003c'
    texts = tuple(replace(t, pieces=(evil, *t.pieces[1:]), stop=evil) for t in card.texts)
    changes = tuple(replace(change, label=evil) for change in card.changes)
    request = replace(card.request, concept=evil, prompt=evil, find=replace(card.request.find, model=evil))
    return replace(
        card, model=evil, revision=evil, digest=evil, library=evil, concept=evil, related=(evil, "bold"), note=evil,
        request=request, texts=texts, changes=changes, created=evil, versions={evil: evil}, concept_digest=evil,
        attention=evil, dtype=evil, device=evil,
    )  # fmt: skip


@pytest.mark.parametrize(
    "data, message",
    [
        (
            lambda data: data[:5000],
            "the card x is cut short or is no JSON: expected a whole card; save the card",
        ),
        (lambda data: b" " * (MAX_BYTES + 1), "the card x is larger than 16,777,216 bytes: expected a card"),
        (lambda data: b"[" * 100_000, "cut short or is no JSON"),
        (lambda data: data.replace(b'"strength": 0.8', b'"strength": NaN'), "cut short or is no JSON"),
        (lambda data: b"\xff\xfe\x00", "cut short or is no JSON"),
        (lambda data: b"", "cut short or is no JSON"),
        (lambda data: b"[]", "the card x is no steering card: expected a file that the Steer page saved"),
        (lambda data: b'{"format": "expertlens story"}', "is no steering card"),
        (
            lambda data: data.replace(b'"version": 1', b'"version": 2', 1),
            "is of another version: expected version 1",
        ),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(card, data, message):
    with pytest.raises(InputError, match=message) as said:
        card_from_bytes(data(card_bytes(card)), "x")
    assert "\n" not in str(said.value)


def test_no_value_can_be_replaced_by_another_kind_of_value(value):
    looked_at = [path for path in places(value) if not {"request", "low", "high"} & set(path)]
    looked_at = [path for path in looked_at if not (len(path) > 4 and path[3] > 0)]  # modules are alike
    assert len(looked_at) > 60
    for path in looked_at:
        for wrong in ({"a": 1}, None, float("nan")):
            spoilt = copy.deepcopy(value)
            spoil(spoilt, path, wrong)
            try:
                card_from_json(spoilt, "x")
            except InputError:
                continue
            pytest.fail(f"{path} may be {wrong}")


@pytest.mark.parametrize(
    "path, wrong, told",
    [
        ("threads", 10**6, "x is not sound at 'threads': expected a whole number from 1 to 10,000"),
        ("layers", 2**50, "'layers'"),
        ("layers", 1, "'layers': expected more than the layer of any module"),
        ("prompt_tokens", [], "'prompt_tokens': expected at least one token"),
        ("prompt_tokens 0", -1, "'prompt_tokens'"),
        ("skip", 10**6, "'prompt_tokens': expected at least one token, and as many as are left alone"),
        ("texts 1 tokens", [], "'tokens': expected a token for each piece"),
        ("texts 1 experts", 61, "'experts': expected as many as its change names, which is 60"),
        ("texts 1 kind", "control", "'texts': expected original, steered and control, in this order"),
        ("changes", [], "'changes': expected one for each text but the original"),
        (
            "changes 0 modules 0 units",
            [3, 3],
            "x, change, module is not sound at 'units': expected the units' numbers",
        ),
        ("changes 0 modules 0 units", [True], "'units'"),
        ("changes 0 modules 0 units", [10**9], "'units'"),
        ("changes 0 modules 0 width", 1, "'units': expected numbers below the module's width, 1"),
        ("changes 0 modules 0 targets", [1.0], "'targets': expected one number for each of the"),
        (
            "changes 0 modules 0 targets",
            1e300,
            "'targets': expected a number, or a list with one for each unit",
        ),
        ("changes 0 modules 0 targets", float("inf"), "'targets'"),
        ("changes 0 modules 0 strengths", "1", "'strengths'"),
        ("changes 0 modules 0 kind", "<b>", "'kind': expected attention, mlp or norm"),
        ("request concept", "dog", "'request': expected a request about the card's model and concept"),
        ("request top_p", 0, "'request': expected a temperature, top_p"),
        ("request tokens", -1, "'request': expected a temperature"),
        ("request temperature", "hot", "has an unusable request (temperature is 'hot'"),
        ("extra", 1, "'extra': expected no field of this name; save the card again on the Steer page"),
        ("note", "x" * 20_001, "'note': expected text of at most 20,000 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(value, path, wrong, told):
    spoil(value, [int(part) if part.isdigit() else part for part in path.split()], wrong)
    with pytest.raises(InputError, match=re.escape(told)):
        card_from_json(value, "x")


def test_hostile_text_stays_text_on_the_page(hostile):
    assert card_from_bytes(card_bytes(hostile), "x") == hostile
    page = page_of(hostile)
    assert "<img" not in page
    assert page.count("<script") == page.count("</script>") == 1
    inside = re.search(r'<textarea id="card"[^>]*>(.*?)</textarea>', page, re.S)[1]
    assert card_from_json(json.loads(unescape(inside)), "x") == hostile


def test_the_page_needs_no_network_and_runs_its_own_script_only(card):
    page = page_of(replace(card, model="smollm2", request=replace(card.request)))
    assert not re.search(r"https?:|//[a-z]|\bsrc=|\bhref=|@import|url\(", page.replace(card.digest, ""))
    assert "default-src 'none'" in page
    assert re.search(r"script-src 'sha256-[\w+/=]+'", page)
    for text in card.texts:
        shown = re.sub(
            r"<[^>]+>", "", "".join(re.findall(r'<(?:span|mark) data-t="\d+".*?</(?:span|mark)>', page, re.S))
        )
        assert text.text in unescape(shown)


def test_no_text_of_a_card_is_code_in_its_script(hostile, card):
    script, usual = script_of(hostile), script_of(card)
    parts = [re.split(r'CARD = """\n[A-Za-z0-9+/=\n]+\n"""', text) for text in (script, usual)]
    assert len(parts[0]) == 2
    assert parts[0] == parts[1]
    packed = re.search(r'CARD = """\n([A-Za-z0-9+/=\n]+)\n"""', script)[1]
    value = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert value["concept"] == hostile.concept
    compile(script, "card.py", "exec")


def test_nothing_on_a_card_moves_the_cursor_of_a_terminal(hostile):
    said = "".join((*methods(hostile), *plain_lines(hostile)))
    assert "\x1b" not in "".join(plain_lines(hostile))
    assert "<img" in said


def test_cards_are_kept_listed_removed_and_brought_back(card, shelf, monkeypatch, tmp_path):
    monkeypatch.setattr("expertlens_core.pipeline.cards.files.PRESETS", tmp_path / "no presets")
    assert kept_cards() == []
    name = keep_card(card)
    assert keep_card(replace(card, created="2031")) == name, "the same card once"
    (cards_directory() / "broken.json").write_text("{")
    (kept,) = (each for each in kept_cards() if each.card)
    assert (kept.name, kept.preset, kept.card.texts) == (name, False, card.texts)
    assert [each.problem[:35] for each in kept_cards() if not each.card] == [
        "the card broken.json is cut short o"
    ]
    assert read_card(name) == kept.card
    remove_card(name)
    with pytest.raises(InputError, match="there is no card"):
        read_card(name)
    restore_card(name)
    assert read_card(name) == kept.card
    outside = shelf / "outside.json"
    outside.write_bytes(card_bytes(kept.card))
    assert read_card(outside) == kept.card
    for wrong in ("../outside", str(outside), str(outside.with_suffix("")), "a/b", "", ".removed"):
        with pytest.raises(InputError, match="there is no card"):
            kept_card(wrong)
        remove_card(wrong)
        with pytest.raises(InputError):
            restore_card(wrong)
    assert outside.is_file()


def test_a_replay_needs_no_model(card, shelf, python):
    name = keep_card(card)
    done = python(
        "import sys; from expertlens_core.cli.entry import main; main(['card', sys.argv[1], '--replay'])\n"
        "from expertlens_core.pipeline.cards.page import page_of\n"
        "from expertlens_core.pipeline.cards.script import script_of\n"
        "from expertlens_core.pipeline.cards.files import read_card\n"
        "page_of(read_card(sys.argv[1])), script_of(read_card(sys.argv[1]))\n"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))",
        name,
    )
    assert done.stdout.endswith("[]\n"), done.stderr
    assert printable(card.text_of("steered").text).strip() in done.stdout


def test_every_preset_is_a_sound_card_of_its_concept():
    presets = [each for each in kept_cards() if each.preset]
    assert len(presets) == 50
    assert all(each.card is not None and each.card.concept == each.name for each in presets)
