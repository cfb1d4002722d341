"""When to leave for sessions that were reserved without a plan, for those who chose to be told.

One comes from the session before it on that day, else from the station nearest to it.
"""

from datetime import datetime, timedelta
from itertools import groupby, pairwise
from urllib.parse import urlencode

from tour.notifications.models import Reminder
from tour.notifications.schedule import Choice
from tour.notifications.states import ReminderStatus
from tour.parts import Parts
from tour.programmes.states import SlotStatus
from tour.reservations.messages.setting_out import PREFIX, Way
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.routes.models import ItineraryReservation
from tour.routes.paths import STANDARD_PACE, Profile
from tour.routes.plan_news.departures import Ways, tell
from tour.routes.plans.enquiry import Enquiry
from tour.sites.entries import SiteEntry

AHEAD = timedelta(hours=3)
"""So long before a session its way is worked out: longer than any walk."""


async def promise_alone(parts: Parts, enquiry: Enquiry) -> int:
    """Promise it to all who are due and were not told; to how many parties."""
    parties = await _parties(enquiry.now)
    for reservation_id in parties:
        party = await Reservation.get(id=reservation_id)
        await tell(party.reference, await _ways(parts, enquiry, party), enquiry.now)
    return len(parties)


async def _parties(now: datetime) -> list[int]:
    """Reservations without a plan, with a session soon of which nothing was promised."""
    soon = Place.filter(
        status=PlaceStatus.CONFIRMED,
        slot__starts_at__gt=now,
        slot__starts_at__lte=now + AHEAD,
        slot__status=SlotStatus.OPEN,
        reservation__recipient__stopped_at=None,
    )
    rows = [
        row
        for row in await soon.values(
            "slot_id",
            "reservation_id",
            recipient="reservation__recipient_id",
            choices="reservation__recipient__choices",
        )
        if Choice.LEAVE in row["choices"]
    ]
    planned = ItineraryReservation.filter(reservation_id__in=[r["reservation_id"] for r in rows])
    with_plan = set(await planned.values_list("reservation_id", flat=True))
    told = Reminder.filter(
        recipient_id__in=[row["recipient"] for row in rows],
        key__in=[f"{PREFIX}{row['slot_id']}" for row in rows],
    ).exclude(status=ReminderStatus.CANCELLED)
    known = set(await told.values_list("recipient_id", "key"))
    return sorted(
        {
            row["reservation_id"]
            for row in rows
            if row["reservation_id"] not in with_plan
            if (row["recipient"], f"{PREFIX}{row['slot_id']}") not in known
        }
    )


async def _ways(parts: Parts, enquiry: Enquiry, party: Reservation) -> Ways:
    places = Place.filter(reservation_id=party.id, status=PlaceStatus.CONFIRMED)
    rows = await places.order_by("slot__starts_at", "id").values(
        "slot_id", site="slot__programme__site_id", at="slot__starts_at"
    )
    zone, found = parts.town.timezone, Ways()
    for _day, of_day in groupby(rows, key=lambda row: row["at"].astimezone(zone).date()):
        for before, row in pairwise([None, *of_day]):
            start = enquiry.context.catalogue.by_id.get(before["site"]) if before else None
            goal = enquiry.context.catalogue.by_id.get(row["site"]) if row else None
            if row and goal and (way := await _way(parts, enquiry, start, goal, party.lang)):
                found[row["slot_id"]] = way
    return found


async def _way(
    parts: Parts, enquiry: Enquiry, start: SiteEntry | None, goal: SiteEntry, lang: str
) -> Way | None:
    """None where nobody knows where the place is, or no station is near it."""
    if start and start.point and goal.point and start.is_walkable and goal.is_walkable:
        ends = [start.point, goal.point]
        distances = await parts.site_matrix.distances(enquiry.context.catalogue, ends, Profile.WALK)
        minutes = int(distances.minutes(STANDARD_PACE)[0, 1])
        return _from(start.slug, start.text("name", lang), minutes, goal)
    if goal.approach is None:
        return None
    station = goal.approach.station
    name = station.called_in(lang)
    return _from(station.id, name, goal.approach.minutes, goal)


def _from(start: str, name: str, minutes: int, goal: SiteEntry) -> Way:
    url = f"/walk?{urlencode({'from': start, 'to': goal.slug})}"
    return Way(timedelta(minutes=minutes), name, url)
