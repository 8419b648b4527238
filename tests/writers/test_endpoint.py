"""The writer behind an endpoint, against one that answers by a script."""

import pickle
import threading
import time

import pytest

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.writers import endpoint
from expertlens_core.writers.endpoint import KEYS, EndpointWriter, endpoint_url
from expertlens_core.writers.writer import Ask
from tests.writers.scripted import Script, served

LIST = "1. A cat sleeps.\n2. The cat runs."
KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Short pauses, and no key from outside."""
    monkeypatch.setattr(endpoint, "PAUSE", (0.01, 0.05))
    monkeypatch.setattr(endpoint, "WAITED", 0.5)
    for name in endpoint.KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    KEYS._keys.clear()


def asks(count):
    return [Ask(number, (("user", f"Write {number}"),)) for number in range(count)]


def answers(script, count=1, *, cancelled=lambda: False, key="", **options):
    with served(script) as url:
        KEYS.put(url, key)
        made = EndpointWriter(url, "m", **options).answers(asks(count), cancelled)
        return [(ask.number, texts) for ask, texts in made]


def test_every_request_is_answered_and_the_key_is_sent():
    script = Script(LIST)
    found = answers(script, 7, concurrency=3, key=KEY)
    assert sorted(found) == [(number, (LIST,)) for number in range(7)]
    assert set(script.keys) == {f"Bearer {KEY}"}
    assert all(request["stream"] for request in script.asked)


def test_no_more_requests_at_once_than_allowed(monkeypatch):
    most, now, lock = [0], [0], threading.Lock()

    def slow(self, client, ask, stop):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        return LIST

    monkeypatch.setattr(EndpointWriter, "_stream", slow)
    answers(Script(LIST), 12, concurrency=3)
    assert most[0] == 3


@pytest.mark.parametrize("trouble", [429, 500, 503, "garbage", "cut", "silent"])
def test_what_may_pass_is_tried_again(trouble):
    script = Script(trouble, trouble, LIST)
    assert answers(script) == [(0, (LIST,))]
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (401, "refuses the key: give another one (status 401)"),
        (403, "does not allow this with the key: give another key or model (status 403)"),
        (
            404,
            "has no model 'm', or its address is another: check both, the address often ends in /v1 (status 404)",
        ),
        (400, "refuses the request (status 400)"),
        (429, "takes no more requests for now: wait, or ask for fewer at once (status 429)"),
        (500, "answers with an error of its own: try again later (status 500)"),
        (
            "garbage",
            "does not answer as an OpenAI-compatible endpoint: check its address, which often ends in /v1",
        ),
        ("silent", "does not answer within 0 seconds: try again, or choose another model"),
    ],
)
def test_what_does_not_pass_is_one_sentence_without_the_key(trouble, said, monkeypatch):
    monkeypatch.setattr(endpoint, "TRIES", 2)
    script = Script(trouble)
    with pytest.raises(InputError) as error:
        answers(script, key=KEY)
    assert str(error.value).endswith(said)
    assert len(str(error.value)) <= 300
    assert KEY not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    assert len(script.asked) == (1 if trouble in (400, 401, 403, 404) else 2)


def test_nothing_listens():
    with pytest.raises(InputError, match="cannot be reached: is it running, and is the address right"):
        list(EndpointWriter("http://127.0.0.1:9/v1", "m").answers(asks(1), lambda: False))


def test_a_stop_closes_the_connection_at_once():
    script, begun = Script("slow"), time.monotonic()
    with pytest.raises(Cancelled):
        answers(script, 2, cancelled=lambda: len(script.asked) == 2)
    assert script.broken_off.wait(5)
    assert time.monotonic() - begun < 10


def test_a_stop_ends_the_pause_before_another_try(monkeypatch):
    monkeypatch.setattr(endpoint, "PAUSE", (60.0, 60.0))
    script = Script(429)
    with pytest.raises(Cancelled):
        answers(script, 1, cancelled=lambda: bool(script.asked))
    threads = [each for each in threading.enumerate() if each.name.startswith("endpoint")]
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_a_key_is_shown_nowhere(monkeypatch):
    KEYS.put("http://127.0.0.1:9/v1", KEY)
    writer = EndpointWriter("http://127.0.0.1:9/v1", "m")
    shown = (repr(writer), writer.name, writer.identity, repr(KEYS), repr(pickle.dumps(writer)))
    assert not any(KEY in text for text in shown)
    KEYS.put("http://127.0.0.1:9/v1", "")
    monkeypatch.setenv("OPENAI_API_KEY", "from outside")
    assert KEYS.get("http://127.0.0.1:9/v1") == "from outside"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "localhost:8000",
            "'localhost:8000' is no address of an endpoint: expected one such as http://localhost:8000/v1",
        ),
        ("http://user:pw@host/v1", "holds a user or a password: leave it out, and give it as the key"),
        ("file:///etc/passwd", "is no address of an endpoint"),
        ("http://host:port/v1", "is no address of an endpoint"),
    ],
)
def test_a_wrong_address_is_refused(typed, said):
    with pytest.raises(InputError) as error:
        endpoint_url(typed)
    assert said in str(error.value)
    assert "pw" not in str(error.value)
