"""What a checkpoint is called, which step it is, and in what order they stand."""

import pytest

from expertlens_core.models.checkpoint import checkpoints_of, step_of, steps_beside

PYTHIA = "EleutherAI/pythia-70m"


@pytest.fixture
def training(tmp_path):
    """Folders of three steps, one model without a step, and a folder that is none."""
    for name in ("step-2", "step-10", "step-100", "final"):
        (tmp_path / "run" / name).mkdir(parents=True)
        (tmp_path / "run" / name / "config.json").write_text("{}")
    (tmp_path / "run" / "logs").mkdir()
    return tmp_path / "run"


@pytest.mark.parametrize(("name", "step"), [
    ("step512", 512), ("step-2800", 2800), ("step_7", 7), ("global_step1000", 1000), ("checkpoint-500", 500),
    ("iter_0001000", 1000), ("stage1-step1000-tokens5B", 1000), ("step36k", 36_000), ("143000", 143_000), ("0", 0),
    ("main", None), ("pythia-70m", None), ("", None), ("step", None), ("v2", None), ("step1.5", None),
    ("9b8e0d1c", None),
])  # fmt: skip
def test_a_step_is_read_from_a_name(name, step):
    assert step_of(name) == step


def test_steps_sort_by_number_behind_the_random_starts():
    texts = ["step143000", "step1000", "random:3", "step64", "step512", "random:0"]
    found = checkpoints_of(texts, PYTHIA)
    assert [each.revision for each in found] == [
        "random:0", "random:3", "step64", "step512", "step1000", "step143000"
    ]  # fmt: skip
    assert [each.step for each in found] == [None, None, 64, 512, 1000, 143_000]
    assert [each.seed for each in found][:3] == [0, 3, None]


def test_several_models_are_series_of_their_own_in_order_of_mention():
    found = checkpoints_of(
        ["EleutherAI/pythia-1b@step1", "step64", "EleutherAI/pythia-1b@step0", "smollm2"], PYTHIA
    )
    assert [each.name for each in found] == [
        "EleutherAI/pythia-1b@step0", "EleutherAI/pythia-1b@step1", f"{PYTHIA}@step64", "smollm2"
    ]  # fmt: skip


def test_main_is_the_last_step_where_that_is_known():
    assert checkpoints_of(["main"], PYTHIA)[0].step == 143_000
    assert checkpoints_of([], PYTHIA)[0].step == 143_000
    assert checkpoints_of(["main"], "gpt2")[0].step is None


def test_a_folder_of_steps_stands_for_all_of_them(training):
    found = checkpoints_of([str(training)], "gpt2")
    assert [each.name for each in found] == ["run/step-2", "run/step-10", "run/step-100", "run/final"]
    assert {each.series for each in found} == {"run"}


def test_a_neighbouring_folder_can_be_named_alone(training):
    model = str(training / "step-2")
    found = checkpoints_of(["step-10", "random:0", "step-9"], model)
    assert [each.name for each in found] == ["run/step-2@random:0", "run/step-2@step-9", "run/step-10"]
    assert found[2].model == str(training / "step-10")


def test_the_random_start_of_a_folder_is_no_step_of_it(training):
    (found,) = checkpoints_of([f"{training / 'step-10'}@random:0"], "gpt2")
    assert (found.step, found.seed, found.series) == (None, 0, "run")


def test_each_stands_once(training, monkeypatch):
    monkeypatch.chdir(training.parent)
    found = checkpoints_of(["run/step-2", str(training), "./run/step-2/", "run/step-2"], "gpt2")
    assert [each.name for each in found].count("run/step-2") == 1
    assert len(found) == 4


def test_two_trainings_of_one_name_are_told_apart(training, tmp_path):
    other = tmp_path / "other" / "run" / "step-5"
    other.mkdir(parents=True)
    (other / "config.json").write_text("{}")
    found = checkpoints_of([str(training / "step-2"), str(other)], "gpt2")
    assert len({each.series for each in found}) == 2
    assert {each.series.rpartition("/")[2] for each in found} == {"run"}


def test_steps_beside_a_folder_stand_by_number(training):
    expected = [str(training / f"step-{step}") for step in (2, 10, 100)]
    assert list(steps_beside(str(training / "step-100"))) == expected
    assert list(steps_beside(str(training))) == expected
    assert steps_beside("gpt2") == ()
