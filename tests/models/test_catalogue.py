"""The catalogue: its numbers against the configurations beside them, and against published figures; short names."""

import pytest

from expertlens_core.errors import InputError
from expertlens_core.models import estimate_memory, known_model, model_label, units_of
from expertlens_core.models.catalogue import catalogue, config_of

ONE_OF_EACH = (
    "openai-community/gpt2", "EleutherAI/pythia-160m", "google/gemma-2-2b", "google/gemma-3-1b-pt",
    "google/gemma-3-4b-pt", "meta-llama/Llama-3.2-1B", "Qwen/Qwen2.5-0.5B", "Qwen/Qwen3-0.6B-Base",
    "allenai/OLMo-2-0425-1B",
)  # fmt: skip


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_parameters_and_units_are_those_of_the_configuration(name):
    known = known_model(name)
    config = config_of(known)
    for dtype in ("float32", "bfloat16"):
        assert known.memory_bytes(dtype) == estimate_memory(config, dtype)
    assert known.units == units_of(known).count


@pytest.mark.parametrize(
    "name, units",
    [("gpt2", 82_944), ("pythia-70m", 27_648), ("pythia-1b", 294_912), ("pythia-12b", 1_658_880)],
)
def test_units_are_the_published_ones(name, units):
    (known,) = (known for known in catalogue() if known.id.endswith(f"/{name}"))
    assert known.units == units


def test_families_are_whole_and_names_unique():
    ids = [known.id for known in catalogue()]
    assert len(set(ids)) == len(ids)
    sizes = [known.id.rsplit("-", 1)[-1] for known in catalogue() if known.family == "Pythia"]
    assert sizes == ["70m", "160m", "410m", "1b", "1.4b", "2.8b", "6.9b", "12b"]
    gated = {"Gemma 2", "Gemma 3", "Llama 3.1", "Llama 3.2"}
    assert {"GPT-2", "Qwen 2.5", "Qwen 3", "OLMo 2"} | gated < {known.family for known in catalogue()}
    assert {known.family for known in catalogue() if known.gated} == gated


def test_pythia_keeps_154_checkpoints_and_others_none():
    revisions = known_model("EleutherAI/pythia-1b").revisions
    assert len(revisions) == len(set(revisions)) == 154
    assert revisions[:4] == ("step0", "step1", "step2", "step4")
    assert revisions[10:13] == ("step512", "step1000", "step2000")
    assert revisions[-1] == "step143000"
    assert known_model("openai-community/gpt2").revisions == ()


def test_a_download_is_about_as_large_as_the_file_on_the_hub():
    # model.safetensors of GPT-2: 548,105,171 bytes, with its stored masks.
    assert known_model("openai-community/gpt2").download_bytes == pytest.approx(548_105_171, rel=0.001)


def test_unknown_names_and_formats_and_changes_are_refused():
    assert known_model("nobody/nothing") is None
    with pytest.raises(InputError, match="unknown dtype 'int3': expected one of float32, bfloat16, float16"):
        known_model("openai-community/gpt2").memory_bytes("int3")
    with pytest.raises(TypeError):
        known_model("openai-community/gpt2").config["n_layer"] = 3


@pytest.mark.parametrize(("name", "label"), [
    ("smollm2", "smollm2"), ("EleutherAI/pythia-70m", "EleutherAI/pythia-70m"), ("/home/ada/models/tiny/", "tiny"),
    ("./tiny", "tiny"), ("~/tiny", "tiny"), ("models/of/mine", "mine"), (r"C:\models\tiny", "tiny"), ("/", "/"),
    ("", ""),
])  # fmt: skip
def test_a_path_is_called_by_its_last_folder(name, label):
    assert model_label(name) == label
