"""The Python API: every public name is there, importing is light, README's example runs."""

import json
import re
from pathlib import Path

import pytest

import expertlens_core
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library, load_library, write_library
from expertlens_core.concepts.own_library import add_concepts
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.notebook import Study
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.run import Run

ROOT = Path(__file__).parents[2]


def readme_example() -> str:
    """The Python code of README.md."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(block for block in blocks if block.strip())


def test_all_is_sorted_and_honest():
    names = expertlens_core.__all__
    assert names == sorted(set(names))
    for name in names:
        assert getattr(expertlens_core, name) is not None
        assert name in dir(expertlens_core)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        expertlens_core.nonsense  # noqa: B018


def test_pipelines_names_are_there_whatever_was_imported_first(python):
    script = (
        "import expertlens_core.pipeline.finding.find, expertlens_core.pipeline.writing.steer, expertlens_core as el; "
        "from expertlens_core import pipeline; "
        "assert all(callable(getattr(pipeline, name)) for name in pipeline.__all__); "
        "assert el.find is pipeline.find"
    )
    assert python(script).returncode == 0


def notebook_code() -> str:
    """The code cells of the example notebook; what a cell ends with is shown, as a notebook does."""
    cells = json.loads((ROOT / "docs" / "example.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]).splitlines() for cell in cells if cell["cell_type"] == "code"]
    shown = [[*lines[:-1], f"print(getattr({lines[-1]}, 'title', {lines[-1]}))"] for lines in code]
    return "\n".join("\n".join(lines) for lines in shown)


def test_the_notebooks_cells_run(scored_cache, python):
    """On four concepts whose experts are there, instead of the built-in library."""
    directory, library = scored_cache
    code = notebook_code().replace('"smollm2"', repr(DEFAULT_MODEL)).replace('"everyday"', repr(str(library)))
    done = python(code, EXPERTLENS_CACHE=directory, HF_HUB_OFFLINE=1)
    assert done.returncode == 0, done.stderr
    assert "Experts of cat, dog by layer" in done.stdout
    assert "Concepts of four by shared experts" in done.stdout
    assert "steered" in done.stdout


def test_a_study_stopped_by_ctrl_c_keeps_what_is_finished(scored_cache, tmp_path, monkeypatch):
    from expertlens_core.pipeline.finding import find as finding

    _, path = scored_cache
    study = expertlens_core.Study(path, DEFAULT_MODEL, Run(Artefacts(tmp_path / "cache")), positives=20)
    compute, done = finding.concept_expertise, []

    def stopping(concept, session):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(concept.key)
        return compute(concept, session)

    monkeypatch.setattr(finding, "concept_expertise", stopping)
    with pytest.raises(KeyboardInterrupt):
        study.find()
    monkeypatch.setattr(finding, "concept_expertise", compute)
    assert [found.cached for found in study.find()] == [True, True, False, False]


@pytest.fixture(scope="module")
def scored_cache(tmp_path_factory):
    """A cache that holds the experts of four concepts of two domains, and their library's file."""
    folder = tmp_path_factory.mktemp("study")
    whole = load_library(DEFAULT_LIBRARY)
    library = Library("four", tuple(whole[name] for name in ("cat", "dog", "red", "blue")))
    write_library(library, folder / "four.json")
    list(find(FindRequest(library=str(folder / "four.json")), Run(Artefacts(folder / "cache"))))
    return folder / "cache", folder / "four.json"


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda: Study([{"concept": "cat"}], "m"),
            "library: expected a built-in name, a path or an el.Library",
        ),
        (lambda: Study(DEFAULT_LIBRARY, "m").experts(["cat", "dog"]), "expected names one by one"),
        (lambda: Study(DEFAULT_LIBRARY, "m").find("no such word"), "has no concept"),
    ],
)
def test_a_study_says_what_it_expected(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


def test_readmes_example_runs(tmp_path, python):
    example = readme_example().replace('"smollm2"', repr(DEFAULT_MODEL))
    example = example.replace('"everyday"', repr(DEFAULT_LIBRARY)).replace(
        '"cat.png"', repr(str(tmp_path / "cat.png"))
    )
    assert len([line for line in example.splitlines() if line.strip()]) <= 12
    done = python(example, EXPERTLENS_CACHE=tmp_path / "cache", HF_HUB_OFFLINE=1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert (tmp_path / "cat.png").read_bytes().startswith(b"\x89PNG")


def test_a_library_in_memory_does_not_take_the_place_of_another_of_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path))
    everyday = expertlens_core.load_library("everyday")
    assert Study(everyday, "m").request.library == "everyday", "the very library"
    some = Library("everyday", everyday.concepts[:6])
    assert Study(some, "m").request.library == "everyday in memory"
    add_concepts("mine", some)
    assert Study(Library("mine", some.concepts), "m").request.library == "mine"
    assert Study(Library("mine", some.concepts[:5]), "m").request.library == "mine in memory"
    assert Study(Library("yours", some.concepts), "m").request.library == "yours"
