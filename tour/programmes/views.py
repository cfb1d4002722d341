"""Programmes and slots as the pages show them, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from tour.i18n import Text, localized
from tour.i18n import lazy as _
from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.programmes.rules import GRACE, Availability, Way, way_of
from tour.programmes.rules import RESERVABLE as RESERVABLE
from tour.sites.views import SiteCard

GONE = (Availability.CANCELLED, Availability.CLOSED)


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
    way: Way
    programme_id: int
    programme_title: str
    minutes: int
    price_yen: int
    site: SiteCard
    delay_minutes: int = 0
    """How much later it begins than planned; its times say so already."""

    @property
    def can_reserve(self) -> bool:
        return self.way == Way.RESERVE

    @property
    def kept_until(self) -> datetime:
        """Until when the seats of a party that is late wait for it."""
        return self.starts_at + GRACE


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What a host asks each party."""

    text: str
    is_required: bool
    for_children: bool = False
    """Asked only of a party that brings some."""


@dataclass(frozen=True, slots=True)
class AgesView:
    """For whom a session is: from and up to which age, and with whom children come."""

    bounds: tuple[Text, ...]
    company: Text | str


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme with its coming slots."""

    id: int
    event_id: int | None
    title: str
    summary: str
    bring: str
    minutes: int
    price_yen: int
    min_age: int | None
    ages: AgesView | None
    """None where it is for everybody."""
    max_party: int
    """Of its host's limit and its seats, at the time that has most room: nobody can come with
    more."""
    party_limit: int
    """Its host's own, whatever the seats."""
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
        way=way_of(status),
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
        event_id=programme.event_id,
        title=programme.text("title", lang),
        summary=programme.text("summary", lang),
        bring=programme.text("bring", lang),
        minutes=programme.minutes,
        price_yen=programme.price_yen,
        min_age=programme.min_age,
        ages=ages_view(programme.min_age, programme.max_age, needs_adult=programme.needs_adult),
        max_party=_most_together(programme, slots, now),
        party_limit=programme.max_party,
        questions=tuple(_question(q, lang) for q in programme.questions),
        asks_photo_consent=programme.asks_photo_consent,
        languages=programme.languages,
        slots=tuple(slot_card(s, programme, site, lang=lang, now=now) for s in slots),
    )


def _most_together(programme: ProgrammeEntry, slots: list[SlotEntry], now: datetime) -> int:
    """At the time that has most room for one party; the host's limit while there is none."""
    alive = [slot for slot in slots if slot.availability(now) not in GONE]
    return max(
        (slot.most_together(programme.max_party, now) for slot in alive),
        default=programme.max_party,
    )


def ages_view(min_age: int | None, max_age: int | None, *, needs_adult: bool) -> AgesView | None:
    """From no years on is no bound; up to none is one: a session for babies."""
    bounds: list[Text] = []
    if min_age:
        bounds.append(_("From %(age)s years", age=min_age))
    if max_age is not None:
        bounds.append(_("Up to %(age)s years", age=max_age))
    company = _("Children come with an adult") if needs_adult else ""
    return AgesView(tuple(bounds), company) if bounds or company else None


def _question(question: Mapping[str, Any], lang: str) -> QuestionView:
    text = localized(question, "text", lang, question.get("translations", {}))
    return QuestionView(text, bool(question.get("required")), bool(question.get("for_children")))


def by_day(slots: tuple[SlotCard, ...], zone: ZoneInfo) -> list[tuple[date, list[SlotCard]]]:
    """Slots under their local date, soonest first."""
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    grouped = groupby(ordered, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return [(day, list(cards)) for day, cards in grouped]
