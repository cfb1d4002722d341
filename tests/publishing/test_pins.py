from itertools import combinations
from random import Random

from tour.publishing.paper import Box, Spot
from tour.publishing.pins import PinPlace, place_pins

AREA = Box(0, 0, 1900, 2100)
SIZE = (92.0, 50.0)


def crowd(count: int, seed: int = 1) -> list[Spot]:
    """Places in the middle third of the map, many of them closer than a pin is wide."""
    chance = Random(seed)
    return [Spot(chance.uniform(600, 1300), chance.uniform(700, 1400)) for _ in range(count)]


def overlapping(pins: list[PinPlace]) -> int:
    return sum(a.box.overlap(b.box) > 0 for a, b in combinations(pins, 2))


def test_a_lonely_pin_stands_above_its_place() -> None:
    (pin,) = place_pins([Spot(500, 500)], [SIZE], AREA)
    assert pin.box.centre.x == 500
    assert pin.box.bottom < 500


def test_sixty_crowded_pins_do_not_cover_each_other() -> None:
    spots = crowd(60)
    above = [PinPlace(s, Box.around(Spot(s.x, s.y - 55), *SIZE)) for s in spots]
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
