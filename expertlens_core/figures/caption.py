"""What a figure shows, in lines that travel with the file: model, library, recipe, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models.label import model_label

_SHOWN_VERSIONS = ("torch", "transformers", "numpy")


def caption(about: Mapping[str, Any], *, tau: float | None = None, note: str = "") -> tuple[str, ...]:
    """Lines such as ``model pythia-70m @ step512 · library everyday · 400 sentences with, 1,000 without``.

    Args:
        about: how the result came about, `Found.about`; what is missing there is left out.
        tau: the threshold of the figure.
        note: anything else, such as "without token-only modules".
    """
    request = about.get("request") or {}
    model = model_label(str(about.get("model", "")))
    revision = about.get("revision") or request.get("revision")
    sizes = [
        f"{about[name]:,} {words}"
        for name, words in (("positives", "sentences with"), ("negatives", "without"))
        if name in about
    ]
    what = [
        f"model {model}" + (f" @ {revision}" if revision else "") if model else "",
        f"library {about['library']}" if about.get("library") else "",
        ", ".join(sizes),
        "" if tau is None else f"tau {tau:.2f}",
        note,
        "with warnings on the sentences" if about.get("warnings") else "",
    ]
    recipe = [
        f"{request['pooling']} pooling" if request.get("pooling") else "",
        f"{request['dtype']} on {about.get('device', 'cpu')}" if request.get("dtype") else "",
        f"at most {request['max_tokens']} tokens" if request.get("max_tokens") else "",
        f"matched by {', '.join(request['match'])}" if request.get("match") else "",
        f"seed {request['seed']}" if "seed" in request else "",
    ]
    versions = about.get("versions") or {}
    made = [
        "ExpertLens Explorer",
        f"shipped, computed on {about['shipped']}" if about.get("shipped") else "",
        *(f"{name} {versions[name]}" for name in _SHOWN_VERSIONS if name in versions),
    ]
    return tuple(" · ".join(filter(None, parts)) for parts in (what, recipe, made) if any(parts))
