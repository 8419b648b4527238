"""Availability: every state and its reason, with a loopback server in the hub's place."""

import json
import socket
import threading

import pytest
from huggingface_hub import constants

from expertlens_core.models import availability as room
from expertlens_core.models import downloaded, known_model
from expertlens_core.models.availability import availability, hub_reachable

OPEN = known_model("EleutherAI/pythia-70m")
GATED = known_model("meta-llama/Llama-3.2-1B")
INDEX = "model.safetensors.index.json"


class Hub:
    """Takes connections and counts them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.connections += 1


@pytest.fixture
def place(hub_cache, tmp_path, monkeypatch):
    """Fills the hub's cache; there is no token, and no answer is remembered."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(room, "_answers", {})

    def put(name, files):
        for file, content in files.items():
            (hub_cache(name) / file).write_text(content)

    return put


@pytest.fixture
def hub(place, monkeypatch):
    found = Hub()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{found.port}")
    yield found
    found.socket.close()


def test_what_can_be_downloaded_says_how_large_it_is(hub):
    found = availability(OPEN)
    assert (found.state, found.usable) == ("download", True)
    assert found.sentence == "0.17 GB to download first."


def test_what_is_here_needs_no_hub(hub, place):
    place(OPEN.id, {"config.json": "{}", "model.safetensors": "x"})
    assert availability(OPEN).state == "here"
    assert hub.connections == 0
    assert availability(OPEN, "step1").state == "download"


def test_a_download_that_was_cut_off_is_not_here(place):
    index = json.dumps({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}})
    place(OPEN.id, {"config.json": "{}", INDEX: index, "one.safetensors": "x"})
    assert not downloaded(OPEN.id)
    place(OPEN.id, {"two.safetensors": "x"})
    assert downloaded(OPEN.id)
    assert not downloaded(OPEN.id, "step1")


@pytest.mark.parametrize("content", ["", "[1]", '{"weight_map": 3}', '{"weight_map": {}}'])
def test_a_broken_index_is_no_download(place, content):
    place(OPEN.id, {"config.json": "{}", INDEX: content})
    assert not downloaded(OPEN.id)


def test_the_switch_says_so(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    found = availability(OPEN)
    assert (found.state, found.usable) == ("offline", False)
    assert found.sentence == (
        "Not on this computer, and HF_HUB_OFFLINE forbids the download: unset it to allow it."
    )
    assert hub.connections == 0


def test_a_hub_that_refuses_is_offline(place):
    found = availability(OPEN)
    assert found.state == "offline"
    assert found.sentence == (
        "Not on this computer, and the Hugging Face hub cannot be reached: connect once."
    )


def test_nobody_waits_for_a_hub_that_hangs_and_a_late_answer_counts(place, monkeypatch):
    answered, released = threading.Event(), threading.Event()

    def hanging(address, timeout):
        released.wait(30)
        answered.set()
        return socket.socket()

    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")
    monkeypatch.setattr(room.socket, "create_connection", hanging)
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    assert not hub_reachable()
    assert not answered.is_set()
    released.set()
    room._asking["http://hub.invalid"].join(30)
    assert hub_reachable()


def test_the_answer_is_remembered(hub):
    assert all(hub_reachable() for _ in range(5))
    assert hub.connections <= 1  # the server counts after it has accepted
    room._answers.clear()
    assert hub_reachable()


def test_behind_a_proxy_the_answer_is_yes_and_no_proxy_is_no_proxy(place, monkeypatch):
    monkeypatch.setenv("no_proxy", "localhost")
    assert not hub_reachable()
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    room._answers.clear()
    assert hub_reachable()


def test_a_gated_model_asks_for_a_token(hub, monkeypatch):
    found = availability(GATED)
    assert (found.state, found.usable) == ("gated", False)
    assert "hf auth login" in found.sentence
    assert GATED.id in found.sentence
    monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
    assert availability(GATED).state == "download"


def test_what_does_not_fit_says_what_would(hub, monkeypatch):
    need = OPEN.memory_bytes()

    def look(memory, **options):
        monkeypatch.setattr(room, "total_memory", lambda: memory)
        return availability(OPEN, **options)

    found = look(need - 1)
    assert (found.state, found.usable) == ("too large", False)
    assert found.sentence == (
        "Takes 0.28 GB of memory in float32, of 0.28 GB here: choose bfloat16, which halves it."
    )
    assert look(need).state == "download"
    assert "smaller model" in look(need // 2 - 1).sentence
    assert look(need // 2, dtype="bfloat16").state == "download"
