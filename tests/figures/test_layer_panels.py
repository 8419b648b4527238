from __future__ import annotations

import pandas as pd
import pytest

from expertlens_core.errors import InputError
from expertlens_core.figures import concept_panels, concept_table, tau_panels, tau_table

CHOSEN = ["cat", "car", "dog"]


@pytest.mark.parametrize("by", ["kind", "module"])
@pytest.mark.parametrize("per_unit", [False, True])
def test_concepts_share_one_vertical_axis_that_holds_every_bar(read, counts, by, per_unit):
    table = concept_table(counts.places(0.4, by), CHOSEN)
    views = read(concept_panels(table, per_unit=per_unit, by=by)).value["vconcat"]
    tops = {view["encoding"]["y"]["scale"]["domain"][1] for view in views}
    heights = table["share"] if per_unit else table.groupby(["concept", "layer"])["experts"].sum()
    assert len(tops) == 1
    assert tops.pop() >= heights.max()


def test_each_strip_holds_its_own_concept(read, counts):
    table = concept_table(counts.places(0.4), CHOSEN)
    spec = read(concept_panels(table))
    for number, concept in enumerate(CHOSEN):
        expected = table[table["concept"] == concept]
        assert [row["experts"] for row in spec.records(number)] == list(expected["experts"])
        title = f"{concept}: {expected['experts'].sum()} experts"
        assert spec.value["vconcat"][number]["title"]["text"] == title


@pytest.mark.parametrize("number", [1, 7])
def test_one_concept_or_seven_are_no_comparison(counts, number):
    table = concept_table(counts.places(0.4), ["cat"])
    several = [table.assign(concept=str(i)) for i in range(number)]
    with pytest.raises(InputError, match=f"{number} concepts to compare: choose two to 6"):
        concept_panels(pd.concat(several))


def test_every_tau_has_its_own_axis_and_an_empty_one_still_has_one(read, counts):
    table = tau_table(counts, "car", (0.1, 0.2, 0.9))
    spec = read(tau_panels(table))
    tops = [view["encoding"]["y"]["scale"]["domain"][1] for view in spec.value["vconcat"]]
    assert tops[0] > tops[1] > tops[2] == 1.0
    assert spec.value["vconcat"][2]["title"]["text"] == "AP above 0.90: 0 experts"
    assert [row["experts"] for row in spec.records(0)] == list(table[table["tau"] == 0.1]["experts"])


def test_strips_are_single_views_so_that_a_page_can_stretch_them(read, counts):
    views = read(tau_panels(tau_table(counts, "cat"))).value["vconcat"]
    assert len(views) == 5
    assert not any({"layer", "facet", "hconcat", "width"} & set(view) for view in views)
