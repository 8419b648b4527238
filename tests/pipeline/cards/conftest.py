"""Cards of tiny random models of three families, written as a user would write them."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest, SteerRequest, steer
from expertlens_core.pipeline.cards.card import Card
from expertlens_core.pipeline.cards.making import card_of
from expertlens_core.pipeline.cards.script import script_of
from expertlens_core.run import Run
from tests.models.conftest import write_tiny_model

FAMILIES = ("gpt2", "gpt_neox", "llama")
BLOCKER = """
import json, runpy, sys
from contextlib import redirect_stdout
from io import StringIO

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("expertlens_core", "pages", "streamlit", "pydantic"):
            raise ModuleNotFoundError(f"{name} is blocked")

sys.meta_path.insert(0, Refuse())
ended = []
for path in sys.argv[1:]:
    sys.argv = [path]
    with redirect_stdout(StringIO()) as said:
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            ended.append((end.code, said.getvalue()))
print(json.dumps(ended))
"""
"""Runs scripts in a process in which this package cannot be imported."""


@dataclass(frozen=True)
class Written:
    """A card, and what it came from."""

    card: Card
    asked: SteerRequest
    texts: tuple
    run: Run


@pytest.fixture(scope="session")
def write(tmp_path_factory, library, library_file):
    """Write with a model and save the card of one sample."""

    def make(model: str, sample: int = 1, **options) -> Written:
        store = Artefacts(tmp_path_factory.mktemp("cards") / "cache", 10**9, lambda text: None)
        find = FindRequest(model=model, library=str(library_file), positives=20)
        usual = {"concept": "cat", "prompt": "She saw the", "tokens": 24, "samples": 3, "seed": 5}
        asked = SteerRequest(
            find=find, **{**usual, "control": "random", "experts": 60, "strengths": (0.8,), **options}
        )
        run = Run(store)
        *_, texts = steer(asked, run)
        return Written(card_of(asked, texts, run, sample=sample), asked, texts, run)

    return make


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory) -> dict[str, Path]:
    """Family → folder of a random model."""
    return {
        family: write_tiny_model(tmp_path_factory.mktemp("models") / family, family) for family in FAMILIES
    }


@pytest.fixture(scope="session")
def of_each(tiny_models, write) -> dict[str, Written]:
    """Family → what it wrote, and its card."""
    return {family: write(str(folder)) for family, folder in tiny_models.items()}


@pytest.fixture(params=FAMILIES)
def written(request, of_each) -> Written:
    """What each family wrote, and its card."""
    return of_each[request.param]


@pytest.fixture(scope="session")
def card(of_each) -> Card:
    """A card to be spoilt."""
    return of_each["gpt_neox"].card


@pytest.fixture(scope="session")
def run_scripts(python, tmp_path_factory):
    """Run the scripts of some cards without this package, all in one process: exit code and output of each."""

    def run(*cards: Card) -> list[tuple[object, str]]:
        folder = tmp_path_factory.mktemp("scripts")
        paths = [folder / f"{number}.py" for number in range(len(cards))]
        for path, card in zip(paths, cards):
            path.write_text(script_of(card), encoding="utf-8")
        done = python(BLOCKER, *paths, PYTHONPATH="")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
