"""The Steer page's rules, choices of units, several concepts and presets."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.pipeline import Added, FindRequest, SteeredText, SteerRequest
from expertlens_core.pipeline.writing import presets as kept_presets
from expertlens_core.steering.rules import RULES
from pages.parts.steer.labels import DONE, label, title
from pages.parts.steer.run import Asked
from pages.parts.steer.words import ConceptWords
from pages.shared.choices.steer import ALSO
from pages.shared.services import services

from .conftest import said, until

pytestmark = pytest.mark.usefixtures("place")
STEERED = SteeredText("steered", 0.5, 0, " a paw", True, 20, 6, "cat, 20 experts", True, "length")
RECIPE = {"positives": "40", "negatives": "60", "tokens": "3", "texts": "1"}


@pytest.fixture
def page(visit):
    def open_page(**link: str) -> AppTest:
        return visit("steer", **RECIPE | link)

    return open_page


def wanted(app: AppTest) -> SteerRequest:
    """What a press asks for; the machine is busy, so that nothing is computed."""
    with services().turns.held():
        app.button(key="steer").click().run()
        assert not app.exception
        state = app.session_state
        waits = "steer wanted texts" in state
        request = state["steer wanted texts"][0] if waits else state["steer asked texts"].request
        next(button for button in app.button if button.label in ("Stop", "Cancel")).click().run()
    return request


def write(app: AppTest) -> AppTest:
    app.button(key="steer").click().run()
    until(lambda: any(each.value.startswith(("Done", "Broken")) for each in app.run().caption), 240)
    assert not app.exception
    return app


def test_every_rule_can_be_chosen_and_is_asked_for(page):
    app = page(concept="horse")
    rule = app.selectbox(key="w rule")
    assert [option.split(" (")[0] for option in rule.options] == [each.title for each in RULES.values()]
    assert all(each.formula in rule.help for each in RULES.values())
    for name, each in RULES.items():
        app.selectbox(key="w rule").set_value(name).run()
        assert ("(takes the concept away)" in rule.options[list(RULES).index(name)]) == each.suppresses
        assert app.button(key="steer").label == f"Steer {'away from' if each.suppresses else 'towards'} horse"
        assert any(each.formula in caption.value for caption in app.caption)
    assert app.query_params["rule"] == "linear-act-off"
    assert wanted(app).rule == "linear-act-off"


@pytest.mark.parametrize(
    ("rule", "told"), [("aura", "an AUROC above 0.5 for cat"), ("linear-act", "moved by Linear-AcT")]
)
def test_a_rule_is_written_with_and_told(page, rule, told):
    app = write(page(rule=rule, control="none"))
    assert not app.error, [error.value for error in app.error]
    assert told in said(app, "caption").replace("\\", "")


def test_a_link_restores_every_choice(page):
    link = {
        "concept": "horse", "rule": "damp", "units": "tau", "above": "0.8", "first_layer": "1", "last_layer": "2",
        "kind": "mlp", "kinds": "all", "strength": "0.7", "also": "dog~set-p90~0.3|cat~~~12", "control": "none",
    }  # fmt: skip
    asked = wanted(page(**link))
    assert asked == replace(
        asked, rule="damp", tau=0.8, experts=None, first_layer=1, last_layer=2, kind="mlp", queries_keys=True,
        strengths=(0.7,), also=(Added("dog", "set-p90", 0.3), Added("cat", experts=12)), control=None,
    )  # fmt: skip
    assert ALSO.write(asked.also) == link["also"]
    assert ALSO.read(link["also"]) == asked.also


def test_what_a_link_cannot_ask_for_is_explained(page):
    for text, problem in (
        ("dog~melt|unicorn", "each as concept~rule~strength, the rule one of set"),
        ("dog~set~9", "a number from 0 to 2"),
        ("dog|dog", "each once"),
        ("a|b|c|d|e", "at most 4 concepts"),
    ):
        with pytest.raises(ValueError, match=problem):
            ALSO.read(text)
    app = page(also="dog|unicorn")
    assert "has no concept 'unicorn'" in said(app, "warning")
    assert app.query_params["also"] == "dog"


def test_concepts_are_added_changed_and_removed(page):
    app = page(concept="horse")
    app.button(key="steer also").click().run()
    (first,) = ALSO.read(app.query_params["also"])
    assert first.concept != "horse"
    app.selectbox(key="w also concept 0").set_value("river").run()
    app.selectbox(key="w also rule 0").set_value("aura").run()
    app.number_input(key="w also strength 0").set_value(0.5).run()
    app.button(key="steer also").click().run()
    asked = wanted(app)
    assert asked.also[0] == Added("river", "aura", 0.5)
    assert len(asked.also) == 2
    app.button(key="also remove 1").click().run()
    app.button(key="also remove 0").click().run()
    assert "also" not in app.query_params


def test_several_concepts_are_steered_and_told(page):
    app = write(page(concept="cat", also="dog~damp~1~30", experts="40", control="none"))
    told = said(app, "caption").replace("\\", "")
    assert "units in" in told
    assert "those of cat set, strength 0.4; those of dog halved by Damp, strength 1." in told


def test_less_or_more_is_a_share_of_the_dose_and_follows_the_exact_number(page):
    app = page()
    slider = app.select_slider(key="w more")
    assert (slider.value, slider.options[10], slider.options[0]) == (100, "a mild dose", "off")
    slider.set_value(150).run()
    assert app.query_params["strength"] == "0.6"
    assert app.slider(key="w strength 1").value == 0.6
    app.slider(key="w strength 1").set_value(0.2).run()
    assert app.select_slider(key="w more 1").value == 50
    app.select_slider(key="w more 1").set_value(100).run()
    assert "strength" not in app.query_params


def test_a_list_of_units_is_taken_and_a_bad_one_is_one_sentence(page):
    write(page(control="none"))
    app = page(units="list", listed="layers.0.nonsense:3")
    assert len(app.error) == 1
    assert "has no unit 'layers.0.nonsense:3': expected a module's path and an index" in app.error[
        0
    ].value.replace("\\", "")
    assert app.button(key="steer").disabled
    app.text_area(key="w listed").set_value(
        "layers.1.mlp.dense_4h_to_h:3, layers.2.mlp.dense_4h_to_h:0"
    ).run()
    assert not app.error
    app = write(app)
    assert "The 2 units of the list in 2 modules" in said(app, "caption")
    assert page(units="list", listed=" ").button(key="steer").disabled


def test_presets_set_everything_that_was_found_to_work(page, tmp_path, monkeypatch):
    assert not [button for button in page().button if button.label.startswith("Try:")]
    asked = SteerRequest(
        find=FindRequest(model=DEFAULT_MODEL), concept="cat", rule="set-p90", prompt="The king *said*", seed=7,
        tokens=5, samples=2, strengths=(0.9,), experts=30, first_layer=1, queries_keys=True, temperature=0.7,
        also=(Added("dog"),), top_p=0.9,
    )  # fmt: skip
    for name, each in {"cat": asked, "horse": replace(asked, concept="horse")}.items():
        card = {"concept": name, "request": each.to_json()}
        (tmp_path / f"{name}.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setattr(kept_presets, "FOLDER", tmp_path)
    app = page()
    (preset,) = [button for button in app.button if button.label.startswith("Try:")]
    assert preset.label == r"Try: The king \*said\*"
    preset.click().run()
    assert app.query_params["draw"] == "7"
    taken = wanted(app)
    assert replace(taken, find=asked.find, control=None) == asked
    assert not [b for b in page(model="EleutherAI/pythia-70m").button if b.label.startswith("Try:")]


def test_a_preset_that_is_none_is_explained(tmp_path, monkeypatch):
    (tmp_path / "cat.json").write_text('{"concept": "cat"}', encoding="utf-8")
    monkeypatch.setattr(kept_presets, "FOLDER", tmp_path)
    with pytest.raises(
        InputError, match=r"preset cat.json holds no request to steer .*expected a steering card"
    ):
        kept_presets.presets("cat")


def made(**options) -> Asked:
    return Asked(1, SteerRequest(**options), "", {"model": "a/model", "revision": "r"}, ConceptWords("cat"))


def test_labels_are_true_for_every_rule():
    assert set(DONE) == set(RULES)
    for rule, each in RULES.items():
        told = label(STEERED, made(rule=rule, experts=20))
        best = "units of highest AUROC for cat" if each.ranks_by == "auroc" else "best experts of cat"
        assert (
            told == f"The 20 {best} in 6 modules{'' if rule == 'set' else f', {DONE[rule]}'}, strength 0.5."
        )
        assert title(STEERED, rule) == ("Steered away" if each.suppresses else "Steered")
        assert f"not {DONE[rule]} in any pass" in label(replace(STEERED, steered=False), made(rule=rule))
    assert (
        label(STEERED, made(tau=0.9))
        == "The 20 experts of cat with an AP above 0.9 in 6 modules, strength 0.5."
    )
    assert label(STEERED, made(units=("a:1",))).startswith("The 20 units of the list in 6")
    deep = label(replace(STEERED, first_layer=2), made(last_layer=5, kind="mlp"))
    assert deep.startswith("The 20 best experts of cat from layer 2 to 5, mlp only, in 6 modules")
    control = label(replace(STEERED, kind="control"), made(rule="aura", also=(Added("dog"),)))
    assert control == "20 random units in 6 modules, dampened by AurA, strength 0.5."


def test_units_that_several_concepts_want_are_told():
    both = made(also=(Added("dog", "aura", 0.2),))
    told = label(replace(STEERED, at_odds=12), both)
    assert told.endswith(
        "those of dog dampened by AurA, strength 0.2. 12 units are wanted by both: they follow cat."
    )
    assert label(replace(STEERED, at_odds=1), both).endswith("1 unit is wanted by both: it follows cat.")
    three = made(also=(Added("dog"), Added("horse")))
    assert label(replace(STEERED, at_odds=2), three).endswith(
        "several of them: they follow the first that wants them."
    )
