"""A writer behind an OpenAI-compatible endpoint. Its key stays in memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import Cancelled, InputError, quoted
from .writer import Ask

if TYPE_CHECKING:
    from openai import OpenAI

KEY_VARIABLES = ("EXPERTLENS_API_KEY", "OPENAI_API_KEY")
"""Environment variables that a key is taken from, the first that is set."""
SENTENCES = 10
TRIES = 5
WAITED = 60.0
"""Seconds until an answer that does not come is given up, and tried again."""
PAUSE = (0.5, 20.0)
"""Seconds before the second try, and at most; each pause is twice the last, with some chance in it."""
_TOKENS = 100
"""Of a sentence in an answer at most: a model that goes round in circles is cut."""
_LOOK = 0.1
"""Seconds between two looks whether to stop."""


class Keys:
    """Keys that were typed, by endpoint; in memory only, and never shown."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def put(self, endpoint: str, key: str) -> None:
        """Remember a key until the program ends; an empty one forgets."""
        if key.strip():
            self._keys[_plain(endpoint)] = key.strip()
        else:
            self._keys.pop(_plain(endpoint), None)

    def get(self, endpoint: str) -> str:
        """The key typed for an endpoint, else the environment's; empty where there is none."""
        named = next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), "")
        return self._keys.get(_plain(endpoint)) or named

    def typed(self, endpoint: str) -> bool:
        """Whether a key was typed for an endpoint."""
        return _plain(endpoint) in self._keys

    def __repr__(self) -> str:
        return f"Keys(of {len(self._keys)} endpoints)"


KEYS = Keys()
"""The keys of this process."""


def endpoint_url(text: str) -> str:
    """The base URL of an endpoint as typed, checked.

    Raises:
        InputError: when it is no http or https address, or holds a password.
    """
    url = _plain(text)
    try:
        parts = urlsplit(url)
        sound = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        )
        private = bool(parts.username or parts.password)
        _ = parts.port
    except ValueError:
        sound = private = False
    if private:
        raise InputError(
            "the endpoint's address holds a user or a password: leave it out, and give it as the key"
        )
    if not sound:
        raise InputError(
            f"{quoted(text, 60)} is no address of an endpoint: expected one such as http://localhost:8000/v1"
        )
    return url


def _plain(url: str) -> str:
    return url.strip().rstrip("/")


class EndpointWriter:
    """Asks for ten sentences an answer, some requests at once, and tries again where that can help.

    Args:
        url: base URL, as `endpoint_url` gives it.
        model: name of the model there.
        concurrency: requests at once.

    The key is the one that `KEYS` knows when it is asked.
    """

    sentences = SENTENCES
    texts = 1
    shows = False

    def __init__(self, url: str, model: str, concurrency: int = 4, seed: int = 0) -> None:
        if not model.strip():
            raise InputError(
                "the endpoint's model has no name: type the one that it serves, such as gpt-4o-mini"
            )
        self._url, self._model, self._concurrency = endpoint_url(url), model.strip(), concurrency
        self.name = f"{self._model} at {urlsplit(self._url).netloc}"
        self.identity = f"{self._url} {self._model} {seed}"

    def answers(
        self, asks: Sequence[Ask], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Ask, tuple[str, ...]]]:
        """As they come; see `Writer`. A stop closes the connections that are open."""
        client = self._client()
        stop = threading.Event()
        pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="endpoint")
        try:
            running = {pool.submit(self._answer, client, ask, stop): ask for ask in asks}
            while running:
                done, _ = wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED)
                if cancelled():
                    raise Cancelled("stopped; the sentences that were written are kept")
                for future in done:
                    ask = running.pop(future)
                    yield ask, (future.result(),)
        finally:
            stop.set()
            client.close()
            pool.shutdown(wait=False, cancel_futures=True)

    def _client(self) -> OpenAI:
        from openai import OpenAI

        # the client wants a key even where the endpoint asks for none
        return OpenAI(
            base_url=self._url, api_key=KEYS.get(self._url) or "none", timeout=WAITED, max_retries=0
        )

    def _answer(self, client: OpenAI, ask: Ask, stop: threading.Event) -> str:
        import openai
        import tenacity

        again = (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError, _Broken)
        tries = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(again) & tenacity.retry_if_not_exception_type(_Stopped),
            wait=tenacity.wait_exponential_jitter(PAUSE[0], PAUSE[1], jitter=PAUSE[0]),
            stop=tenacity.stop_after_attempt(TRIES),
            sleep=lambda seconds: _pause(stop, seconds),
            reraise=True,
        )
        try:
            return tries(self._stream, client, ask, stop)
        except _Stopped:
            return ""
        except (openai.OpenAIError, _Broken, ValueError) as error:
            raise self._explained(error) from None

    def _stream(self, client: OpenAI, ask: Ask, stop: threading.Event) -> str:
        """The whole text of one answer, piece by piece, so that a stop ends it within a piece."""
        import openai

        messages: Any = [{"role": role, "content": text} for role, text in ask.messages]
        text, ended = "", False
        try:
            asked: dict[str, Any] = {"model": self._model, "messages": messages, "stream": True}
            with client.chat.completions.create(**asked, max_tokens=SENTENCES * _TOKENS) as pieces:
                for piece in pieces:
                    if stop.is_set():
                        raise _Stopped
                    for choice in piece.choices[:1]:
                        text += choice.delta.content or ""
                        ended = ended or choice.finish_reason is not None
        except (openai.OpenAIError, _Stopped):
            raise
        except (
            Exception
        ) as error:  # a connection cut midway shows as an error of the transport, whichever it is
            if stop.is_set():
                raise _Stopped from None
            raise _Broken(type(error).__name__) from None
        if not ended:
            raise _Broken("the answer broke off")
        return text

    def _explained(self, error: Exception) -> InputError:
        """One sentence for what went wrong. What the endpoint said is not repeated: it may hold the key."""
        import openai

        reasons: dict[type[Exception], str] = {
            openai.AuthenticationError: "refuses the key: give another one",
            openai.PermissionDeniedError: "does not allow this with the key: give another key or model",
            openai.NotFoundError: (
                f"has no model {quoted(self._model, 40)}, or its address is another: check both, the address often "
                "ends in /v1"
            ),
            openai.RateLimitError: "takes no more requests for now: wait, or ask for fewer at once",
            openai.APITimeoutError: f"does not answer within {WAITED:.0f} seconds: try again, or choose another model",
            openai.APIConnectionError: "cannot be reached: is it running, and is the address right?",
            openai.InternalServerError: "answers with an error of its own: try again later",
            _Broken: "does not answer as an OpenAI-compatible endpoint: check its address, which often ends in /v1",
        }
        why = next((text for kind, text in reasons.items() if isinstance(error, kind)), "refuses the request")
        status = getattr(error, "status_code", None)
        return InputError(f"{quoted(self._url, 60)} {why}" + (f" (status {status})" if status else ""))


class _Broken(Exception):
    """An answer that is none, or broke off."""


class _Stopped(Exception):
    """The request is not wanted any more."""


def _pause(stop: threading.Event, seconds: float) -> None:
    if stop.wait(seconds):
        raise _Stopped
