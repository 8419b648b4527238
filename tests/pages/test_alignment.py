"""The Human alignment page on the embedded model, through the router, as a visitor's script run sees it."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core import pipeline
from expertlens_core.analysis import judgment_source
from expertlens_core.analysis.comparison import Comparison
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library, load_library, write_library
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.pipeline import AlignRequest, FindRequest, align_judgments
from expertlens_core.run import Run
from pages.parts.alignment.choice import MEGABYTES, keep_file, own_files
from pages.parts.alignment.rows import jaccard_label, row_name, sentence, summary, verdict
from pages.shared.services import services

ROOT = Path(__file__).parents[2]
MEN = ROOT.parent / "shared" / "data" / "men"
NAMES = ("cat", "dog", "horse", "red", "blue", "green")
MORE = ("wolf", "yellow")
"""Concepts of the tests' library whose experts are not found."""
UNTRAINED = str(Path(DEFAULT_MODEL).with_name("step-0"))
HOSTILE = "<img src=x onerror=alert(1)>"
PAIRS = (
    "word1,word2,score\ncat,dog,9\ncat,horse,7\ndog,horse,7.5\nred,blue,8\nred,green,8.5\nblue,green,8\ncat,red,1\n"
    f"dog,blue,0.5\nhorse,green,1\ncat,green,2\n{HOSTILE},cat,3\n[x](http://a.b),dog,2\n"
)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """A cache with six of eight concepts, which bring few sentences and negatives of their own; a shelf."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(folder / "cache"))
        patch.setenv("EXPERTLENS_LIBRARIES", str(folder / "libraries"))
        patch.syspath_prepend(str(ROOT))
        yield Artefacts(folder / "cache")


@pytest.fixture(scope="module", autouse=True)
def library(cache, tmp_path_factory):
    """Path of the tests' library."""
    whole, path = load_library(DEFAULT_LIBRARY), str(tmp_path_factory.mktemp("library") / "eight.json")
    few = [whole[name].positives for name in (*NAMES, *MORE)]
    concepts = [
        replace(
            whole[name],
            positives=mine[:50],
            kinds=(),
            negatives=tuple(text for other in few if other is not mine for text in other[50:65]),
        )
        for name, mine in zip((*NAMES, *MORE), few)
    ]
    write_library(Library("eight", tuple(concepts)), path)
    list(pipeline.find(FindRequest(names=NAMES, library=path), Run(cache)))
    return path


@pytest.fixture(scope="module")
def pairs(cache):
    return str(keep_file("my pairs.csv", PAIRS.encode()))


@pytest.fixture(scope="module")
def page(visit, library, pairs, until):
    """Open the page on the tests' own pairs, and wait for the jobs that it asks for."""

    def finish(app: AppTest) -> AppTest:
        until(lambda: not any(job.active for job in services().jobs.all()), 120)
        app.run()
        return app

    def open_page(**link: str) -> AppTest:
        return finish(visit("alignment", **{"library": library, "judgments": pairs, **link}))

    open_page.finish = finish
    return open_page


def metric(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def charts(app: AppTest) -> list[str]:
    specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    return [json.dumps(spec, ensure_ascii=False) for spec in specs]


def told(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.markdown, *app.caption, *app.info])


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


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
    assert "my-pairs" in told(app), "the caption names the judgments"


