"""Which checkpoint a file of accuracies belongs to."""

import pytest

from expertlens_core.analysis.accuracy_file import Accuracy, TaskAccuracy
from expertlens_core.analysis.accuracy_match import match_accuracy
from expertlens_core.analysis.checkpoint_series import CheckpointResult
from expertlens_core.models.checkpoint import checkpoints_of

HUB = ("EleutherAI/pythia-70m@step1000", "EleutherAI/pythia-70m@main", "EleutherAI/pythia-1b@step1000",
       "EleutherAI/pythia-70m@random:0")  # fmt: skip


def results(*texts, model="gpt2"):
    return [
        CheckpointResult(**{k: getattr(c, k) for k in ("name", "model", "revision", "series", "step", "seed")},
                         counts=None, alignment=(), baselines=(), domains=None, about={})
        for c in checkpoints_of(texts, model)
    ]  # fmt: skip


def file(model, revision="", name="results.json"):
    return Accuracy(name, model, revision, (TaskAccuracy("piqa", "acc", 0.5, 0.1),), ())


@pytest.mark.parametrize(("given", "name"), [
    (file("EleutherAI/pythia-70m", "step1000"), "EleutherAI/pythia-70m@step1000"),
    (file("EleutherAI/pythia-v1.1-70m", "step1000"), "EleutherAI/pythia-70m@step1000"),
    (file("/data/models/pythia-1b", "step1000"), "EleutherAI/pythia-1b@step1000"),
    (file("EleutherAI/pythia-70m"), "EleutherAI/pythia-70m@main"),
    (file("EleutherAI/pythia-70m-deduped", "step1000"), None),
    (file("EleutherAI/pythia-70m", "step2000"), None),
    (file("EleutherAI/pythia-1b"), None),
    (file("", name="70m_step1000.json"), None),
    (file("", name="70m_step143000.json"), "EleutherAI/pythia-70m@main"),
    (file("", name="step1.json"), None),
])  # fmt: skip
def test_a_file_goes_to_the_checkpoint_that_it_names(given, name):
    matched, said = match_accuracy(results(*HUB), [given])
    assert [each.checkpoint for each in matched] == ([name] if name else [])
    assert len(said) == (name is None)
    assert all(text.startswith(f"'{given.file}' names ") for text in said)


def test_folders_are_known_by_their_name(tmp_path):
    for step in (5, 10):
        (tmp_path / "run" / f"step-{step}").mkdir(parents=True)
        (tmp_path / "run" / f"step-{step}" / "config.json").write_text("{}")
    matched, said = match_accuracy(results(str(tmp_path / "run")), [file("/elsewhere/run/step-10/")])
    assert [each.checkpoint for each in matched] == ["run/step-10"]
    assert said == ()


def test_of_two_files_for_one_checkpoint_the_first_counts():
    first = file("EleutherAI/pythia-70m", "step1000", "a.json")
    second = file("EleutherAI/pythia-70m", "step1000", "b.json")
    matched, said = match_accuracy(results(*HUB), [first, second])
    assert [each.accuracy.file for each in matched] == ["a.json"]
    assert said == ("'b.json' is a second file for EleutherAI/pythia-70m@step1000: it is left out.",)


def test_a_sentence_tells_what_the_file_names_and_how_many_it_could_be():
    _, said = match_accuracy(results(*HUB), [file("gpt2", "x"), file("", name="70m_step1000.json")])
    assert said == (
        "'results.json' names 'gpt2@x', which is no checkpoint of the series: it is left out.",
        "'70m_step1000.json' names 'no model', which is 2 checkpoints of the series: it is left out.",
    )
