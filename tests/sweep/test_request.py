"""Plans of sweeps: read from files, and the tasks that they come to."""

import json

import pytest

from expertlens_core.concepts import Concept, Library
from expertlens_core.errors import InputError
from expertlens_core.sweep.request import SweepRequest, read_sweep
from expertlens_core.sweep.tasks import groups, models_of

SENTENCES = ("One.", "Two.")
WORDS = Library("words", tuple(Concept(f"word{number}", SENTENCES, SENTENCES) for number in range(7)))
PLAN = {
    "models": ["a", "b@step1"],
    "revisions": ["x", "y"],
    "libraries": ["words"],
    "stages": ["find", "similarity", "align"],
    "recipes": [{"positives": 50}, {"pooling": "mean"}],
    "options": {"align": {"judgments": "men"}},
    "exclude": [{"model": "a", "revision": "y"}, {"stage": "align", "recipe": 1}],
    "block": 3,
}
TOML = """
models = ["a", "b@step1"]
revisions = ["x", "y"]
libraries = ["words"]
stages = ["find", "similarity", "align"]
recipes = [{positives = 50}, {pooling = "mean"}]
block = 3
[options.align]
judgments = "men"
[[exclude]]
model = "a"
revision = "y"
[[exclude]]
stage = "align"
recipe = 1
"""


def told(asked: SweepRequest):
    return list(groups(asked, lambda name: WORDS))


@pytest.mark.parametrize("suffix", [".toml", ".json", ".yaml"])
def test_a_plan_is_read_from_every_kind_of_file(tmp_path, suffix):
    path = tmp_path / f"plan{suffix}"
    path.write_text(TOML if suffix == ".toml" else json.dumps(PLAN))
    asked = read_sweep(path)
    assert asked == SweepRequest.from_json(PLAN)
    assert asked.to_json() | PLAN == asked.to_json()


def test_models_libraries_and_recipes_are_multiplied_and_exclusions_left_out():
    found = told(SweepRequest.from_json(PLAN))
    labels = [task.label for group in found for task in (*group.first, *group.then)]
    assert models_of(SweepRequest.from_json(PLAN)) == [("a", "x"), ("a", "y"), ("b", "step1")]
    # two models are left, each with two recipes, of three blocks; one stage less in the second recipe
    assert [(len(group.first), len(group.then)) for group in found] == [(3, 2), (3, 1)] * 2
    assert labels[:4] == [
        "find word0 to word2 of words in a at x",
        "find word3 to word5 of words in a at x",
        "find word6 of words in a at x",
        "similarity of words in a at x",
    ]
    assert labels[5] == "find word0 to word2 of words in a at x, recipe 1"
    last = found[-1].then[0].request
    assert (last.find.model, last.find.revision, last.find.pooling, last.find.names) == (
        "b",
        "step1",
        "mean",
        (),
    )
    assert found[0].then[1].request.judgments == "men"
    assert found[0].first[1].request.names == ("word3", "word4", "word5")
    assert found[0].first[1].request.positives == 50


def test_a_stage_about_one_concept_has_a_task_for_each():
    (group,) = told(
        SweepRequest(("a",), stages=("calibrate",), libraries=("words",), names=("word1", "word4"))
    )
    assert [task.request.concept for task in group.then] == ["word1", "word4"]
    assert group.first == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": []}, "at least one model"),
        ({"stages": ["fnid"]}, "no stage 'fnid': expected some of find"),
        ({"stages": ["chat"]}, "no stage 'chat'"),
        ({"recipes": [{"positivs": 1}]}, "a recipe of the sweep has 'positivs'"),
        ({"recipes": [{"model": "c"}]}, "a recipe of the sweep has 'model'"),
        ({"exclude": [{"modell": "a"}]}, "the sweep excludes"),
        ({"exclude": [{}]}, "the sweep excludes"),
        ({"model": "a"}, "has no field 'model'"),
        ({"block": 0}, "block is 0: expected at least 1"),
        ({"options": {"align": {"jugdments": "x"}}}, "the sweep's stage align: "),
        ({"recipes": [{"positives": 1}]}, "positives is 1"),
        ({"names": ["word9"]}, "no concept 'word9'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(change, said):
    with pytest.raises(InputError) as problem:
        told(SweepRequest.from_json(PLAN | change))
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.toml", b"models = [", "no sound TOML"),
        ("p.yaml", b"models: [", "no sound YAML"),
        ("p.yaml", b"!!python/object/apply:os.system ['true']", "no sound YAML"),
        ("p.json", b"{", "no sound JSON"),
        ("p.json", b"[" * 100_000, "no sound JSON"),
        ("p.json", b"[1]", "holds no table"),
        ("p.txt", b"models", "expected .toml, .yaml or .json"),
        ("p.toml", b"\xff\xfe", "cannot be read as text"),
        ("missing.toml", None, "cannot be read as text"),
    ],
)
def test_a_file_that_is_no_plan_is_said_so(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_sweep(path)


def test_a_folder_with_an_at_sign_is_a_folder(tmp_path):
    (tmp_path / "me@home").mkdir()
    assert models_of(SweepRequest((str(tmp_path / "me@home"),))) == [(str(tmp_path / "me@home"), None)]
