"""Programmes and slots as the pages show them, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from tour.i18n import localized
from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.programmes.rules import GRACE, Availability
from tour.programmes.rules import RESERVABLE as RESERVABLE
from tour.sites.views import SiteCard


@dataclass(frozen=True, slots=True)
class SlotCard:
    """One start of a session in a list, with enough of its programme and site to choose it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    seats_left: int
    capacity: int
    allocation: str
    status: Availability
    booking_opens_at: datetime | None
    entries_close_at: datetime
    can_reserve: bool
    programme_id: int
    programme_title: str
    minutes: int
    price_yen: int
    site: SiteCard
    delay_minutes: int = 0
    """How much later it begins than planned; its times say so already."""

    @property
    def kept_until(self) -> datetime:
        """Until when the seats of a party that is late wait for it."""
        return self.starts_at + GRACE


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What a host asks each party."""

    text: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme with its coming slots."""

    id: int
    title: str
    summary: str
    bring: str
    minutes: int
    price_yen: int
    min_age: int | None
    max_age: int | None
    max_party: int
    needs_adult: bool
    questions: tuple[QuestionView, ...]
    asks_photo_consent: bool
    languages: tuple[str, ...]
    slots: tuple[SlotCard, ...]


def slot_card(
    slot: SlotEntry, programme: ProgrammeEntry, site: SiteCard, *, lang: str, now: datetime
) -> SlotCard:
    status = slot.availability(now)
    return SlotCard(
        id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        seats_left=slot.seats_left,
        capacity=slot.capacity,
        allocation=slot.allocation,
        status=status,
        booking_opens_at=slot.booking_opens_at,
        entries_close_at=slot.booking_closes_at,
        can_reserve=status in RESERVABLE,
        programme_id=programme.id,
        programme_title=programme.text("title", lang),
        minutes=programme.minutes,
        price_yen=programme.price_yen,
        site=site,
        delay_minutes=slot.delay_minutes,
    )


def programme_view(
    programme: ProgrammeEntry,
    slots: list[SlotEntry],
    site: SiteCard,
    *,
    lang: str,
    now: datetime,
) -> ProgrammeView:
    return ProgrammeView(
        id=programme.id,
        title=programme.text("title", lang),
        summary=programme.text("summary", lang),
        bring=programme.text("bring", lang),
        minutes=programme.minutes,
        price_yen=programme.price_yen,
        min_age=programme.min_age,
        max_age=programme.max_age,
        max_party=programme.max_party,
        needs_adult=programme.needs_adult,
        questions=tuple(_question(q, lang) for q in programme.questions),
        asks_photo_consent=programme.asks_photo_consent,
        languages=programme.languages,
        slots=tuple(slot_card(s, programme, site, lang=lang, now=now) for s in slots),
    )


def _question(question: Mapping[str, Any], lang: str) -> QuestionView:
    text = localized(question, "text", lang, question.get("translations", {}))
    return QuestionView(text, bool(question.get("required")))


def by_day(slots: tuple[SlotCard, ...], zone: ZoneInfo) -> list[tuple[date, list[SlotCard]]]:
    """Slots under their local date, soonest first."""
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    grouped = groupby(ordered, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return [(day, list(cards)) for day, cards in grouped]
