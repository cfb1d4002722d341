"""Seats that came free at the last moment are told to those who waited for them and are near.

Nothing is held for them: whoever says yes first, or stands at the door, has the seats. Each is
asked once a session, nobody in quiet hours, nobody whose way is known to be too long.
"""

from datetime import datetime, timedelta

from tour.geo import Point, distance_m
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Action, Message
from tour.notifications.schedule import is_quiet
from tour.notifications.sending.wording import Promised, Words
from tour.notifications.service import Draft
from tour.programmes.models import Slot
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.parties.holdings import of_contact
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist import offering
from tour.reservations.waitlist.offers import LAST_YES
from tour.sites.models import Site
from tour.words.ranges import clock

DETOUR = 1.3
"""Walks are about so much longer than the straight line."""
METRES_A_MINUTE = 80
FARTHEST = timedelta(minutes=20)
WORTH_IT = timedelta(minutes=10)
"""Who could not be there this long before the last moment is not asked."""
NEAR = timedelta(hours=2)
"""How old a visit may be to tell where somebody is."""


async def call_who_waited(slot_id: int, *, now: datetime) -> int:
    """Ask those who waited for this locked slot in vain, as far as they fit; returns how many."""
    slot = await Slot.get(id=slot_id).select_related("programme__site")
    last = _last_yes(slot)
    if now < slot.booking_closes_at or now + WORTH_IT > last:
        return 0
    waited = WaitlistEntry.filter(slot_id=slot_id, seats__lte=slot.seats_left).order_by("id")
    asked = 0
    for entry in await waited.select_related("reservation__recipient"):
        if offering.takes_a_yes(entry.status, slot, now):
            asked += await _ask(entry.reservation, slot, last, now)
    return asked


async def _ask(party: Reservation, slot: Slot, last: datetime, now: datetime) -> bool:
    key = f"free-now:{slot.id}"
    told_before = await notifications.who_was_told([party.recipient_id], key)
    walk = await _walk(party, slot.programme.site, now)
    is_far = walk is not None and walk > min(FARTHEST, last - now)
    if told_before or is_far or is_quiet(now, reminders.zone_of(party)):
        return False
    draft = Draft(key, _message(party, slot, walk, last), now, last)
    await notifications.queue_all(party.recipient_id, [draft], now=now)
    return True


async def words(promised: Promised, now: datetime) -> Words | None:
    """How many seats are free as it leaves; nothing when the party no longer fits, or could not be
    there in time."""
    turns = WaitlistEntry.filter(
        slot_id=int(promised.subject), reservation__recipient_id=promised.recipient_id
    )
    entry = await turns.select_related("reservation__recipient", "slot__programme__site").first()
    if entry is None or entry.slot.seats_left < entry.seats:
        return None
    slot = entry.slot
    last = _last_yes(slot)
    walk = await _walk(entry.reservation, slot.programme.site, now)
    is_far = walk is not None and walk > last - now
    if is_far or now + WORTH_IT > last or not offering.takes_a_yes(entry.status, slot, now):
        return None
    return Words(_message(entry.reservation, slot, walk, last))


def _last_yes(slot: Slot) -> datetime:
    return min(slot.starts_at + LAST_YES, slot.ends_at)


def _message(party: Reservation, slot: Slot, walk: timedelta | None, last: datetime) -> Message:
    lang, zone = party.lang, reminders.zone_of(party)
    lines = [reminders.line(slot, lang, zone)]
    if walk is not None:
        minutes = int(walk.total_seconds() // 60)
        lines.append(_("About %(n)s minutes on foot from you.", n=minutes).in_language(lang))
    until = clock(last.astimezone(zone))
    lines.append(
        _("Whoever says yes first has them. Until %(time)s.", time=until).in_language(lang)
    )
    page = reminders.PAGE.format(reference=party.reference)
    action = Action(_("See the seats").in_language(lang), f"{page}#offer")
    title = _("%(n)s seats are free now", n=slot.seats_left)
    return reminders.message(party, title, lines, action)


async def _walk(party: Reservation, site: Site, now: datetime) -> timedelta | None:
    """From the session where the party is, or was just before; None where nobody knows."""
    here = Place.filter(
        of_contact(party, "reservation__"),
        status=PlaceStatus.CONFIRMED,
        slot__starts_at__lte=now,
        slot__ends_at__gt=now - NEAR,
    )
    place = await here.order_by("-slot__starts_at").select_related("slot__programme__site").first()
    points = [_point(place.slot.programme.site) if place else None, _point(site)]
    if points[0] is None or points[1] is None:
        return None
    return timedelta(minutes=distance_m(points[0], points[1]) * DETOUR / METRES_A_MINUTE)


def _point(site: Site) -> Point | None:
    lat = site.lat if site.entrance_lat is None else site.entrance_lat
    lon = site.lon if site.entrance_lon is None else site.entrance_lon
    return None if lat is None or lon is None else Point(lat=lat, lon=lon)
