"""The Human alignment page on the embedded model, through the router, as a visitor's script run sees it."""

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core import pipeline
from expertlens_core.analysis import judgment_source
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library, load_library, write_library
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.pipeline import AlignRequest, FindRequest, align_judgments
from expertlens_core.run import Run
from pages.parts.alignment.choice import MEGABYTES, keep_file, own_files
from pages.parts.alignment.rows import jaccard_label, row_name, sentence, summary, verdict
from pages.shared import view
from pages.shared.services import services

ROOT = Path(__file__).parents[2]
MEN = ROOT.parent / "shared" / "data" / "men"
MORE = ("wolf", "yellow")
"""Concepts of the tests' library whose experts are not found."""
UNTRAINED = str(Path(DEFAULT_MODEL).with_name("step-0"))
NAMES = ("cat", "dog", "horse", "red", "blue", "green")
FIND: dict[str, str] = {}
"""Names the tests' library, once it is written."""
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
        artefacts = Artefacts(folder / "cache")
        whole = load_library(DEFAULT_LIBRARY)
        few = [whole[name].positives for name in (*NAMES, *MORE)]
        concepts = [
            replace(
                whole[name],
                positives=few[row][:50],
                kinds=(),
                negatives=tuple(t for o in few if o is not few[row] for t in o[50:65]),
            )
            for row, name in enumerate((*NAMES, *MORE))
        ]
        FIND["library"] = str(folder / "eight.json")
        write_library(Library("eight", tuple(concepts)), FIND["library"])
        list(pipeline.find(FindRequest(names=NAMES, **FIND), Run(artefacts)))
        yield artefacts


@pytest.fixture(scope="module")
def pairs(cache):
    return str(keep_file("my pairs.csv", PAIRS.encode()))


def visit(*, wait: bool = True, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=120).run()
    del app.session_state[view.STORE]  # the link is read once a visit, and this visit went to the first page
    for name, value in (FIND | link).items():
        app.query_params[name] = value
    app.switch_page("alignment.py").run()
    if wait:
        finish(app)
    assert not app.exception
    return app


def finish(app: AppTest) -> None:
    """Wait for the jobs that the page asked for, and draw it again."""
    from pages.shared.services import services

    until = time.monotonic() + 120
    while any(job.active for job in services().jobs.all()):
        assert time.monotonic() < until, [job for job in services().jobs.all() if job.active]
        time.sleep(0.02)
    app.run()


def metric(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def charts(app: AppTest) -> list[str]:
    return [
        json.dumps(json.loads(chart.proto.spec), ensure_ascii=False) for chart in app.get("vega_lite_chart")
    ]


def told(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.markdown, *app.caption, *app.info])


def test_own_pairs_are_compared_counted_and_held_against_the_text(cache, pairs):
    app = visit(judgments=pairs)
    assert metric(app, "Pairs compared") == "10"
    assert metric(app, "Left out") == "2"
    made = align_judgments(
        AlignRequest(
            find=FindRequest(**FIND), judgments=pairs, baselines=("tf-idf",), places=False, resamples=50,
            permutations=50,
        ),
        Run(cache, complete=False),
    )  # fmt: skip
    assert metric(app, "Spearman's rho") == f"{made.measures[0].rho:.2f}"
    (chart,) = charts(app)
    assert "expert overlap > 0.6" in chart
    assert "TF-IDF of the text" in chart
    assert "my-pairs" in told(app), "the caption names the judgments"


def test_hostile_words_are_listed_as_text(pairs):
    app = visit(judgments=pairs)
    table = app.dataframe[0].value
    assert set(table["word"]) == {HOSTILE, "[x](http://a.b)"}
    (write,) = [button for button in app.button if button.key == "write word"]
    assert HOSTILE not in write.label.replace("\\", "<escaped>")
    for each in app.markdown:
        assert HOSTILE not in each.value


def test_a_missing_word_opens_as_a_draft_on_the_concepts_page(pairs):
    app = visit(judgments=pairs)
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
def test_a_wrong_file_is_refused_in_one_sentence_and_not_kept(cache, name, data, words):
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


def test_a_path_that_is_no_file_is_explained_on_the_page():
    app = visit(judgments="/nowhere/<img src=x>")
    assert len(app.error) == 1
    assert "No judgments" in app.error[0].value


