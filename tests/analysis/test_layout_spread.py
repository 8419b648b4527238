"""Room between the nodes of a map."""

import numpy as np

from expertlens_core.analysis.layout_spread import spread


def nearest(places: np.ndarray) -> np.ndarray:
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    return distance.min(axis=1)


def test_nodes_of_a_close_group_get_room_and_groups_stay_apart():
    generator = np.random.default_rng(0)
    middles = np.array([[-0.8, -0.8], [0.8, 0.8], [-0.8, 0.8], [0.8, -0.8]])
    group = np.repeat(np.arange(4), 12)
    places = middles[group] + 0.01 * generator.standard_normal((48, 2))
    made = spread(places)
    assert nearest(places).min() < 0.02
    assert nearest(made).min() > 0.5 * 1.1 / np.sqrt(48)
    centres = np.array([made[group == number].mean(axis=0) for number in range(4)])
    nearest_centre = np.sqrt(((made[:, None] - centres[None]) ** 2).sum(axis=2)).argmin(axis=1)
    assert (nearest_centre == group).all()


def test_nodes_on_one_spot_part_and_the_square_is_filled_the_same_way_each_time():
    places = np.zeros((9, 2))
    made = spread(places)
    assert nearest(made).min() > 0.1
    np.testing.assert_allclose([made.min(axis=0), made.max(axis=0)], [[-1, -1], [1, 1]])
    np.testing.assert_array_equal(made, spread(places))


def test_a_single_node_stays():
    np.testing.assert_array_equal(spread(np.array([[0.3, 0.2]])), [[0.3, 0.2]])
