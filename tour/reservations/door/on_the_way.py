"""What a party says on the day itself: that it comes, how late, or that it cannot come after all.

From the cut-off on it changes nothing else by itself: the host has its list. What it says here
stands on that list beside its name.
"""

from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import Arrival
from tour.reservations.errors import TooLateToChange
from tour.reservations.held import changes
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.parties import by_reference
from tour.reservations.rules import can_say
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist import calling

LATENESS = (0, 10, 20, 30)
"""Minutes that a party may tap: on its way, or how late."""


async def say(reference: str, slot_id: int, minutes: int, *, now: datetime) -> Reservation:
    """The party comes, so many minutes late (0: in time, or it is on its way)."""
    reservation = await by_reference(reference)
    if minutes not in LATENESS:
        message = _("Please go back and use the buttons of the page.")
        raise BadInput(message, {"minutes": message})
    async with transaction():
        place = await _expected(reservation, slot_id, now)
        said = {"late_minutes": minutes, "said_at": now}
        await Place.filter(id=place.id).update(**said)
    return reservation


async def give_up(reference: str, slot_id: int, *, now: datetime) -> Reservation:
    """The party cannot come, and it is too late to cancel: the host is told, and its seats are free
    for people at the door. Twice is the same as once."""
    reservation = await by_reference(reference)
    actor = Actor(None, reservation.door_code)
    async with edit(actor, None, "place.cancel", now=now) as change:
        await programmes.lock_slots([slot_id])
        if await Place.exists(
            reservation=reservation, slot_id=slot_id, status=PlaceStatus.CANCELLED
        ):
            change.nothing()
            return reservation
        place = await _expected(reservation, slot_id, now)
        await changes.release(place, PlaceStatus.CANCELLED, now)
        keys = reminders.until_arrival(slot_id)
        await notifications.cancel_keys(reservation.recipient_id, keys)
        shown = await Slot.get(id=slot_id).select_related("programme__site")
        await reminders.tell_given_up(reservation, [shown], now=now)
        await calling.call_who_waited(slot_id, now=now)
        change.subject = Subject("place", place.id, int(shown.programme.site.id))
        change.after = {"given_up": place.seats}
    return reservation


async def _expected(reservation: Reservation, slot_id: int, now: datetime) -> Place:
    """Its place in a slot that is locked now; raises TooLateToChange where it is not awaited."""
    held = Place.filter(reservation=reservation, slot_id=slot_id, status=PlaceStatus.CONFIRMED)
    for slot in await programmes.lock_slots([slot_id]):
        place = await held.first()
        is_here = place and await Arrival.exists(place_id=place.id, taken_back_at=None)
        is_on = slot.status != SlotStatus.CANCELLED and can_say(slot.starts_at, slot.ends_at, now)
        if place and is_on and not is_here:
            return place
    raise TooLateToChange(_("This cannot be changed any more. Please look at the page again."))
