"""``steer``: texts with a concept's experts switched on, beside the original."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import options
from .progress import ProgressLine, say


def steer_command(
    concept: Annotated[str, typer.Option("--concept", help="The concept to switch on.", metavar="NAME")],
    out: Annotated[Path, typer.Option("--out", help="File for the texts.", metavar="X.json")],
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    rule: Annotated[str, typer.Option("--rule", help="What happens to the experts: set.")] = "set",
    experts: Annotated[
        int | None, typer.Option("--experts", help="How many; default the concept's dose.", metavar="K")
    ] = None,
    first_layer: Annotated[
        int | None,
        typer.Option(
            "--first-layer", help="Choose experts from this layer on; default the dose's.", metavar="L"
        ),
    ] = None,
    strength: Annotated[
        str,
        typer.Option(
            "--strength", help="0 to 1, several parted by commas; default the dose's.", metavar="S,..."
        ),
    ] = "",
    control: Annotated[
        str | None, typer.Option("--control", help="random or other-concept.", metavar="NAME")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--other", help="The other concept of the control.", metavar="NAME")
    ] = None,
    prompt: Annotated[str, typer.Option("--prompt", help="Text to continue.")] = "Once upon a time",
    chat: Annotated[
        bool, typer.Option("--chat", help="Put the prompt to the model as a message, in its chat template.")
    ] = False,
    samples: Annotated[int, typer.Option("--samples", help="Texts per kind and strength.")] = 1,
    tokens: Annotated[int, typer.Option("--tokens", help="Length of a text.")] = 80,
    temperature: Annotated[float, typer.Option("--temperature", help="0 takes the likeliest token.")] = 0.8,
    top_p: Annotated[float, typer.Option("--top-p", help="Share of the likeliest tokens.")] = 0.95,
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    pooling: options.Pooling = "max",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Let the model write with a concept's experts set to their mean response, beside the original.

    What is not named of experts, first layer and strength is the concept's calibrated dose where there is one
    (see calibrate), else a safe dose that most concepts bear.

    Writes {"rows": [{"kind": "original|steered|control", "strength", "sample", "text"}, ...], ...}.
    """
    from ..concepts.formats.whole_file import write_whole_file
    from ..pipeline.request import FindRequest
    from ..pipeline.steered import SteeredText, SteerRequest, steer

    request = SteerRequest(
        find=FindRequest(
            model=model, library=concepts, revision=revision, positives=positives, negatives=negatives,
            pool=pool, pooling=pooling, dtype=dtype, device=device, seed=seed,
        ),
        concept=concept, rule=rule, experts=experts, first_layer=first_layer,
        strengths=_numbers(strength), control=control, other=other, prompt=prompt, chat=chat,
        samples=samples, tokens=tokens, temperature=temperature, top_p=top_p, seed=seed,
    )  # fmt: skip
    texts: tuple[SteeredText, ...] = ()
    with ProgressLine() as progress:
        for written in steer(request, progress=progress):
            texts = written
    rows = [
        {"kind": text.kind, "strength": text.strength, "sample": text.sample, "text": text.text}
        for text in texts
    ]
    content = json.dumps(
        {
            "rows": rows,
            "experts": max(text.experts for text in texts),
            "first_layer": max(text.first_layer for text in texts),
            "queries_keys": all(text.queries_keys for text in texts),
            "request": request.to_json(),
        },
        ensure_ascii=False,
        indent=1,
    )
    write_whole_file(out, content.encode() + b"\n")
    say(f"{len(rows)} texts written to {out}")


def _numbers(text: str) -> tuple[float, ...] | None:
    from ..errors import InputError

    if not text.strip():
        return None
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(
            f"--strength is {text!r}: expected numbers parted by commas, such as 0.5,1.0"
        ) from None
