"""What a plan does not do of what was asked for, with the nearest thing that can be had."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from tour.geo import distance_m
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.routes.days.day import LIKED, open_doors, openings_of
from tour.routes.days.edits import Stops
from tour.routes.days.missed_kinds import Missed
from tour.routes.days.planning import Desk
from tour.routes.days.timed_day import TimedDay
from tour.routes.plans.missed_reasons import Unmet, missed_kind
from tour.routes.walks.walks import DETOUR
from tour.sites.choices import KINDS
from tour.sites.entries import SiteEntry
from tour.sites.opening.hours import Span, clock_text
from tour.sites.states import SiteKind
from tour.web.templates import day_text

FAR_MINUTES = 45
"""A walk from the start to the nearest open door after which one had better take a train."""


def unmet(
    desk: Desk, day: TimedDay, missed: Sequence[Missed], days: list[date], lang: str
) -> Iterator[Unmet]:
    """In the order in which it should be mended."""
    stops = day.stops
    is_near = stops and day.hops[0].minutes < FAR_MINUTES
    far = [] if is_near else list(_far(desk, lang))
    yield from far
    if not stops and not far:
        yield from _closed(desk)
    yield from _kinds(desk, stops, {row.kind: row for row in missed}, days, lang)
    yield from _seats(desk, stops, days, lang)


def hours_of(desk: Desk, site: SiteEntry, lang: str) -> Text:
    """Why one place is closed while one is out: its hours of the day, or its other days."""
    if spans := _spans(desk, site):
        at = translate(", ", lang).join(
            f"{clock_text(s.opens)}-{clock_text(s.closes)}" for s in spans
        )
        return _("On this day it can be visited %(at)s, not while you are out.", at=at)
    days = sorted(day for day in desk.town.agenda.event_days.get(site.id, {}))
    if other := [day for day in days if day != desk.town.day]:
        on = translate(", ", lang).join(day_text(day, lang) for day in other)
        return _("It does not take part on this day. It does on %(days)s.", days=on)
    return _("It is not open on this day.")


def _spans(desk: Desk, site: SiteEntry) -> list[Span]:
    sessions = [
        Span(desk.town.minute_of(slot.starts_at), desk.town.minute_of(slot.ends_at))
        for slot in desk.town.slots_of(site)
    ]
    return sorted([*desk.town.spans_of(site), *sessions], key=lambda span: span.opens)


def _far(desk: Desk, lang: str) -> Iterator[Unmet]:
    """Whoever begins far from everything had better begin at a station near it."""
    wish = desk.wish
    doors = [door for door in open_doors(desk.town, wish)[0] if door.openings]
    stations = desk.town.catalogue.stations
    if not doors or not stations:
        return
    nearest = min(doors, key=lambda door: distance_m(wish.start, door.point))
    minutes = int(distance_m(wish.start, nearest.point) * DETOUR / wish.pace)
    station = min(stations, key=lambda s: distance_m(s.point, nearest.point))
    if minutes < FAR_MINUTES or distance_m(wish.start, station.point) < 300:
        return
    name = station.name_in(lang)
    yield Unmet(
        _(
            "From where you begin, the nearest place is some %(n)s minutes on foot. Take a train or"
            " bus to %(station)s station.",
            n=minutes,
            station=name,
        ),
        urlencode({"date": wish.day.isoformat(), "from": station.id}),
        _("Begin at %(station)s station", station=name),
    )


def _closed(desk: Desk) -> Iterator[Unmet]:
    """Nothing is open in these hours."""
    spans = [
        span
        for site in desk.town.catalogue.sites
        if site.is_walkable and (not desk.town.agenda.events or desk.town.is_host(site))
        for span in _spans(desk, site)
    ]
    if not spans:
        return
    opens, closes = min(s.opens for s in spans), max(s.closes for s in spans)
    if opens < desk.wish.ends and desk.wish.starts < closes:
        return
    hours = {"from": clock_text(opens), "to": clock_text(closes)}
    yield Unmet(
        _("On this day the doors are open from %(from)s to %(to)s.", **hours),
        urlencode({"date": desk.wish.day.isoformat()}),
        _("Plan these hours"),
    )


def _kinds(
    desk: Desk, stops: Stops, missed: Mapping[str, Missed], days: list[date], lang: str
) -> Iterator[Unmet]:
    sites = desk.town.catalogue.by_id
    present = {sites[stop.site_id].kind for stop in stops if stop.site_id in sites}
    for kind, weight in desk.wish.interests.items():
        if weight >= LIKED and kind not in present:
            if closed := _kind(desk, kind, days, lang):
                yield closed
            elif (row := missed.get(kind.value)) and row.site_id in sites:
                yield missed_kind(desk, row, lang)


def _kind(desk: Desk, kind: SiteKind, days: list[date], lang: str) -> Unmet | None:
    """Why nobody could visit one of this kind; None where somebody can."""
    name = KINDS[kind].label
    sites = [s for s in desk.town.catalogue.sites if s.kind == kind and s.is_walkable]
    spans = [span for site in sites for span in _spans(desk, site)]
    if not spans:
        other = [d for d in days if d != desk.town.day and _is_open_on(desk, sites, d)]
        if other:
            on = day_text(other[0], lang)
            text = _("%(kind)s: none is open on this day. One is on %(day)s.", kind=name, day=on)
            query = urlencode({"date": other[0].isoformat(), "kind": kind.value})
            return Unmet(text, query, _("Plan that day"))
        return Unmet(_("%(kind)s: none is open on this day.", kind=name))
    wish = desk.wish
    if all(s.closes <= wish.starts or s.opens >= wish.ends for s in spans):
        hours = translate(", ", lang).join(
            sorted({f"{clock_text(s.opens)}-{clock_text(s.closes)}" for s in spans})
        )
        return Unmet(_("%(kind)s: open %(hours)s, not while you are out.", kind=name, hours=hours))
    openings = [opening for site in sites for opening in openings_of(desk.town, wish, site)]
    if openings and all(opening.full for opening in openings):
        return Unmet(_("%(kind)s: no session has room for your party.", kind=name))
    return None


def _is_open_on(desk: Desk, sites: list[SiteEntry], day: date) -> bool:
    town = replace(desk.town, day=day)
    return any(town.spans_of(site) or town.slots_of(site) for site in sites)


def _seats(desk: Desk, stops: Stops, days: list[date], lang: str) -> Iterator[Unmet]:
    """No session has room for the party: how many it has room for, or when there is some."""
    if any(stop.slot_id for stop in stops):
        return
    wish, town = desk.wish, desk.town
    sessions = [
        slot
        for site in town.catalogue.sites
        for slot in town.slots_of(site)
        if slot.status != SlotStatus.CANCELLED and slot.starts_at > town.now
    ]
    if not sessions or any(
        opening.slot_id and not opening.full
        for site in town.catalogue.sites
        for opening in openings_of(town, wish, site)
    ):
        return
    most = max(_room(desk, slot) for slot in sessions)
    if most:
        yield Unmet(
            _(
                "No session of this day has room for %(n)s people; the largest takes %(most)s."
                " Reserve in smaller groups, or look around without a reservation.",
                n=wish.party_size,
                most=most,
            )
        )
        return
    other = [day for day in days if day > town.day and _has_room_on(desk, day)]
    if other:
        on = day_text(other[0], lang)
        text = _("All sessions of this day are full. There are seats on %(day)s.", day=on)
        yield Unmet(text, urlencode({"date": other[0].isoformat()}), _("Plan that day"))
    else:
        yield Unmet(
            _(
                "All sessions of this day are full. On a session's page you can join its "
                "waiting list."
            )
        )


def _room(desk: Desk, slot: SlotEntry) -> int:
    programme = desk.town.board.programmes.get(slot.programme_id)
    return min(slot.seats_left, programme.max_party) if programme else 0


def _has_room_on(desk: Desk, day: date) -> bool:
    town = replace(desk.town, day=day)
    slots = (slot for site in town.catalogue.sites for slot in town.slots_of(site))
    return any(_room(desk, slot) >= desk.wish.party_size for slot in slots)
