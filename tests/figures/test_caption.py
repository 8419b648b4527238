from __future__ import annotations

from expertlens_core.figures import caption

ABOUT = {
    "model": "/home/ada/models/small_world/step-2800",
    "revision": "abc",
    "library": "everyday",
    "positives": 400,
    "negatives": 1000,
    "device": "cpu",
    "request": {"pooling": "max", "dtype": "float32", "max_tokens": 128, "match": [], "seed": 0},
    "versions": {"torch": "2.13.0", "numba": "0.68.1", "numpy": "2.4.6"},
}


def test_model_library_recipe_and_versions_in_three_lines():
    assert caption(ABOUT, tau=0.5, note="without token-only modules") == (
        "model step-2800 @ abc · library everyday · 400 sentences with, 1,000 without · tau 0.50 · "
        "without token-only modules",
        "max pooling · float32 on cpu · at most 128 tokens · seed 0",
        "ExpertLens Explorer · torch 2.13.0 · numpy 2.4.6",
    )


def test_what_is_unknown_is_left_out():
    assert caption({"model": "m"}) == ("model m", "ExpertLens Explorer")
    assert caption({"shipped": "2026-11-29"}) == ("ExpertLens Explorer · shipped, computed on 2026-11-29",)
    assert caption({}, note="a note") == ("a note", "ExpertLens Explorer")
