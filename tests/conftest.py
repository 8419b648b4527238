"""Tests run side by side: one thread each, or the threads of several processes wait for each other."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
# The tests run on a model that computes in a moment, trained on a small world, and on its library; what they start
# inherits it.
ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
os.environ.setdefault("EXPERTLENS_DEFAULT_MODEL", str(FIXTURES / "small_world" / "step-2800"))
os.environ.setdefault("EXPERTLENS_DEFAULT_LIBRARY", str(FIXTURES / "smallworld.jsonl.gz"))

# No test is about time: a busy machine is not a fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
PATIENCE = 90_000
"""Milliseconds that a busy machine may take for anything in a browser."""


@pytest.fixture(scope="session")
def python():
    """Run a script in another process, from the root of the repository: ``python(script, *arguments, NAME=value)``."""

    def start(script: str, *arguments, **environment) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        variables = os.environ | {name: str(value) for name, value in environment.items()}
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    return start


@pytest.fixture(scope="session")
def flip():
    """Damage a file by one bit."""

    def change(path: Path, place: int = -1) -> None:
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return change


@pytest.fixture
def notices() -> list[str]:
    """What the cache said."""
    return []


@pytest.fixture(scope="session")
def side_by_side():
    """Run works in threads of their own, and wait for their ends."""

    def run(*works) -> None:
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


@pytest.fixture(scope="session")
def small_story(tmp_path_factory):
    """A story of two concepts of the small world, recorded from few sentences."""
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.pipeline import FindRequest, SteerRequest, record_story
    from expertlens_core.run import Run

    find = FindRequest(positives=100)
    told = (("gymnastics", "One day,", 5), ("corn", "There was", 7))
    dose = {"experts": 200, "strengths": (0.25,), "first_layer": 0, "temperature": 1.0, "top_p": 1.0}
    requests = [
        SteerRequest(find=find, concept=name, prompt=prompt, seed=seed, **dose) for name, prompt, seed in told
    ]
    store = Artefacts(tmp_path_factory.mktemp("story") / "cache", 10**9, lambda text: None)
    return record_story(requests, Run(store), note="Good examples, not average ones.")


@pytest.fixture(scope="session")
def chatty(tmp_path_factory):
    """The model of the small world with a chat template, which it was never trained on: it answers all the same."""
    folder = tmp_path_factory.mktemp("models") / "chatty"
    shutil.copytree(FIXTURES / "small_world" / "step-2800", folder)
    config = folder / "tokenizer_config.json"
    told = json.loads(config.read_text(encoding="utf-8"))
    told["chat_template"] = (
        "{% for each in messages %}{{ each['role'] }}: {{ each['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    config.write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def chromium():
    """Debian's chromium; where it is missing CI fails, and others skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "no chromium on this machine: install it to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()
