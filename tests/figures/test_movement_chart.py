"""How units move: two distributions on one scale, within the bins that hold anything."""

import numpy as np
import pytest

from expertlens_core.figures import movement_chart, movement_table
from expertlens_core.steering.effects import EDGES, movement


def test_shares_are_of_each_side_and_the_outer_bins_hold_what_lies_beyond(read):
    before = [np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[2.0, 4.0]])]
    after = [each + np.array([100.0, 0.0]) for each in before]
    found = movement(before, after, 2)
    table = movement_table(found)
    assert len(table) == 2 * (len(EDGES) - 1)
    assert [table[table["side"] == side]["share"].sum() for side in ("before", "after")] == pytest.approx(
        [1, 1]
    )
    assert table[table["side"] == "after"]["share"].iloc[-1] == pytest.approx(0.5), (
        "one unit of two is far out"
    )
    drawn = read(movement_chart(found))
    shown = [row for row in drawn.rows if row["share"] > 0]
    assert {row["side"] for row in shown} == {"before", "after"}
    assert min(row["from"] for row in drawn.rows) > -3, "empty bins are not drawn"


def test_movement_is_in_deviations_of_each_unit():
    before = [np.array([[0.0, 10.0], [2.0, 30.0]])]
    found = movement(before, [before[0] + np.array([1.0, 10.0])], 2)
    assert found.moved[0].tolist() == [1.0, 1.0], "deviations of 1 and 10"
    still = movement([np.ones((2, 1))], [np.zeros((2, 1))], 1)
    assert np.isnan(still.moved[0]).all(), "a unit that never varies has no scale"
