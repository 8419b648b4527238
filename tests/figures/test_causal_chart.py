"""Effects beside their controls, and the dose-response, as charts and tables."""

import numpy as np
import pytest

from expertlens_core.analysis.causal import dose_responses, effects, overall
from expertlens_core.analysis.causality_result import Causality, Counted, Fluency
from expertlens_core.figures import causal_chart, causal_table, picture, response_chart, response_table

from .conftest import NASTY

NAMES = ("cat", NASTY, "datum.x' + alert(1) + '")
KINDS = {"steered": 2.0, "random": 0.0, "other": -0.5}
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def found():
    rng, texts = np.random.default_rng(0), 20
    originals = {name: rng.exponential(0.1, texts) for name in NAMES}
    some = []
    for kind, by in KINDS.items():
        made = {name: originals[name] + rng.normal(by + i, 0.3, texts) for i, name in enumerate(NAMES)}
        draws = [i % 4 for i in range(texts)] if kind == "random" else ()
        for words in ("unseen", "all"):
            some.append(effects(kind, words, originals, made, draws=draws, permutations=100))
    curves = {name: rng.normal(0, 1, (10, 5)) + np.array(SHARES) * (i + 1) for i, name in enumerate(NAMES)}
    return Causality(
        tuple(Counted(name, "animals", "red", "10 experts", 20, 40) for name in NAMES),
        tuple(row for rows in some for row in rows),
        tuple(map(overall, some)),
        tuple(
            row
            for words in ("unseen", "all")
            for row in dose_responses(words, curves, SHARES, permutations=100)
        ),
        tuple(Fluency(name, kind, 1.5, 0.9, 0.1, 0.05) for name in NAMES for kind in KINDS),
        300,
        0,
        {},
    )


def test_the_table_has_every_concept_with_the_largest_effect_first(found):
    table = causal_table(found, "unseen")
    assert list(table["concept"]) == list(reversed(NAMES))
    row = table.iloc[2]
    steered = found.of("steered", "unseen")[0]
    random = found.of("random", "unseen")[0]
    assert (row["steered"], row["low"], row["high"]) == (steered.effect, steered.ci_low, steered.ci_high)
    assert (row["random lowest"], row["random highest"]) == (min(random.draws), max(random.draws))
    assert (row["related words"], row["other concept"]) == (20, "red")
    assert causal_table(found, "all")["related words"].tolist() == [40] * 3


def test_effects_bands_and_other_concepts_are_drawn(found, read):
    spec = read(causal_chart(causal_table(found, "unseen")))
    marks = [layer["mark"]["type"] for layer in spec.value["layer"]]
    assert marks == ["rule", "bar", "point", "rule", "point"]
    ends = [
        (layer["encoding"]["x"]["field"], layer["encoding"].get("x2", {}).get("field"))
        for layer in spec.value["layer"]
    ]
    assert ends == [
        ("zero", None),
        ("random lowest", "random highest"),
        ("other", None),
        ("low", "high"),
        ("steered", None),
    ]


def test_the_response_marks_one_concept_and_the_mean(found, read):
    table = response_table(found, "all")
    assert len(table) == len(NAMES) * len(SHARES)
    spec = read(response_chart(table, "cat"))
    marked = [row for row in spec.records(1) if "what" in row]
    assert {row["what"] for row in marked} == {"cat", "mean of all concepts"}
    mean = [row["prevalence"] for row in marked if row["what"] != "cat"]
    assert mean == pytest.approx(table.groupby("share")["prevalence"].mean().tolist())


def test_names_are_text_and_nothing_else(found, read):
    for chart in (
        causal_chart(causal_table(found, "unseen")),
        response_chart(response_table(found, "all"), NASTY),
    ):
        svg = picture(chart, "svg", title=NASTY).decode()
        assert "<img" not in svg
        assert "&lt;img src=x onerror=alert(1)&gt;" in svg
        for node in read(chart).nodes():
            assert not any(
                "alert" in str(node.get(key, "")) for key in ("calculate", "filter", "expr", "labelExpr")
            )
