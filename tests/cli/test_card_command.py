"""``card`` and ``steer --card``: saved while steering, shown, turned into files, and written again."""

import json

import pytest

from expertlens_core.pipeline.cards.files import keep_card, read_card


@pytest.fixture
def saved(run, tiny_folder, library_file, tmp_path, monkeypatch):
    """A card that ``steer --card`` wrote, and an empty shelf."""
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    path = tmp_path / "card.json"
    code, _, err = run(
        "steer", "--model", tiny_folder, "--concepts", library_file, "--concept", "cat", "--out", tmp_path / "x.json",
        "--card", path, "--control", "random", "--experts", 20, "--tokens", 6, "--positives", 16, "--prompt", "She saw",
    )  # fmt: skip
    assert code == 0, err
    return path


def test_it_is_saved_shown_converted_and_written_again(run, saved, tmp_path, monkeypatch):
    monkeypatch.setattr("expertlens_core.pipeline.cards.files.PRESETS", tmp_path / "no presets")
    card = read_card(saved)
    rows = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["rows"]
    assert [text.text for text in card.texts] == [row["text"].replace("\0", "\ufffd") for row in rows]
    assert run("card")[2].startswith("no card is kept here")
    code, out, _ = run("card", saved)
    assert code == 0
    assert out.startswith("cat in tiny\n")
    assert "Steered: cat, 20 experts" in out
    html, script, again = (tmp_path / f"card.{ending}" for ending in ("html", "py", "copy.json"))
    code, out, _ = run("card", saved, "--html", html, "--script", script, "--out", again)
    assert (code, out) == (0, "")
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert read_card(again) == card
    compile(script.read_text(encoding="utf-8"), "card.py", "exec")
    code, out, _ = run("card", saved, "--reproduce")
    assert (code, out) == (0, f"Identical: all {sum(len(t.tokens) for t in card.texts)} tokens of the 3 texts are "
                              "the card's.\n")  # fmt: skip
    name = keep_card(card)
    assert run("card")[1] == f"{name:<32}  yours  cat in tiny\n"


def test_another_text_exits_1_and_no_card_exits_2(run, saved, tmp_path):
    value = json.loads(saved.read_text(encoding="utf-8"))
    value["request"]["seed"] += 1
    saved.write_text(json.dumps(value), encoding="utf-8")
    code, out, _ = run("card", saved, "--reproduce")
    assert code == 1
    assert out.startswith("Not identical: the original text differs from its token")
    code, _, err = run("card", "nowhere")
    assert code == 2
    assert err.startswith("error: there is no card 'nowhere': expected a card's .json file")
    code, _, err = run("card", tmp_path / "x.json")
    assert (code, "is no steering card" in err) == (2, True)
