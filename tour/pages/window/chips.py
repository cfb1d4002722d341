"""The chips above the window: what one may narrow it by, and what is near when nothing is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.pages.window.rules import ANYTHING, DayPart, Narrowing, Offer, sessions
from tour.web.forms import read_date
from tour.web.templates import day_text

MOST_DAYS = 4
FLAGS: Mapping[str, Text] = {
    "children": _("With children"),
    "free": _("Free"),
    "indoors": _("Even in rain"),
}
PARTS: Mapping[DayPart, Text] = {
    DayPart.MORNING: _("Morning"),
    DayPart.AFTERNOON: _("Afternoon"),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """`query` is the address after a tap: with this choice, or without it where it is chosen."""

    id: str
    label: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A choice that may be given up, and how many sessions there are then."""

    label: str
    query: str
    count: int


def read(query: Mapping[str, str]) -> Narrowing:
    """What an address asks for; what makes no sense in it is left out."""
    part = query.get("part", "")
    return Narrowing(
        part=DayPart(part) if part in list(DayPart) else None,
        day=read_date(query.get("date", "")),
        **{name: query.get(name) == "1" for name in FLAGS},
    )


def query_string(wish: Narrowing) -> str:
    """The one address of a wish, whatever the order of the taps."""
    flags = {name: "1" for name in FLAGS if getattr(wish, name)}
    single = {"part": wish.part or "", "date": wish.day.isoformat() if wish.day else "", **flags}
    return urlencode({name: value for name, value in single.items() if value})


def chips(offers: Sequence[Offer], wish: Narrowing, lang: str) -> list[Chip]:
    """Those that let through some session and not all, and those that are chosen."""
    unlike = list({_met(offer): offer for offer in offers}.values())
    return [
        Chip(f"{name}-{value}", label, query_string(_toggled(wish, name, value)), is_chosen)
        for name, value, label in _choices(unlike, wish, lang)
        if (is_chosen := getattr(wish, name) == value) or _tells_apart(unlike, name, value)
    ]


def _met(offer: Offer) -> tuple[object, ...]:
    """All that chips ask: of thousands of sessions few differ in it."""
    traits = offer.traits
    is_free = traits.price_yen == 0
    return (offer.day, offer.part, traits.for_children, is_free, traits.is_indoors)


def near(offers: Sequence[Offer], wish: Narrowing, lang: str) -> list[Near]:
    """Which one choice less would find something, and how much."""
    found = []
    for name, value, label in _choices(offers, wish, lang):
        if getattr(wish, name) == value:
            wider = _toggled(wish, name, value)
            if count := sessions(offers, wider):
                found.append(Near(label, query_string(wider), count))
    return found


def _choices(
    offers: Iterable[Offer], wish: Narrowing, lang: str
) -> Iterator[tuple[str, object, str]]:
    """(field, value, label) of all that one may choose, in the order in which people decide."""
    for part, label in PARTS.items():
        yield "part", part, label.in_language(lang)
    days = sorted({offer.day for offer in offers})[:MOST_DAYS]
    if wish.day and wish.day not in days:
        days = sorted([*days, wish.day])
    for day, said in zip(days, _day_labels(days, lang), strict=True):
        yield "day", day, said
    for name, label in FLAGS.items():
        yield name, True, label.in_language(lang)


def _day_labels(days: Sequence[date], lang: str) -> list[str]:
    """By their names while these are clear: of an event, no two of a name and none a week away."""
    if not days or (days[-1] - days[0]).days < 7:
        return [WEEKDAYS[day.weekday()].in_language(lang) for day in days]
    return [day_text(day, lang) for day in days]


def _toggled(wish: Narrowing, name: str, value: object) -> Narrowing:
    changed: Any = getattr(ANYTHING, name) if getattr(wish, name) == value else value
    return replace(wish, **{name: changed})


def _tells_apart(offers: Sequence[Offer], name: str, value: object) -> bool:
    alone = _toggled(ANYTHING, name, value)
    let = {alone.lets(offer) for offer in offers}
    return True in let and False in let
