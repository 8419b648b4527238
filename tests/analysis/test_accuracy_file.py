"""Files of results of lm-evaluation-harness: as its versions write them, and what is none."""

import json
import math

import pytest

from expertlens_core.analysis.accuracy_file import read_accuracy
from expertlens_core.errors import InputError

NEW = {
    "results": {
        "arc_easy": {
            "alias": "arc_easy", "acc,none": 0.4, "acc_stderr,none": 0.01, "acc_norm,none": 0.5,
            "acc_norm_stderr,none": 0.02, "name": "arc_easy", "sample_len": 20,
        },
        "mmlu": {"acc,none": 0.25, "acc_stderr,none": 0.003, "alias": "mmlu"},
        "mmlu_stem": {"acc,none": 0.21, "acc_stderr,none": 0.007, "alias": " - stem"},
        "mmlu_anatomy": {"acc,none": 0.2, "acc_stderr,none": 0.03, "alias": "  - anatomy"},
        "lambada_openai": {
            "perplexity,none": 130.9, "perplexity_stderr,none": 5.5, "acc,none": 0.1, "acc_stderr,none": "N/A",
        },
        "wikitext": {"word_perplexity,none": 122.0, "word_perplexity_stderr,none": "N/A", "alias": "wikitext"},
        "hellaswag": {"acc_norm,none": 0.3, "acc_norm_stderr,none": 0.005},
    },
    "groups": {"mmlu": {"acc,none": 0.25, "acc_stderr,none": 0.003, "alias": "mmlu"}},
    "group_subtasks": {"mmlu": ["mmlu_stem"], "mmlu_stem": ["mmlu_anatomy"], "arc_easy": []},
    "config": {
        "model": "hf", "model_args": "pretrained=EleutherAI/pythia-70m,revision=step512,dtype=float32",
        "batch_size": "8",
    },
    "model_source": "hf", "model_name": "EleutherAI/pythia-70m", "model_name_sanitized": "EleutherAI__pythia-70m",
}  # fmt: skip
"""As version 0.4 writes it, shortened."""
OLD = {
    "results": {
        "hendrycksTest-astronomy": {
            "acc": 0.2,
            "acc_stderr": 0.03,
            "acc_norm": 0.28,
            "acc_norm_stderr": 0.036,
        },
        "hendrycksTest-virology": {
            "acc": 0.3,
            "acc_stderr": 0.04,
            "acc_norm": 0.27,
            "acc_norm_stderr": 0.034,
        },
        "crows_pairs_english": {"likelihood_difference": 3.95, "pct_stereotype": 0.5},
        "piqa": {"acc": 0.6, "acc_stderr": 0.01},
    },
    "versions": {"piqa": 0},
    "config": {
        "model": "hf-causal",
        "model_args": "use_accelerate=True,pretrained=EleutherAI/pythia-v1.1-70m,revision=step1000",
    },
}
"""As version 0.3 wrote it, shortened."""


def read(content, name="results_x.json"):
    return read_accuracy(content if isinstance(content, bytes) else json.dumps(content).encode(), name)


def test_a_file_as_it_is_written_now():
    found = read(NEW)
    assert (found.model, found.revision, found.file) == ("EleutherAI/pythia-70m", "step512", "results_x.json")
    assert [(each.task, each.metric, each.value, each.error) for each in found.tasks] == [
        ("arc_easy", "acc", 0.4, 0.01), ("mmlu", "acc", 0.25, 0.003), ("lambada_openai", "acc", 0.1, None),
        ("hellaswag", "acc_norm", 0.3, 0.005),
    ]  # fmt: skip
    assert found.left_out == ("wikitext",)
    assert found.mean == pytest.approx((0.4 + 0.25 + 0.1 + 0.3) / 4)
    assert found.error is None, "one task's error is not known"


def test_a_file_as_it_was_written_before():
    found = read(OLD)
    assert (found.model, found.revision) == ("EleutherAI/pythia-v1.1-70m", "step1000")
    piqa, mmlu = found.tasks
    assert (piqa.task, piqa.value) == ("piqa", 0.6)
    assert (mmlu.task, mmlu.parts, mmlu.value) == ("mmlu", 2, 0.25)
    assert mmlu.error == pytest.approx(math.sqrt(0.03**2 + 0.04**2) / 2)
    assert found.mean == pytest.approx((0.6 + 0.25) / 2)
    assert found.error == pytest.approx(math.sqrt(0.01**2 + mmlu.error**2) / 2)


def test_arguments_may_be_an_object_and_a_model_may_go_unnamed():
    told = NEW | {"config": {"model_args": {"pretrained": "/tmp/world/step-64", "revision": 3}}}
    assert (read(told).model, read(told).revision) == ("/tmp/world/step-64", "3")
    assert read(NEW | {"config": None}).model == "EleutherAI/pythia-70m", "its model_name is left"
    assert read({"results": OLD["results"]}).model == ""


def test_the_first_filter_counts_with_its_own_error():
    told = {
        "results": {
            "x": {
                "acc,strict": 0.2,
                "acc_stderr,flexible": 0.5,
                "acc_stderr,strict": 0.1,
                "acc,flexible": 0.3,
            }
        }
    }
    (task,) = read(told).tasks
    assert (task.value, task.error) == (0.2, 0.1)


def test_a_number_that_is_none_is_no_accuracy():
    told = b'{"results": {"a": {"acc,none": NaN}, "b": {"acc,none": true}, "c": {"acc,none": 0.5}}}'
    found = read(told)
    assert [each.task for each in found.tasks] == ["c"]
    assert found.left_out == ("a", "b")


NOT_ONE = (
    "'x.json' is no file of results of lm-evaluation-harness: expected the JSON file results_*.json, with \"results\" "
    'and a measure such as "acc,none" for each task'
)


@pytest.mark.parametrize(("content", "told"), [
    (b"", NOT_ONE), (b"\xff\xfe", NOT_ONE), (b"[1, 2]", NOT_ONE), (b"{}", NOT_ONE), (b'{"results": [1]}', NOT_ONE),
    (b'{"results": {"piqa": 0.5}}', NOT_ONE), (b"[" * 100_000, NOT_ONE), (b'{"doc_id": 0}\n{"doc_id": 1}', NOT_ONE),
    (b'{"results": {}}', "'x.json' has no task in its results: evaluate the model on one first"),
    (b'{"results": {"wikitext": {"word_perplexity,none": 12}}}',
     "'x.json' has no accuracy in its 1 tasks: expected one with acc or acc_norm, such as arc_easy or piqa"),
    (b'{"results": {"piqa": {"acc,none": 61.2}}}',
     "'x.json' has an acc of 61.2 for 'piqa': expected a share from 0 to 1, as lm-evaluation-harness writes it"),
])  # fmt: skip
def test_a_bad_file_is_told_in_one_sentence(content, told):
    with pytest.raises(InputError) as refused:
        read(content, "x.json")
    assert str(refused.value) == told