def test_embeddings_join_the_baselines_when_asked_for(cache, pairs):
    app = visit(judgments=pairs)
    assert "word, input layer" not in charts(app)[0]
    app.button(key="embeddings").click().run()
    finish(app)
    (chart,) = charts(app)
    for name in (
        "word, input layer",
        "word, last layer",
        "sentences, raw",
        "sentences, centred",
        "mean difference",
    ):
        assert name in chart
    assert "embeddings" not in [button.key for button in app.button]
    assert "baselines, less well than" in told(app)


def test_another_tau_is_compared_too(pairs):
    app = visit(judgments=pairs, tau="0.55")
    assert "expert overlap > 0.55" in charts(app)[0]
    assert "expert overlap > 0.55" not in charts(visit(judgments=pairs))[0]


def test_a_tau_without_experts_is_said_in_words(pairs):
    app = visit(judgments=pairs, tau="0.99")
    assert metric(app, "Spearman's rho") == "–"
    assert "lower tau" in told(app)


def test_layers_and_kinds_stand_beside_the_whole_model(pairs):
    (chart,) = charts(visit(judgments=pairs, align="places"))
    for name in ("attention alone", "MLP alone", *(f"layer {layer} alone" for layer in range(4))):
        assert name in chart


def test_a_pair_shows_its_evidence(cache, pairs):
    app = visit(judgments=pairs, align="pairs", pair="cat|dog")
    matrix = pipeline.scored(FindRequest(**FIND), Run(cache, complete=False))
    cat, dog = (matrix.of(name) > 0.5 for name in ("cat", "dog"))
    assert metric(app, "Experts of cat") == str(cat.sum())
    assert metric(app, "Shared") == str((cat & dog).sum())
    assert metric(app, "People") == "9.0"
    table = app.dataframe[1].value
    assert table["gap"].abs().is_monotonic_decreasing
    assert visit(judgments=pairs, align="pairs", pair="cat|dog", outside="1").metric[-1].value != metric(
        app, "Shared"
    )


def test_an_unknown_pair_in_a_link_shows_none(pairs):
    app = visit(judgments=pairs, align="pairs", pair="cat|unicorn")
    assert "Shared" not in [each.label for each in app.metric]
    assert "Press a point" in told(app)


def test_two_checkpoints_are_compared_on_the_same_pairs(cache, pairs):
    link = {"judgments": pairs, "align": "models", "align_beside": UNTRAINED}
    app = visit(**link)
    assert any(button.label == "Find the experts" for button in app.button), (
        "nothing is found without being asked"
    )
    list(pipeline.find(FindRequest(model=UNTRAINED, names=NAMES, **FIND), Run(cache)))
    app = visit(**link)
    assert "step-0" in charts(app)[0]
    assert "step-2800" in charts(app)[0]
    assert "shows no clear difference between step-2800 and step-0" in told(app) or "agrees better" in told(
        app
    )


def test_priming_has_bars_and_says_why_it_has_none(cache, pairs):
    assert "This needs a table" in told(visit(judgments=pairs, align="priming"))
    rows = [("cat", "dog", "red", "horse"), ("dog", "cat", "blue", "horse"), ("red", "blue", "cat", "green")]
    rows += [
        ("blue", "green", "dog", "red"),
        ("horse", "dog", "green", "cat"),
        ("green", "red", "horse", "blue"),
    ]
    lines = ["target,prime,unrelated,association"]
    for target, strong, unrelated, weak in rows:
        lines += [f"{target},{strong},{unrelated},first", f"{target},{weak},{unrelated},other"]
    table = keep_file("spp.csv", "\n".join(lines).encode())
    app = visit(judgments=str(table), align="priming")
    assert "**6 targets**" in told(app)
    assert '"strong"' in charts(app)[0]
    other = keep_file("other.csv", "\n".join(lines).replace("horse", "ogre").replace("cat", "fay").encode())
    app = visit(judgments=str(other), align="priming")
    assert not app.error


def test_taxonomy_waits_for_concepts_and_finds_them_only_when_asked(cache):
    app = visit(judgments="taxonomy")
    assert metric(app, "Pairs compared") == "15"
    assert "Waiting" in [each.label for each in app.metric]
    assert any(button.key == "find judged" for button in app.button)
    assert metric(app, "p") != "–"
    assert "Mantel test" in [each.delta for each in app.metric]


