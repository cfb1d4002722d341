import time
from itertools import combinations
from random import Random

import numpy as np

from tour.publishing.drawing.box_rows import (
    Stretches,
    as_rows,
    centres,
    crosses,
    grown,
    holds,
    overlaps,
)
from tour.publishing.drawing.paper import Box, Spot
from tour.publishing.drawing.pins import Pin, place_pins

AREA = Box(0, 0, 1900, 2100)
SIZE = (92.0, 50.0)


def crowd(count: int, seed: int = 1) -> list[Spot]:
    """Places in the middle third of the map, many of them closer than a pin is wide."""
    chance = Random(seed)
    return [Spot(chance.uniform(600, 1300), chance.uniform(700, 1400)) for _ in range(count)]


def overlapping(pins: list[Pin]) -> int:
    return sum(a.box.overlap(b.box) > 0 for a, b in combinations(pins, 2))


def test_a_lonely_pin_stands_above_its_place() -> None:
    (pin,) = place_pins([Spot(500, 500)], [SIZE], AREA)
    assert pin.box.centre.x == 500
    assert pin.box.bottom < 500


def test_sixty_crowded_pins_do_not_cover_each_other() -> None:
    spots = crowd(60)
    above = [Pin(s, Box.around(Spot(s.x, s.y - 55), *SIZE)) for s in spots]
    assert overlapping(above) > 20
    pins = place_pins(spots, [SIZE] * 60, AREA)
    assert overlapping(pins) == 0
    assert not any(pin.box.holds(spot) for pin in pins for spot in spots)


def test_two_places_at_one_door_keep_two_pins() -> None:
    pins = place_pins([Spot(500, 500)] * 2, [SIZE] * 2, AREA)
    assert overlapping(pins) == 0


def test_pins_stay_on_the_map_and_off_what_is_blocked() -> None:
    corner = Box(1700, 0, 1900, 200)
    spots = [Spot(3, 3), Spot(1897, 2097), Spot(1750, 150), Spot(1690, 210)]
    pins = place_pins(spots, [SIZE] * 4, AREA, blocked=[corner])
    assert all(AREA.contains(pin.box) for pin in pins)
    assert not any(pin.box.overlap(corner) for pin in pins)


def test_a_pin_leaves_a_walk_free_where_it_can() -> None:
    walk = [Spot(500, 100), Spot(500, 900)]
    (pin,) = place_pins([Spot(500, 500)], [SIZE], AREA, lines=[walk])
    assert pin.box.cut(*walk) is None


def test_the_same_places_give_the_same_pins() -> None:
    assert place_pins(crowd(30), [SIZE] * 30, AREA) == place_pins(crowd(30), [SIZE] * 30, AREA)


def wander(chance: Random, steps: int) -> list[Spot]:
    """A walk in all directions, its parts as short as those of a street."""
    walk = [Spot(chance.uniform(0, 1900), chance.uniform(0, 2100))]
    for _step in range(steps):
        last = walk[-1]
        walk.append(Spot(last.x + chance.uniform(-12, 12), last.y + chance.uniform(-12, 12)))
    return walk


def test_a_hundred_places_with_a_hundred_courses_are_placed_in_a_moment() -> None:
    chance = Random(35)
    lines = [wander(chance, 200) for _course in range(100)]
    began = time.process_time()
    place_pins(crowd(100), [SIZE] * 100, AREA, lines=lines)
    assert time.process_time() - began < 5, "one by one this took minutes"


def test_many_boxes_are_told_what_each_alone_is_told() -> None:
    chance = Random(3)
    spots = [Spot(chance.randint(0, 60), chance.randint(0, 60)) for _number in range(40)]
    boxes = [Box.around(spot, chance.randint(1, 30), chance.randint(1, 30)) for spot in spots]
    rows, few = as_rows(boxes), as_rows(boxes[:9])
    assert overlaps(rows, few).tolist() == [[a.overlap(b) for b in boxes[:9]] for a in boxes]
    assert holds(rows, np.array(spots)).tolist() == [[a.holds(s) for s in spots] for a in boxes]
    assert grown(rows, 5).tolist() == as_rows([box.grown(5) for box in boxes]).tolist()
    assert centres(rows).tolist() == [list(box.centre) for box in boxes]
    stretches = Stretches.of([spots[:3], spots[4:6]])
    alone = [any(box.cut(Spot(*s[:2]), Spot(*s[2:])) for s in stretches.rows) for box in boxes]
    assert stretches.cut_by(rows).tolist() == alone
    assert True in alone
    assert False in alone


def test_leaders_that_cross_are_seen() -> None:
    ends, far = np.array([[10.0, 10.0], [10.0, -10.0]]), Box.around(Spot(0, 10), 2, 2)
    assert crosses(Spot(0, 0), ends, [Spot(10, 0)], as_rows([far])).tolist() == [[True], [False]]


def test_a_walk_that_others_follow_is_looked_at_once() -> None:
    there = [Spot(0, 0), Spot(5, 5), Spot(9, 0)]
    assert len(Stretches.of([there, there[::-1], there])) == 2
