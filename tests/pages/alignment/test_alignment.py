"""The Human alignment page on the tests' model, through the router, as a visitor's script run sees it."""

from pathlib import Path

from expertlens_core import pipeline
from expertlens_core.analysis.comparison import Comparison
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library, load_library, write_library
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.pipeline import AlignRequest, FindRequest, align_judgments
from expertlens_core.run import Run
from pages.parts.alignment.choice import keep_file
from pages.parts.alignment.rows import jaccard_label, row_name, sentence, summary, verdict
from pages.shared.recent import Recent
from pages.shared.services import services

from ..conftest import EVIL, charts, keys, metric, said
from .conftest import SIX

UNTRAINED = str(Path(DEFAULT_MODEL).with_name("step-0"))


def test_own_pairs_are_compared_counted_and_held_against_the_text(cache, library, pairs, page):
    app = page()
    assert (metric(app, "Pairs compared"), metric(app, "Left out")) == ("10", "2")
    few = {"baselines": ("tf-idf",), "places": False, "resamples": 50, "permutations": 50}
    request = AlignRequest(find=FindRequest(library=library), judgments=pairs, **few)
    made = align_judgments(request, Run(cache, complete=False))
    assert metric(app, "Spearman's rho") == f"{made.measures[0].rho:.2f}"
    (chart,) = charts(app)
    assert "expert overlap > 0.6" in chart
    assert "TF-IDF of the text" in chart
    assert "my-pairs" in said(app), "the caption names the judgments"


def test_hostile_words_are_text_and_a_missing_word_opens_as_a_draft(page):
    app = page()
    assert set(app.dataframe[0].value["word"]) == {EVIL, "[x](http://a.b)"}
    assert EVIL not in app.button(key="write word").label.replace("\\", "<escaped>")
    assert not any(EVIL in each.value for each in app.markdown)
    app.button(key="write word").click().run()
    assert not app.exception
    assert app.title[0].value == "Concepts"
    assert EVIL in [field.value for field in app.text_input]


def test_embeddings_join_the_baselines_when_asked_for(page):
    app = page()
    assert "word, input layer" not in charts(app)[0]
    page.finish(app.button(key="embeddings").click().run())
    (chart,) = charts(app)
    for name in (
        "word, input layer",
        "word, last layer",
        "sentences, raw",
        "sentences, centred",
        "mean difference",
    ):
        assert name in chart
    assert "embeddings" not in keys(app)
    assert "baselines, less well than" in said(app)


def test_another_tau_is_compared_too_and_one_without_experts_is_said_in_words(page):
    assert "expert overlap > 0.55" in charts(page(tau="0.55"))[0]
    assert "expert overlap > 0.55" not in charts(page())[0]
    app = page(tau="0.99")
    assert metric(app, "Spearman's rho") == "–"
    assert "lower tau" in said(app)


def test_layers_and_kinds_stand_beside_the_whole_model(page):
    (chart,) = charts(page(align="places"))
    for name in ("attention alone", "MLP alone", *(f"layer {layer} alone" for layer in range(4))):
        assert name in chart


def test_a_pair_shows_its_evidence_and_an_unknown_one_in_a_link_none(cache, library, page):
    app = page(align="pairs", pair="cat|dog")
    matrix = pipeline.scored(FindRequest(library=library), Run(cache, complete=False))
    cat, dog = (matrix.of(name) > 0.5 for name in ("cat", "dog"))
    assert metric(app, "Experts of cat") == str(cat.sum())
    assert metric(app, "Shared") == str((cat & dog).sum())
    assert metric(app, "People") == "9.0"
    assert app.dataframe[1].value["gap"].abs().is_monotonic_decreasing
    assert metric(page(align="pairs", pair="cat|dog", outside="1"), "Shared") != metric(app, "Shared")
    app = page(align="pairs", pair="cat|unicorn")
    assert "Shared" not in [each.label for each in app.metric]
    assert "Press a point" in said(app)


def test_two_checkpoints_are_compared_on_the_same_pairs(cache, library, page):
    link = {"align": "models", "align_beside": UNTRAINED}
    asked = [button.label for button in page(**link).button]
    assert "Find the experts" in asked, "nothing is found without being asked"
    list(pipeline.find(FindRequest(model=UNTRAINED, names=SIX, library=library), Run(cache)))
    app = page(**link)
    assert all(name in charts(app)[0] for name in ("step-0", "step-2800"))
    either = "shows no clear difference between step-2800 and step-0", "agrees better"
    assert any(told in said(app) for told in either)


def test_priming_has_bars_and_says_why_it_has_none(page):
    assert "This needs a table" in said(page(align="priming"))
    lines = ["target,prime,unrelated,association"]
    for row in (
        "cat dog red horse", "dog cat blue horse", "red blue cat green", "blue green dog red",
        "horse dog green cat", "green red horse blue",
    ):  # fmt: skip
        target, strong, unrelated, weak = row.split()
        lines += [f"{target},{strong},{unrelated},first", f"{target},{weak},{unrelated},other"]
    table = "\n".join(lines)
    app = page(judgments=str(keep_file("spp.csv", table.encode())), align="priming")
    assert "**6 targets**" in said(app)
    assert '"strong"' in charts(app)[0]
    other = keep_file("other.csv", table.replace("horse", "ogre").replace("cat", "fay").encode())
    assert not page(judgments=str(other), align="priming").error


def test_a_kept_comparison_is_shown_without_the_results_behind_it(library, page, tmp_path, monkeypatch):
    eight, link = load_library(library), {"align": "places", "library": str(tmp_path / "six.json")}
    write_library(Library("six", tuple(eight[name] for name in SIX)), link["library"])
    with_results = page(**link)
    there = Artefacts.has
    monkeypatch.setattr(Artefacts, "has", lambda store, key: key.stage != "expertise" and there(store, key))
    app = page(**link)
    assert charts(app) == charts(with_results)
    assert "start find" not in keys(app)
    assert "start find" in keys(page(**link, tau="0.55")), "that was never computed"


def test_comparisons_say_which_way_and_whether_it_is_clear():
    def compared(low: float, high: float) -> Comparison:
        return Comparison(jaccard_label(0.5), "tf-idf", (low + high) / 2, low, high, 0.01, 2.0, 0.05)

    better, worse, neither = compared(0.05, 0.19), compared(-0.2, -0.1), compared(-0.1, 0.3)
    assert [verdict(each) for each in (better, worse, neither)] == ["better", "worse", "no clear difference"]
    said = "Expert overlap > 0.5 agrees better than TF-IDF of the text: +0.12 [+0.05, +0.19]"
    assert sentence(better) == summary([better]) == said
    assert "less well than" in sentence(worse)
    assert "no clear difference" in sentence(neither)
    assert summary([better, worse, neither]).startswith("Expert overlap agrees better than 1 of 3")
    assert row_name("jaccard > 0.5 (mlp alone)") == "MLP alone"
    assert row_name("jaccard > 0.5 (gpt <b>)") == "expert overlap > 0.5 (gpt <b>)"


def test_results_that_left_memory_come_back(page):
    before = metric(page(), "Spearman's rho")
    services().jobs._results = Recent(1)
    assert metric(page(), "Spearman's rho") == before
