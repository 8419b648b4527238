"""The texts of the Steer page as files, with everything they were made with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.models.label import model_label
from pages.parts.steer.run import Asked
from pages.shared.show import file_name, table_download
from pages.shared.streams import Shot


def text_downloads(shot: Shot, made: Asked) -> None:
    """Buttons that save the texts as JSON and CSV."""
    name = f"{made.request.concept} steered in {model_label(made.model['model'])}, seed {made.request.seed}"
    with st.container(horizontal=True):
        st.download_button(
            "JSON",
            lambda: json.dumps(document(shot, made), ensure_ascii=False, indent=1),
            file_name(name, "json"),
            "application/json",
            key="steer json",
            icon=":material/download:",
            on_click="ignore",
        )
        table_download(table(shot, made), name)


def rows(shot: Shot, made: Asked) -> list[dict[str, Any]]:
    """One object per text."""
    result = []
    for text in shot.rows:
        hits, total = made.words.count(text.text)
        result.append(asdict(text) | {"words": total, "words of the concept": hits})
    return result


def document(shot: Shot, made: Asked) -> dict[str, Any]:
    """Texts, request and model; ``complete`` tells a stopped run from a finished one."""
    return {
        "rows": rows(shot, made),
        "prompt": made.request.prompt,
        "complete": shot.state == "done",
        "control concept": made.other or None,
        **made.model,
        "request": made.request.to_json(),
    }


def table(shot: Shot, made: Asked) -> pd.DataFrame:
    """One row per text; every setting as a column."""
    request = made.request
    settings = {
        "prompt": request.prompt,
        "chat": request.chat,
        "seed": request.seed,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "tokens": request.tokens,
        "complete": shot.state == "done",
        "concept": request.concept,
        "control concept": made.other,
        "library": request.find.library,
        "recipe": json.dumps(request.find.to_json(), sort_keys=True),
        **made.model,
    }
    return pd.DataFrame([row | settings for row in rows(shot, made)])
