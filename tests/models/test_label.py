import pytest

from expertlens_core.models.label import model_label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("smollm2", "smollm2"),
        ("EleutherAI/pythia-70m", "EleutherAI/pythia-70m"),
        ("/home/ada/models/tiny/", "tiny"),
        ("./tiny", "tiny"),
        ("~/tiny", "tiny"),
        ("models/of/mine", "mine"),
        (r"C:\models\tiny", "tiny"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_path_is_called_by_its_last_folder(name, label):
    assert model_label(name) == label
