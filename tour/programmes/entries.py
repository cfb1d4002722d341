"""Sessions and their times as they stood when they were read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.i18n import localized
from tour.programmes.rules import (
    RESERVABLE,
    Availability,
    availability,
    most_together,
    seats_left,
)
from tour.programmes.states import Allocation, SlotStatus
from tour.sites.opening.hours import Hours


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """A published programme, its texts in every language it has."""

    id: int
    slug: str
    site_id: int
    event_id: int | None
    own: Mapping[str, str]
    translations: dict[str, dict[str, str]]
    minutes: int
    price_yen: int
    min_age: int | None
    max_age: int | None
    max_party: int
    needs_adult: bool
    questions: tuple[Mapping[str, Any], ...]
    asks_photo_consent: bool
    languages: tuple[str, ...]

    def text(self, name: str, lang: str) -> str:
        return localized(self.own, name, lang, self.translations)


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """One bookable start as it stood when it was read."""

    id: int
    programme_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    seats_taken: int
    seats_kept: int
    allocation: Allocation
    status: SlotStatus
    booking_opens_at: datetime | None
    booking_closes_at: datetime
    delay_minutes: int = 0
    """How much later it begins than planned; its times say so already."""

    @property
    def seats_left(self) -> int:
        return seats_left(self.capacity, self.seats_kept, self.seats_taken)

    def most_together(self, max_party: int, now: datetime) -> int:
        """The largest party that can have it now; `max_party` is its programme's."""
        can_reserve = self.availability(now) in RESERVABLE
        return most_together(
            max_party, self.capacity, self.seats_kept, self.seats_left, can_reserve
        )

    def availability(self, now: datetime) -> Availability:
        """What a visitor can do with it at `now`."""
        return availability(
            status=self.status,
            allocation=self.allocation,
            seats_left=self.seats_left,
            booking_opens_at=self.booking_opens_at,
            booking_closes_at=self.booking_closes_at,
            now=now,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """Programmes by id, and coming slots by site, soonest first."""

    programmes: Mapping[int, ProgrammeEntry]
    slots: tuple[SlotEntry, ...]
    by_site: Mapping[int, tuple[SlotEntry, ...]]

    def besides(self, site_id: int, hours: Hours, zone: ZoneInfo) -> Hours:
        """A site's hours with the sessions that take place while it is closed otherwise."""
        held = (s for s in self.by_site.get(site_id, ()) if s.status != SlotStatus.CANCELLED)
        return hours.with_sessions(
            (slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)) for slot in held
        )


NO_SESSIONS = Board({}, (), {})
