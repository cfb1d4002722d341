"""What the API takes, by types that describe themselves (`tour.web.json_body`)."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.handlers import Browser, PushRenewal
from tour.reservations.rules import MAX_PARTY
from tour.reservations.service import MAX_SLOTS
from tour.routes.paths import Profile
from tour.routes.plans.forms import MOST_MUSTS
from tour.web.json_body import Body
from tour.web.json_reply import Day

MOST_POINTS = 60
MOST_WEIGHT = 100

Position = Annotated[list[float], Meta(min_length=2)]
"""Longitude, latitude in degrees, perhaps a height (RFC 7946, 3.1.1)."""
Weight = Annotated[float, Meta(ge=0, le=MOST_WEIGHT)]
SlotId = Annotated[int, Meta(ge=1, le=2**31 - 1)]


# --- Walks and plans ----------------------------------------------------------------------------


class Points(Body, frozen=True):
    points: Annotated[list[Position], Meta(min_length=1, max_length=MOST_POINTS)]
    profile: Profile = Profile.WALK
    hints: ClassVar[Mapping[str, Text]] = {
        "points": _("Give 1 to %(n)s points, each [longitude, latitude].", n=MOST_POINTS),
        "profile": _("A profile is walk or no_steps."),
    }


class EndPoint(Body, frozen=True):
    point: Position
    time: str


class PlanWish(Body, frozen=True):
    """`interests`: how much each kind of place is worth; `must`: slugs of places."""

    date: Day
    start: EndPoint
    end: EndPoint | UnsetType = UNSET
    party_size: Annotated[int, Meta(ge=1, le=MAX_PARTY)] = 1
    interests: dict[str, Weight] = msgspec.field(default_factory=dict)
    must: Annotated[list[str], Meta(max_length=MOST_MUSTS)] = msgspec.field(default_factory=list)
    profile: Profile = Profile.WALK
    lunch: bool = True
    hints: ClassVar[Mapping[str, Text]] = {
        **dict.fromkeys(
            ("start", "end"),
            _("Give a point [longitude, latitude] and a time such as 10:00."),
        ),
        "date": _("A day is written YYYY-MM-DD."),
        "party_size": _("A party is 1 to %(n)s people.", n=MAX_PARTY),
        "interests": _("Interests are weights from 0 to %(n)s by kind of site.", n=MOST_WEIGHT),
        "must": _("Give a list of at most %(n)s slugs of sites.", n=MOST_MUSTS),
        "profile": _("A profile is walk or no_steps."),
    }


# --- Reservations, queues, draws ----------------------------------------------------------------


class PartyWish(Body, frozen=True):
    adults: int
    children: int = 0


class Contact(Body, frozen=True):
    name: str
    kana: str = ""
    email: str = ""
    phone: str = ""


class Choice(Body, frozen=True):
    """`again`: more seats of a session that this contact has; `split`: two at the same time."""

    again: bool = False
    split: bool = False


class Wish(Choice, frozen=True, kw_only=True):
    """`answers`: to the host's questions, by slot id, in their order."""

    slots: Annotated[list[SlotId], Meta(min_length=1, max_length=MAX_SLOTS)]
    party: PartyWish
    contact: Contact
    consent: Literal[True]
    lang: str = ""
    note: str = ""
    photos_allowed: bool | None = None
    answers: dict[str, list[str]] = msgspec.field(default_factory=dict)
    pools: list[str] = msgspec.field(default_factory=list)
    hints: ClassVar[Mapping[str, Text]] = {
        "slots": _("Give one to %(n)s slot ids.", n=MAX_SLOTS),
        "consent": _("Please agree, so that we may keep your details for the session."),
    }


class Code(Choice, frozen=True, kw_only=True):
    code: str


class PartyChange(Body, frozen=True):
    adults: int | UnsetType = UNSET
    children: int | UnsetType = UNSET


class ContactChange(Body, frozen=True):
    name: str | UnsetType = UNSET
    kana: str | UnsetType = UNSET


class Change(Body, frozen=True):
    """What is not given stays; `slot`: the session whose number of people is meant."""

    party: PartyChange = PartyChange()
    contact: ContactChange = ContactChange()
    slot: SlotId | None = None


# --- Push ---------------------------------------------------------------------------------------


class PushSubscription(Body, frozen=True):
    """Of a reservation by its reference, or of a plan by the key that may change it.

    `subscription` is what PushSubscription.toJSON() gives (W3C Push API).
    """

    subscription: dict[str, Any]
    reservation: str = ""
    itinerary: str | UnsetType = UNSET
    hints: ClassVar[Mapping[str, Text]] = {
        "subscription": _("A subscription is what PushSubscription.toJSON() gives.")
    }


TAKEN = (Points, PlanWish, Wish, Choice, Code, Change, PushSubscription, PushRenewal, Browser)
"""What bodies are described by, in the order of the document."""