def test_hostile_words_are_text_and_a_missing_word_opens_as_a_draft(page):
    app = page()
    assert set(app.dataframe[0].value["word"]) == {HOSTILE, "[x](http://a.b)"}
    assert HOSTILE not in app.button(key="write word").label.replace("\\", "<escaped>")
    assert not any(HOSTILE in each.value for each in app.markdown)
    app.button(key="write word").click().run()
    assert not app.exception
    assert app.title[0].value == "Concepts"
    assert HOSTILE in [field.value for field in app.text_input]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"cat,dog\nred,blue\n", "is not a table of word pairs"),
        ("a.bin", b"\x00\x01\x02", "binary"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"x" * (MEGABYTES * 2**20 + 1), f"larger than {MEGABYTES} MB"),
        ("a.csv", b"cat,dog,9\nred,blue,nine\ncat,red,1\n", "expected a number"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence_and_not_kept(name, data, words):
    before = own_files()
    with pytest.raises(InputError, match=words) as refused:
        keep_file(name, data)
    assert "\n" not in str(refused.value)
    assert own_files() == before


def test_the_same_file_is_kept_once_and_under_a_harmless_name(pairs):
    assert str(keep_file("my pairs.csv", PAIRS.encode())) == pairs
    assert [str(path) for path in own_files()].count(pairs) == 1
    path = keep_file("../../<b>\\evil.csv", PAIRS.replace("cat", "wolf").encode())
    assert path.parent.parent == Path(pairs).parent.parent
    assert "<" not in path.name


def test_a_path_that_is_no_file_is_explained_on_the_page(page):
    app = page(judgments="/nowhere/<img src=x>")
    assert len(app.error) == 1
    assert "No judgments" in app.error[0].value


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
    assert "baselines, less well than" in told(app)


def test_another_tau_is_compared_too_and_one_without_experts_is_said_in_words(page):
    assert "expert overlap > 0.55" in charts(page(tau="0.55"))[0]
    assert "expert overlap > 0.55" not in charts(page())[0]
    app = page(tau="0.99")
    assert metric(app, "Spearman's rho") == "–"
    assert "lower tau" in told(app)


def test_layers_and_kinds_stand_beside_the_whole_model(page):
    (chart,) = charts(page(align="places"))
    for name in ("attention alone", "MLP alone", *(f"layer {layer} alone" for layer in range(4))):
        assert name in chart


def test_a_pair_shows_its_evidence(cache, library, page):
    app = page(align="pairs", pair="cat|dog")
    matrix = pipeline.scored(FindRequest(library=library), Run(cache, complete=False))
    cat, dog = (matrix.of(name) > 0.5 for name in ("cat", "dog"))
    assert metric(app, "Experts of cat") == str(cat.sum())
    assert metric(app, "Shared") == str((cat & dog).sum())
    assert metric(app, "People") == "9.0"
    assert app.dataframe[1].value["gap"].abs().is_monotonic_decreasing
    assert metric(page(align="pairs", pair="cat|dog", outside="1"), "Shared") != metric(app, "Shared")


def test_an_unknown_pair_in_a_link_shows_none(page):
    app = page(align="pairs", pair="cat|unicorn")
    assert "Shared" not in [each.label for each in app.metric]
    assert "Press a point" in told(app)


def test_two_checkpoints_are_compared_on_the_same_pairs(cache, library, page):
    link = {"align": "models", "align_beside": UNTRAINED}
    asked = [button.label for button in page(**link).button]
    assert "Find the experts" in asked, "nothing is found without being asked"
    list(pipeline.find(FindRequest(model=UNTRAINED, names=NAMES, library=library), Run(cache)))
    app = page(**link)
    assert all(name in charts(app)[0] for name in ("step-0", "step-2800"))
    either = "shows no clear difference between step-2800 and step-0", "agrees better"
    assert any(said in told(app) for said in either)


def test_priming_has_bars_and_says_why_it_has_none(page):
    assert "This needs a table" in told(page(align="priming"))
    lines = ["target,prime,unrelated,association"]
    for row in (
        "cat dog red horse", "dog cat blue horse", "red blue cat green", "blue green dog red",
        "horse dog green cat", "green red horse blue",
    ):  # fmt: skip
        target, strong, unrelated, weak = row.split()
        lines += [f"{target},{strong},{unrelated},first", f"{target},{weak},{unrelated},other"]
    table = "\n".join(lines)
    app = page(judgments=str(keep_file("spp.csv", table.encode())), align="priming")
    assert "**6 targets**" in told(app)
    assert '"strong"' in charts(app)[0]
    other = keep_file("other.csv", table.replace("horse", "ogre").replace("cat", "fay").encode())
    assert not page(judgments=str(other), align="priming").error


def test_taxonomy_waits_for_concepts_and_finds_them_only_when_asked(page):
    app = page(judgments="taxonomy")
    assert metric(app, "Pairs compared") == "15"
    assert "Waiting" in [each.label for each in app.metric]
    assert "find judged" in keys(app)
    assert metric(app, "p") != "–"
    assert "Mantel test" in [each.delta for each in app.metric]


def test_the_built_in_pairs_are_there_at_once_with_their_split(page):
    link = {"judgments": "men-in-the-box", "align_concepts": "library"}
    app = page(**link)
    assert metric(app, "Pairs compared") == "3"
    assert any(each.value == "men-in-the-box" for each in app.selectbox)
    assert not any(button.label.startswith("Download") for button in app.button)
    parts = [page(**link, split=split) for split in ("train", "test")]
    assert any("Only" in told(part) for part in parts), "the three pairs are parted"


def test_the_built_in_pairs_lead_with_the_concepts_written_for_them(page):
    app = page(judgments="men-in-the-box")
    (concepts,) = [each for each in app.segmented_control if each.label == "Concepts"]
    assert concepts.value == ""
    assert metric(app, "Waiting") == "599"
    assert "start find" in keys(app)


def test_a_kept_comparison_is_shown_without_the_results_behind_it(library, page, tmp_path, monkeypatch):
    eight, link = load_library(library), {"align": "places", "library": str(tmp_path / "six.json")}
    write_library(Library("six", tuple(eight[name] for name in NAMES)), link["library"])
    with_results = page(**link)
    there = Artefacts.has
    monkeypatch.setattr(Artefacts, "has", lambda store, key: key.stage != "expertise" and there(store, key))
    app = page(**link)
    assert charts(app) == charts(with_results)
    assert "start find" not in keys(app)
    assert "start find" in keys(page(**link, tau="0.55")), "that was never computed"


def test_judgments_that_are_not_here_are_downloaded_only_at_a_press(page, monkeypatch, tmp_path):
    import pooch

    asked = []

    def fetch(name, folder=None):
        asked.append(name)
        raise InputError(
            f"judgments {name!r} could not be downloaded (no answer): get the file, and give its path"
        )

    monkeypatch.setattr(judgment_source, "fetch", fetch)
    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    app = page(judgments="simlex999")
    assert asked == []
    assert "SimLex-999.txt" in told(app)
    page.finish(next(button for button in app.button if button.label == "Download SimLex-999").click().run())
    assert asked == ["simlex999"]
    assert "could not be downloaded" in app.error[0].value
    assert "not downloaded" in told(page(judgments="spp"))


@pytest.mark.skipif(not MEN.is_dir(), reason="MEN is not here")
def test_men_s_official_split_is_used_and_named(page):
    for link, judged in (({"split": "test"}, "1,000"), ({}, "3,000")):
        app = page(judgments=str(MEN), align="places", **link)
        assert f"of {judged} judged" in [each.delta for each in app.metric]


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
    services().jobs._results.clear()
    assert metric(page(), "Spearman's rho") == before


def test_a_download_that_takes_long_can_be_stopped_and_lets_others_compute(monkeypatch, until):
    arrived, go = threading.Event(), threading.Event()

    def fetch(name, folder=None):
        arrived.set()
        assert go.wait(60)

    monkeypatch.setattr(judgment_source, "fetch", fetch)
    shared = services()
    job = shared.jobs.submit("judgments", {"name": "men"}, "download of MEN", True, "a slow download")
    assert arrived.wait(60)
    try:
        with shared.turns.held():  # would wait until the download ends if its job kept the turn
            assert shared.jobs.get(job.id).state == "running"
        shared.jobs.stop(job.id)
        until(lambda: not shared.jobs.get(job.id).active, 60)
        assert shared.jobs.get(job.id).state == "stopped"
    finally:
        go.set()
