"""The writer behind an endpoint, against a real one: ``transformers serve`` with the built-in model."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.built_in import built_in_file
from expertlens_core.models.loading import load_model
from expertlens_core.writers.endpoint import EndpointWriter
from expertlens_core.writers.order import Order, sentence_messages
from expertlens_core.writers.reply import sentences_of
from expertlens_core.writers.writer import Ask

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(built_in_file() is None, reason="the built-in model is not here"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Base URL, and the name of the model there."""
    pytest.importorskip("fastapi", reason="transformers serve needs it: pip install fastapi rich")
    folder = tmp_path_factory.mktemp("served")
    model = load_model("smollm2")
    model.model.generation_config.max_length = None
    model.model.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
        env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 120
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                break
        except URLError:
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/v1", str(folder)
    process.terminate()
    process.wait(20)


def ask(number=0):
    return Ask(number, sentence_messages(Order("cat"), 2))


def test_it_streams_an_answer_that_is_read(served):
    ((answered, (text,)),) = EndpointWriter(*served).answers([ask()], lambda: False)
    assert answered.number == 0
    assert text.strip()
    assert sentences_of(text)


def test_a_stop_ends_it_and_the_server_answers_again(served):
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(EndpointWriter(*served).answers([ask(1)], lambda: time.monotonic() - begun > 1.0))
    assert time.monotonic() - begun < 5
    assert list(EndpointWriter(*served).answers([ask()], lambda: False))


def test_a_model_that_it_does_not_have_is_told(served):
    with pytest.raises(InputError) as error:
        list(EndpointWriter(served[0], "no/such-model").answers([ask()], lambda: False))
    assert len(str(error.value)) <= 300
