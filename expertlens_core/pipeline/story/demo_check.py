"""The demo check: is this machine ready to show a model to an audience?"""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...artefacts import Artefacts
from ...errors import InputError
from ...models.built_in import is_built_in
from ...run import Run
from ..finding.model_record import load_for
from ..finding.plan import plan_find
from ..finding.request import FindRequest
from ..writing.request import SteerRequest
from ..writing.steer import steer
from .files import load_story, staleness, weights_digest
from .recorded import Story

TARGET = 0.5
"""Seconds from the request to the first token."""
PORT = 8501


@dataclass(frozen=True)
class Check:
    """One thing that a demo needs."""

    name: str
    ready: bool
    sentence: str
    """What was found, and the way out where it is not ready."""


def check_demo(
    request: FindRequest, run: Run, *, story: Path | None = None, port: int = PORT
) -> tuple[Check, ...]:
    """Look at everything that a demo of a model needs; the model is loaded and writes a few tokens.

    One check each of story (a file, default the one that `load_story` finds), weights, results, memory, first token
    and the app's port. A thing that cannot be looked at for want of another is not ready.
    """
    requests: list[SteerRequest] = []
    wanted = request
    checks: dict[str, Check] = {}

    def check(name: str, look: Callable[[], str]) -> None:
        try:
            checks[name] = Check(name, True, look())
        except InputError as error:
            checks[name] = Check(name, False, str(error))

    def check_story() -> str:
        nonlocal wanted
        told = load_story(
            story or request.model, None if story else request.revision, artefacts=run.artefacts
        )
        requests.extend(concept.request for concept in told.concepts)
        wanted = requests[0].find
        return _story(told, request.model, run.artefacts)

    check("story", check_story)
    check("weights", lambda: _weights(wanted, run.artefacts))
    check("results", lambda: _results(requests, run))
    check("memory", lambda: _memory(wanted, checks["weights"].ready))
    unready = [name for name in ("weights", "results", "memory") if not checks[name].ready]
    check("first token", lambda: _first_token(requests, unready, run))
    check("port", lambda: _port(port))
    return tuple(checks.values())


def _story(told: Story, model: str, artefacts: Artefacts) -> str:
    if told.model != model:
        raise InputError(f"the story tells of {told.model!r}, not of {model!r}: record one of this model")
    if reason := staleness(told, artefacts=artefacts):
        raise InputError(reason)
    return f"{len(told.concepts)} concepts ({', '.join(told.keys)}), recorded {told.created[:10]}"


def _weights(request: FindRequest, artefacts: Artefacts) -> str:
    from ...models.model_files import downloaded

    model = request.model
    if not is_built_in(model) and not Path(model).expanduser().is_dir():
        if not downloaded(model, request.revision):
            raise InputError(
                f"{model} is not on this computer, or not whole: connect once and run 'demo prepare --model "
                f"{model}'"
            )
        return f"{model} is in the hub's cache"
    if weights_digest(request, artefacts) is None:
        raise InputError(f"{model} has no weights on this computer: give the folder that holds them")
    return f"{model} is on this computer"


def _results(requests: Sequence[SteerRequest], run: Run) -> str:
    if not requests:
        raise InputError("which results are needed is not known without a story: run 'demo prepare'")
    wanted = [replace(request.find, names=(request.concept,)) for request in requests]
    missing = [name for request in wanted for name in plan_find(request, run).missing]
    if missing:
        raise InputError(
            f"not in the cache: {', '.join(missing)}; run 'demo prepare --model {wanted[0].model}', or "
            "open each once"
        )
    return f"all {len(requests)} concepts are in the cache"


def _memory(request: FindRequest, there: bool) -> str:
    from ...models.availability import gigabytes
    from ...models.residency import available_memory, estimate_memory, total_memory
    from ...models.sources import find_source

    if not there:
        raise InputError("what the model takes is not known without its weights")
    need = estimate_memory(find_source(request.model, request.revision).config, request.dtype)
    have = available_memory() or total_memory()
    if have and need > 0.9 * have:
        raise InputError(
            f"the weights take {gigabytes(need)} and {gigabytes(have)} are free: close other programs, or take "
            "bfloat16 or a smaller model"
        )
    return f"the weights take {gigabytes(need)}, {gigabytes(have)} are free" if have else gigabytes(need)


def _first_token(requests: Sequence[SteerRequest], unready: Sequence[str], run: Run) -> str:
    """Load the model, steer once to warm it up, then measure."""
    if unready or not requests:
        raise InputError(f"not measured: {' and '.join(unready or ['story'])} must be ready first")
    request = replace(requests[0], tokens=2)
    run = run.at_hand(model=load_for(request.find, run), progress=lambda *_: None)
    took = 0.0
    for _ in range(3):
        started = time.perf_counter()
        next(iter(steer(request, run)))
        took = time.perf_counter() - started
        if took <= TARGET / 2:
            break
    if took > TARGET:
        raise InputError(
            f"the first token came after {took:.2f} s, more than {TARGET} s: close other programs, or take a "
            "smaller model"
        )
    return f"the first token came after {took:.2f} s (target {TARGET} s)"


def _port(port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise InputError(
                f"port {port} is in use, perhaps by the app itself: stop what listens there, or start the app with "
                "'--server.port' and another number"
            )
    return f"port {port} is free"
