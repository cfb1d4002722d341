"""Who has come: parties checked in at the door, by their code or by a tap."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.reservations.models import Place, PlaceStatus, Reservation

DOOR_CODE = re.compile(r"[A-Z2-9]{4}-?[A-Z2-9]{4}")


class Arrival(Model):
    """A place whose party has come."""

    id = fields.IntField(primary_key=True)
    place: fields.OneToOneRelation[Place] = fields.OneToOneField(
        "models.Place", related_name="arrival"
    )
    arrived_at: datetime = fields.DatetimeField()

    class Meta:
        table = "arrival"


class Outcome(StrEnum):
    ARRIVED = "arrived"
    ALREADY = "already"
    OTHER_DAY = "other_day"
    """The party comes on another day."""
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """No such code, or one for another place: the door is not told which."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """How a check-in ended; `place` comes with its slot, programme and reservation."""

    outcome: Outcome
    place: Place | None = None
    arrived_at: datetime | None = None
    entry: AuditEntry | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Where and when somebody checks parties in; `zone` is the town's."""

    site_id: int
    zone: ZoneInfo
    actor: Actor


async def check_in(code: str, door: Door, *, now: datetime) -> CheckIn:
    """Note that a party has come, by its door code, typed or scanned.

    Of several times today it is the one that starts nearest and has not been checked in. Sent
    twice, the second answer is ALREADY with the first one's time.
    """
    reservation = await _reservation(code)
    if reservation is None:
        return CheckIn(Outcome.UNKNOWN)
    chosen = Place.filter(reservation=reservation, slot__programme__site_id=door.site_id)
    places = await chosen.select_related("slot__programme", "reservation")
    if not places:
        return CheckIn(Outcome.UNKNOWN)
    held = [place for place in places if place.status == PlaceStatus.CONFIRMED]
    if not held:
        return CheckIn(Outcome.CANCELLED, places[0])
    today = [place for place in held if _is_now(place, door.zone, now)]
    if not today:
        return CheckIn(Outcome.OTHER_DAY, held[0])
    arrived = await arrivals_of([place.id for place in today])
    waiting = [place for place in today if place.id not in arrived]
    if not waiting:
        return CheckIn(Outcome.ALREADY, today[0], arrived[today[0].id])
    nearest = min(waiting, key=lambda place: abs(place.slot.starts_at - now))
    return await check_in_place(nearest, door, now=now)


async def check_in_place(place: Place, door: Door, *, now: datetime) -> CheckIn:
    """Note that the party of one place has come, without its code."""
    try:
        async with transaction():
            await Arrival.create(place=place, arrived_at=now)
            subject = Subject("place", place.id, door.site_id)
            entry = await note(
                door.actor,
                "place.arrive",
                subject,
                before={"arrived": False},
                after={"arrived": True},
                now=now,
            )
    except IntegrityError:
        # Another phone at the door, or the same scan sent twice, was first.
        first = await Arrival.get(place=place)
        return CheckIn(Outcome.ALREADY, place, first.arrived_at)
    return CheckIn(Outcome.ARRIVED, place, now, entry)


async def take_back(place_id: int, door: Door, *, now: datetime) -> None:
    """A party was checked in by mistake."""
    async with transaction():
        if await Arrival.filter(place_id=place_id).delete():
            subject = Subject("place", place_id, door.site_id)
            changed = {"before": {"arrived": True}, "after": {"arrived": False}}
            await note(door.actor, "place.leave", subject, **changed, now=now)


async def arrivals_of(place_ids: list[int]) -> dict[int, datetime]:
    """When the parties of these places came, by place; those who have not are left out."""
    found = Arrival.filter(place_id__in=place_ids)
    return dict(await found.values_list("place_id", "arrived_at"))


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local date begins and ends, in UTC: SQLite compares their texts."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _is_now(place: Place, zone: ZoneInfo, now: datetime) -> bool:
    """Of this local date, or under way since the evening before."""
    starts_at = place.slot.starts_at
    is_today = starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    return is_today or starts_at <= now < place.slot.ends_at


async def _reservation(code: str) -> Reservation | None:
    """By a door code in any case, with any dash; tickets that were printed or kept before QR codes
    carried the door code alone show the address of their page."""
    text = code.strip()
    if "/" in text:
        reference = text.split("#")[0].split("?")[0].rstrip("/").rpartition("/")[2]
        return await Reservation.get_or_none(reference=reference[:40])
    plain = re.sub(r"[\s‐‑–—ー−－-]", "", text.upper())
    if not DOOR_CODE.fullmatch(plain):
        return None
    return await Reservation.get_or_none(door_code=f"{plain[:4]}-{plain[4:]}")
