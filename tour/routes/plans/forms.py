"""The plan form: text to a wish for a day, everything chosen kept for the next try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from starlette.datastructures import FormData, QueryParams

from tour.geo import Bounds, Point
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.rules import MAX_PARTY, USUAL_PARTY, read_people
from tour.routes.days.day import LIKED
from tour.routes.days.wishes import DayWish, WalkStyle
from tour.routes.plans.context import PlanContext, spot, usual_start
from tour.sites.entries import Catalogue
from tour.sites.states import SiteKind
from tour.web.forms import Form
from tour.words.typed import DAY, minute_of_day, padded, read_minute

SINGLE = (
    "date",
    "from",
    "from_time",
    "to",
    "to_time",
    "adults",
    "children",
    "walk",
    "lunch",
    "most_km",
    "most_leg",
)
MANY = ("kind", "must")
LIMITS = ("lunch", "most_km", "most_leg")
"""What of it keeps places out of a plan."""
MOST_MUSTS = 12
LONGEST = 80
"""Characters of any value: an id, a slug, a place as lon,lat."""
KILOMETRES = ("2", "3", "5", "8")
NO_LIMIT = "any"
"""The choices for the most that one wants to walk; nothing chosen: what suits the party."""
LEG_MINUTES = ("5", "10", "15", "20")
"""The choices for the longest walk between two places; nothing chosen: as long as it takes."""


@dataclass(frozen=True, slots=True)
class PlanForm(Form):
    """`wish`: what was chosen, when nothing is wrong with it."""

    wish: DayWish | None = None

    @classmethod
    def parse(cls, raw: FormData | QueryParams, context: PlanContext) -> "PlanForm":
        values: dict[str, Any] = {name: _text(raw.get(name, "")) for name in SINGLE}
        values |= {name: [_text(v) for v in raw.getlist(name)][:40] for name in MANY}
        return cls.read(values, context)

    @classmethod
    def read(cls, values: Mapping[str, Any], context: PlanContext) -> "PlanForm":
        """From values that were kept, or that `parse` found."""
        errors: dict[str, Text] = {}
        wish = _wish(values, context, errors)
        return cls(values, errors, None if errors else wish)

    @classmethod
    def empty(cls, context: PlanContext, chosen: QueryParams) -> "PlanForm":
        """What most visitors want, with what the address already says."""
        day = _day(chosen.get("date", ""), context, {}) or next(iter(context.days), None)
        opens, closes = context.span(day) if day else (600, 960)
        if day == context.local.date():
            opens = max(opens, _next_quarter(context.local))
        values: dict[str, Any] = {
            "date": day.isoformat() if day else "",
            "from": chosen.get("from", "") or usual_start(context, day),
            "from_time": padded(opens),
            "to": chosen.get("to", ""),
            "to_time": padded(closes),
            "adults": str(USUAL_PARTY),
            "children": "0",
            "walk": WalkStyle.NORMAL.value,
            "lunch": "1",
            "most_km": "",
            "most_leg": "",
            "kind": [k for k in chosen.getlist("kind") if k in list(SiteKind)],
            "must": [s for s in chosen.getlist("must") if s in context.catalogue.by_slug],
        }
        return cls(values)

    @classmethod
    def other(
        cls, values: Mapping[str, Any], context: PlanContext, chosen: QueryParams
    ) -> "PlanForm":
        """From values that were kept, with other limits, and with more places by name."""
        limits = {name: _text(chosen[name]) for name in LIMITS if name in chosen}
        known = [s for s in chosen.getlist("must") if s in context.catalogue.by_slug]
        must = list(dict.fromkeys((*values["must"], *known)))
        return cls({**values, **limits, "must": must[:MOST_MUSTS]})

    def has(self, name: str, value: str) -> bool:
        return value in self.values.get(name, ())


def kept_wish(
    values: Mapping[str, Any], day: date, context: PlanContext, reserved: frozenset[int]
) -> DayWish:
    """The wish of a plan that was made before, whatever became of its day and places since."""
    start = _spot(values["from"], "from", context, {}) or _middle(context.bounds)
    end = (_spot(values["to"], "to", context, {}) if values["to"] else start) or start
    starts, ends = _minute(values["from_time"], "", {}), _minute(values["to_time"], "", {})
    adults, children = (
        read_people(values["adults"], "", {}),
        read_people(values["children"], "", {}),
    )
    wish = DayWish(day, start, starts, end, ends, adults, children, reserved=reserved)
    return _with_choices(wish, values, context.catalogue)


def _wish(
    values: Mapping[str, Any], context: PlanContext, errors: dict[str, Text]
) -> DayWish | None:
    day = _day(values["date"], context, errors)
    start = _spot(values["from"], "from", context, errors)
    end = _spot(values["to"], "to", context, errors) if values["to"] else start
    starts, ends = _times(values, day, context, errors)
    adults = read_people(values["adults"], "adults", errors)
    children = read_people(values["children"] or "0", "children", errors)
    if not {"adults", "children"} & errors.keys() and not 1 <= adults + children <= MAX_PARTY:
        errors["adults"] = _("A party is 1 to %(n)s people.", n=MAX_PARTY)
    if errors or day is None or start is None or end is None:
        return None
    wish = DayWish(day, start, starts, end, ends, adults, children)
    return _with_choices(wish, values, context.catalogue)


def _with_choices(wish: DayWish, values: Mapping[str, Any], catalogue: Catalogue) -> DayWish:
    """With what cannot be wrong: a choice that is not known is as if it was not made."""
    kilometres = values["most_km"]
    return replace(
        wish,
        interests={SiteKind(k): LIKED for k in values["kind"] if k in list(SiteKind)},
        must=_musts(values["must"], catalogue)[:MOST_MUSTS],
        too_many=_musts(values["must"], catalogue)[MOST_MUSTS:],
        style=WalkStyle(values["walk"]) if values["walk"] in list(WalkStyle) else WalkStyle.NORMAL,
        lunch=values["lunch"] == "1",
        most_walking_m=int(kilometres) * 1000 if kilometres in KILOMETRES else None,
        comfortably=kilometres != NO_LIMIT,
        most_leg_minutes=int(leg) if (leg := values.get("most_leg")) in LEG_MINUTES else None,
    )


def _day(text: str, context: PlanContext, errors: dict[str, Text]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["date"] = _("Choose a day.")
        return None
    if day not in context.days:
        errors["date"] = _("There is no event on this date. Choose one of the days below.")
        return None
    return day


def _spot(
    name: str, field_name: str, context: PlanContext, errors: dict[str, Text]
) -> Point | None:
    try:
        return spot(name, context)
    except ValueError as exc:
        errors[field_name] = SPOT_PROBLEMS.get(str(exc), SPOT_PROBLEMS[""])
        return None


SPOT_PROBLEMS = {
    "": _("Choose a station or a place from the list."),
    "rough": _("Its position is only roughly known, so no walk leads there yet."),
    "far": _("This place is too far away to walk from. Choose the station where you arrive."),
}


def _times(
    values: Mapping[str, Any], day: date | None, context: PlanContext, errors: dict[str, Text]
) -> tuple[int, int]:
    starts = _minute(values["from_time"], "from_time", errors)
    ends = _minute(values["to_time"], "to_time", errors)
    if {"from_time", "to_time"} & errors.keys():
        return 0, 0
    if ends <= starts:
        errors["to_time"] = _("The end is before the start. Choose a later time.")
    elif day == context.local.date():
        starts = max(starts, minute_of_day(context.local))
        if ends <= starts:
            errors["to_time"] = _("This time is over already. Choose a later one.")
    return starts, ends


def _minute(text: str, field_name: str, errors: dict[str, Text]) -> int:
    minute = read_minute(text, DAY)
    if minute is None:
        errors[field_name] = _("Give a time such as 10:00.")
    return minute or 0


def _musts(slugs: Sequence[str], catalogue: Catalogue) -> tuple[int, ...]:
    sites = [catalogue.by_slug[slug].id for slug in slugs if slug in catalogue.by_slug]
    return tuple(dict.fromkeys(sites))


def _middle(bounds: Bounds) -> Point:
    return Point(lat=(bounds.south + bounds.north) / 2, lon=(bounds.west + bounds.east) / 2)


def _next_quarter(local: datetime) -> int:
    return -(-minute_of_day(local) // 15) * 15


def _text(value: object) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""