def test_the_built_in_pairs_are_there_at_once_with_their_split():
    app = visit(align_concepts="library")
    assert metric(app, "Pairs compared") == "3"
    assert any(each.value == "men-in-the-box" for each in app.selectbox)
    assert not any(button.label.startswith("Download") for button in app.button)
    parts = [visit(split=split, align_concepts="library") for split in ("train", "test")]
    assert not any(part.exception for part in parts)
    assert any("Only" in told(part) for part in parts), "the three pairs are parted"


def test_the_built_in_pairs_lead_with_the_concepts_written_for_them():
    app = visit()
    (concepts,) = [each for each in app.segmented_control if each.label == "Concepts"]
    assert concepts.value == ""
    assert metric(app, "Waiting") == "599"
    assert any(button.key == "start find" for button in app.button)


def test_a_kept_comparison_is_shown_without_the_results_behind_it(pairs, tmp_path, monkeypatch):
    library = load_library(FIND["library"])
    six = Library("six", tuple(library[name] for name in NAMES))
    link = {"judgments": pairs, "align": "places", "library": str(tmp_path / "six.json")}
    write_library(six, link["library"])
    with_results = visit(**link)
    there = Artefacts.has
    monkeypatch.setattr(Artefacts, "has", lambda store, key: key.stage != "expertise" and there(store, key))
    app = visit(**link)
    assert charts(app) == charts(with_results)
    assert not any(button.key == "start find" for button in app.button)
    elsewhere = visit(**link | {"tau": "0.55"})
    assert any(button.key == "start find" for button in elsewhere.button), "that was never computed"


def test_judgments_that_are_not_here_are_downloaded_only_at_a_press(monkeypatch, tmp_path):
    import pooch

    asked = []

    def fetch(name, folder=None):
        asked.append(name)
        raise InputError(
            f"judgments {name!r} could not be downloaded (no answer): get the file, and give its path"
        )

    monkeypatch.setattr(judgment_source, "fetch", fetch)
    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    app = visit(judgments="simlex999")
    assert asked == []
    assert "SimLex-999.txt" in told(app)
    next(button for button in app.button if button.label == "Download SimLex-999").click().run()
    finish(app)
    assert asked == ["simlex999"]
    assert "could not be downloaded" in app.error[0].value
    assert "not downloaded" in told(visit(judgments="spp"))


@pytest.mark.skipif(not MEN.is_dir(), reason="MEN is not here")
def test_men_s_official_split_is_used_and_named():
    app = visit(judgments=str(MEN), split="test", align="places")
    assert "of 1,000 judged" in [each.delta for each in app.metric]
    assert "of 3,000 judged" in [each.delta for each in visit(judgments=str(MEN), align="places").metric]


def test_comparisons_say_which_way_and_whether_it_is_clear():
    from expertlens_core.analysis.comparison import Comparison

    def compared(low: float, high: float) -> Comparison:
        return Comparison(jaccard_label(0.5), "tf-idf", (low + high) / 2, low, high, 0.01, 2.0, 0.05)

    better, worse, neither = compared(0.05, 0.19), compared(-0.2, -0.1), compared(-0.1, 0.3)
    assert [verdict(each) for each in (better, worse, neither)] == ["better", "worse", "no clear difference"]
    assert (
        sentence(better) == "Expert overlap > 0.5 agrees better than TF-IDF of the text: +0.12 [+0.05, +0.19]"
    )
    assert "less well than" in sentence(worse)
    assert "no clear difference" in sentence(neither)
    assert summary([better, worse, neither]).startswith("Expert overlap agrees better than 1 of 3")
    assert summary([better]) == sentence(better)
    assert row_name("jaccard > 0.5 (mlp alone)") == "MLP alone"
    assert row_name("jaccard > 0.5 (gpt <b>)") == "expert overlap > 0.5 (gpt <b>)"


def test_results_that_left_memory_come_back(pairs):
    before = metric(visit(judgments=pairs), "Spearman's rho")
    services().jobs._results.clear()
    assert metric(visit(judgments=pairs), "Spearman's rho") == before


def test_a_download_that_takes_long_can_be_stopped_and_lets_others_compute(monkeypatch):
    from pages.shared.services import services

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
        until = time.monotonic() + 60
        while shared.jobs.get(job.id).active:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert shared.jobs.get(job.id).state == "stopped"
    finally:
        go.set()
