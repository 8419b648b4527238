"""The chart of stability holds the numbers of every row that has any, and becomes a picture."""

import math

import pytest

from expertlens_core.analysis.enough import enough
from expertlens_core.analysis.stability_result import ConceptRow, Stability, StabilityRow
from expertlens_core.figures import (
    Figure,
    concept_stability_table,
    drawn_rows,
    stability_chart,
    stability_table,
)

NAN = math.nan


def row(compared, source, size, jaccard, groups=2):
    band = (jaccard - 0.05, jaccard + 0.05)
    return StabilityRow(
        compared, source, size, 2 * size, None, 0.5, jaccard, *band, groups, 2, 2, 0, 0.0, 0.1, 30.0, NAN, NAN
    )


@pytest.fixture
def found():
    rows = (
        row("within", "all", 25, 0.4), row("across", "all", 25, 0.1), row("within", "all", 50, 0.6),
        row("across", "facts", 50, 0.2), row("between", "facts and stories", 50, 0.3),
        row("within", "facts", 50, NAN, 0),
    )  # fmt: skip
    concept = ConceptRow("<b>", "all", 25, 50, None, 0.5, 0.4, NAN, NAN, 2, 30.0, 20, 40)
    return Stability(("<b>",), rows, (concept,), (enough({25: 0.4}, 0.5, "all", None),), 9, 1.0, 8, 0.5, {})


def test_a_row_without_a_value_is_left_out_and_the_chart_has_the_rest(found, read):
    table = stability_table(found)
    assert len(table) == 5
    drawn = drawn_rows(table)
    assert set(drawn["what"]) == {"other sentences", "two concepts", "facts against stories"}
    spec = read(stability_chart(drawn, 0.8))
    points = {(r["what"], r["sentences"]): r["jaccard"] for r in spec.rows if "jaccard" in r}
    assert points["other sentences", 50] == pytest.approx(0.6)
    assert points["two concepts", 25] == pytest.approx(0.1)
    assert [r["published"] for r in spec.rows if "published" in r] == [0.8]
    assert Figure(stability_chart(drawn), table, "Stability").svg().startswith(b"<svg")


def test_concepts_stand_in_a_table_of_their_own(found):
    table = concept_stability_table(found)
    assert table.iloc[0]["experts"] == 30
    assert found.ratio == 0.5
