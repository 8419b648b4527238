"""The Checkpoints page on the steps of the small world: the choice, the job, the sections, accuracy, what failed."""

import json

import pytest

from expertlens_core.concepts import Library, write_library
from pages.parts.checkpoints.choice import PAPER
from pages.shared.choices.checkpoints import SECTIONS
from pages.shared.services import services
from tests.conftest import FIXTURES
from tests.few_sentences import with_few_sentences

from .conftest import charts, idle, keys, press, said

NAMES = ("cat", "dog", "corn", "red")
STEPS = str(FIXTURES / "small_world")
LINK = {"steps_judged": "taxonomy", "checkpoints": f"random:0|step-64|step-2800|{STEPS}/nowhere"}


@pytest.fixture(scope="module")
def library(place):
    """Four concepts of three domains."""
    write_library(Library("four", tuple(with_few_sentences(NAMES, 40, 10))), place / "steps.json")
    return str(place / "steps.json")


@pytest.fixture(scope="module")
def shown(visit, library):
    """The page after its job."""
    app = visit("checkpoints", library=library, **LINK)
    assert "start checkpoints" in keys(app)
    assert charts(app) == []
    press(app, "Compute them")
    idle()
    app.run()
    assert not app.exception
    return app


def test_at_first_it_offers_the_steps_beside_the_model_and_its_random_start(visit, library):
    app = visit("checkpoints", library=library, steps_judged="none")
    (choice,) = (each for each in app.multiselect if each.label == "Checkpoints")
    assert [each.rpartition("/")[2] for each in choice.value] == [
        "random:0", "step-0", "step-64", "step-512", "step-2800"
    ]  # fmt: skip
    told = said(app)
    assert "5 of 5 checkpoints" in told
    assert "Nothing is computed yet" in told


def test_a_model_with_known_steps_has_those_of_the_paper(visit, library):
    app = visit("checkpoints", library=library, steps_judged="none", model="EleutherAI/pythia-70m")
    (choice,) = (each for each in app.multiselect if each.label == "Checkpoints")
    assert choice.value == ["random:0", *PAPER]
    assert "an unknown time" in said(app) or "sentences to read" in said(app)


def test_it_shows_sizes_and_tells_what_failed(shown):
    first, *_, last = charts(shown)
    assert "AP above 0.50" in first
    assert "AP above 0.90" in last
    assert '"values": [64, 2800]' in last
    assert '"orient": "top"' in first
    assert '"orient": "top"' not in last, "one legend is enough"
    told = said(shown)
    assert "step 64: **" in told
    assert "random weights: **" in told
    assert "1 checkpoint was left out" in told
    assert any("nowhere" in str(table.value.to_dict()) for table in shown.dataframe)
    assert "start checkpoints" not in keys(shown), "what failed is told, not offered as if it were to come"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_draws_from_the_link(visit, shown, library, section):
    app = visit("checkpoints", library=library, steps_show=section, **LINK)
    assert not app.exception
    drawn = charts(app)
    if section == "accuracy":
        assert drawn == []
        assert "results_" in said(app)
    else:
        assert drawn
    wanted = {"kept": "Jaccard", "agreement": "rho", "domains": "random groups", "layers": "attention"}
    assert wanted.get(section, "") in "".join(drawn)


def test_agreement_by_measure_and_shares_are_choices_of_the_link(visit, shown, library):
    app = visit("checkpoints", library=library, steps_show="agreement", steps_measures="1", **LINK)
    assert "tf-idf" in "".join(charts(app))
    app = visit("checkpoints", library=library, steps_per_unit="1", **LINK)
    assert "experts / units" in charts(app)[0]


def test_a_file_of_accuracies_is_matched_or_told(visit, shown, library):
    app = visit("checkpoints", library=library, steps_show="accuracy", **LINK)
    good = {
        "results": {"piqa": {"acc,none": 0.6, "acc_stderr,none": 0.01}},
        "config": {"model_args": f"pretrained={STEPS}/step-64,dtype=float32"},
    }
    other = good | {"config": {"model_args": "pretrained=gpt2"}}
    files = [("results_a.json", json.dumps(good).encode(), "application/json")]
    files += [
        ("results_b.json", json.dumps(other).encode(), "application/json"),
        ("c.json", b"[1]", "text/plain"),
    ]
    app.file_uploader[0].set_value(files).run()
    assert not app.exception
    assert "is no file of results of lm-evaluation-harness" in app.error[0].value
    assert "gpt2" in said(app, "warning")
    assert "accuracy, mean over tasks" in charts(app)[0]
    press(app, "Forget 2 files")
    assert charts(app) == []


def test_the_result_comes_from_the_cache_without_the_model(visit, shown, library):
    services().models.unload()
    jobs = len(services().jobs.all())
    app = visit(
        "checkpoints", library=library, checkpoints="random:0|step-64|step-2800", steps_judged="taxonomy"
    )
    assert len(charts(app)) == 5
    assert not services().models.resident()
    assert len(services().jobs.all()) == jobs


def test_judgments_that_the_library_does_not_cover_are_told_in_place(visit, library):
    app = visit("checkpoints", library=library)
    assert "cover" in app.error[0].value
    assert any(each.label == "Checkpoints" for each in app.multiselect), "another choice can be made"


def test_a_name_that_looks_like_markup_stays_text(visit, library):
    app = visit(
        "checkpoints", library=library, steps_judged="none", checkpoints="<img src=x onerror=alert(1)>"
    )
    assert "\\<img" in said(app, "markdown")


def test_another_comparison_of_experts_that_are_there_starts_by_itself(visit, shown, library):
    link = {"library": library, "checkpoints": "random:0|step-64|step-2800", "steps_judged": "taxonomy"}
    app = visit("checkpoints", outside="1", **link)
    assert "start checkpoints" not in keys(app)
    idle()
    app.run()
    assert len(charts(app)) == 5
    assert "without token-only modules" in said(app)


def test_embeddings_are_offered_beside_what_is_there(visit, shown, library):
    link = {"library": library, "checkpoints": "random:0|step-64|step-2800", "steps_judged": "taxonomy"}
    app = visit("checkpoints", steps_embeddings="1", steps_show="agreement", **link)
    assert "start checkpoints" in keys(app)
    assert "Their experts are there" in said(app)
    assert len(charts(app)) == 5, "what is there is shown meanwhile"
