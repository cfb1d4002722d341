"""The order in which chosen places are visited."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tour.routes.walks.visiting_order import EXACT_UP_TO, shortest_order, walked

seeds = st.integers(0, 10_000)


def lengths_of(places: int, seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).uniform(0, 1000, (places, 2))
    return np.hypot(*(points[:, None, :] - points[None, :, :]).T)


@given(st.integers(0, 6), st.integers(1, 2), seeds)
@settings(deadline=None)
def test_a_few_places_are_visited_in_the_best_order(places, fixed, seed):
    lengths = lengths_of(places + fixed, seed)
    order = shortest_order(lengths, places)
    assert sorted(order) == list(range(1, places + 1))
    best = min(walked(lengths, list(o), places) for o in permutations(range(1, places + 1)))
    assert walked(lengths, order, places) == pytest.approx(best)


def test_ways_there_and_back_may_differ():
    lengths = np.array([[0, 1, 5], [9, 0, 1], [1, 9, 0.0]])
    assert shortest_order(lengths, 2) == [1, 2]
    assert shortest_order(np.array([[0, 5, 1], [9, 0, 9], [1, 1, 0.0]]), 2) == [2, 1]


def test_where_the_walk_must_end_changes_the_order():
    along_a_line = np.array([50.0, 100.0, 40.0, 0.0])
    lengths = np.abs(np.subtract.outer(along_a_line, along_a_line))
    assert shortest_order(lengths[:3, :3], 2) == [2, 1]
    assert shortest_order(lengths, 2) == [1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_many_places_on_a_circle_are_visited_around_it(seed):
    """More than the exact method takes; the best walk is known all the same."""
    places = EXACT_UP_TO + 12
    angle = np.linspace(0, 2 * np.pi, places + 1, endpoint=False)
    shuffled = np.r_[0, 1 + np.random.default_rng(seed).permutation(places)]
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)[shuffled] * 1000
    lengths = np.hypot(*(circle[:, None, :] - circle[None, :, :]).T)
    order = shortest_order(lengths, places)
    step = 2 * 1000 * np.sin(np.pi / (places + 1))
    assert walked(lengths, order, places) == pytest.approx(places * step)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_many_places_are_visited_better_than_nearest_first(seed):
    places = EXACT_UP_TO + 4
    lengths = lengths_of(places + 1, seed)
    order = shortest_order(lengths, places)
    assert sorted(order) == list(range(1, places + 1))
    nearest_first = _nearest_first(lengths, places)
    assert walked(lengths, order, places) <= walked(lengths, nearest_first, places) + 1e-6


def _nearest_first(lengths: np.ndarray, places: int) -> list[int]:
    order, here = [], 0
    while len(order) < places:
        here = min(set(range(1, places + 1)) - set(order), key=lambda p: lengths[here, p])
        order.append(here)
    return order
