"""What the API gives: types that are written as JSON and describe themselves.

`tour.api.openapi` derives the schemas of the document from them, so that a member that is added
here is described, and one that is described is there.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from tour.geo import Point, to_lon_lat
from tour.reservations.standing.stages import Stage
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus
from tour.sites.texts import IN_API
from tour.web.json_reply import Day, Instant, Reply

GEOJSON = "application/geo+json"
Position = tuple[float, float]
"""Longitude, latitude in degrees (RFC 7946, 3.1.1)."""
Status = Literal["open", "full", "closed", "cancelled"]
Role = Literal["host", "nearby"]


# --- Places (GeoJSON, RFC 7946) ----------------------------------------------------------------


class PointGeometry(Reply, frozen=True):
    type: Literal["Point"]
    coordinates: Position

    @classmethod
    def of(cls, point: Point) -> "PointGeometry":
        lon, lat = to_lon_lat(point)
        return cls(type="Point", coordinates=(lon, lat))


class Line(Reply, frozen=True):
    type: Literal["LineString"]
    coordinates: list[Position]


class _SiteBase(Reply, frozen=True):
    id: int
    slug: str
    kind: str
    kind_label: str


Site = msgspec.defstruct(
    "Site",
    [
        *((text.name, str) for text in IN_API),
        *((name, str) for name in ("name_en", "hours", "session_hours", "url")),
        ("access", list[str]),
        ("sample", bool),
        ("approximate", bool),
        ("number", int | None),
        ("role", Role | None),
    ],
    bases=(_SiteBase,),
    frozen=True,
    kw_only=True,
)
"""The texts of a place that programs read are listed with the others (`tour.sites.texts`)."""


class SiteFeature(Reply, frozen=True):
    type: Literal["Feature"]
    id: int
    geometry: PointGeometry | None
    properties: Site  # type: ignore[valid-type]  # made from the table of texts


class SiteCollection(Reply, frozen=True):
    type: Literal["FeatureCollection"]
    features: list[SiteFeature]


# --- Events and sessions ------------------------------------------------------------------------


class EventSite(Reply, frozen=True):
    slug: str
    number: int
    role: Role


class Event(Reply, frozen=True):
    slug: str
    title: str
    summary: str
    starts_on: Day
    ends_on: Day
    opens: str
    closes: str
    timezone: str
    sites: list[EventSite]
    url: str


class Events(Reply, frozen=True):
    items: list[Event]


class SlotProgramme(Reply, frozen=True):
    id: int
    title: str


class Slot(Reply, frozen=True):
    id: int
    programme: SlotProgramme
    site: str | None
    starts_at: Instant
    ends_at: Instant
    capacity: int
    seats_left: int
    max_party: int
    price_yen: int
    """Of one person; 0 is free."""
    allocation: Literal["first_come", "draw"]
    status: Status


class Slots(Reply, frozen=True):
    items: list[Slot]
    next: str | None


# --- Walks and plans ----------------------------------------------------------------------------


class Step(Reply, frozen=True):
    text: str
    distance_m: int


class Leg(Reply, frozen=True):
    distance_m: int
    minutes: int
    approximate: bool
    geometry: Line


class Walk(Leg, frozen=True):
    directions: list[Step]


class Matrix(Reply, frozen=True):
    """Rows are starts; null where there is no walk."""

    distance_m: list[list[int | None]]
    minutes: list[list[int | None]]
    approximate: list[list[bool]]


class Stop(Reply, frozen=True):
    site: str
    slot: int | None
    arrive: Instant
    start: Instant
    leave: Instant


class Pause(Reply, frozen=True):
    start: Instant
    end: Instant


class LeftOut(Reply, frozen=True, omit_defaults=True):
    """A place that must be seen and is not, and why; `because_of`: the places in its way."""

    site: str
    reason: str
    because_of: list[str] | UnsetType = UNSET


class Plan(Reply, frozen=True):
    date: Day
    stops: list[Stop]
    legs: list[Leg]
    lunch: Pause | None
    arrive: Instant
    distance_m: int
    optimal: bool
    left_out: list[LeftOut]


# --- Reservations, queues, draws ----------------------------------------------------------------


class Party(Reply, frozen=True):
    adults: int
    children: int


class Answer(Reply, frozen=True):
    """To a host's question, with its wording when it was asked."""

    question: str
    text: str


class PartysPlace(Reply, frozen=True):
    id: int
    status: PlaceStatus
    stage: Stage
    ended_by: str | None
    reason: str
    seats: int
    starts_at: Instant
    answers: list[Answer]


class Turn(Reply, frozen=True):
    slot: int
    status: WaitlistStatus
    ahead: int
    offer_ends_at: Instant | None


class DrawEntry(Reply, frozen=True):
    id: int
    status: EntryStatus
    receipt: str
    ranking: list[int]


class Reservation(Reply, frozen=True):
    reference: str
    url: str
    stage: Stage | None
    door_code: str
    party: Party
    slots: list[PartysPlace]
    waitlist: list[Turn]
    draw: DrawEntry | None


class ListedEntry(Reply, frozen=True):
    receipt: str
    seats: int
    ranking: list[int]
    pools: list[str]
    losses: int


class ListedOffer(Reply, frozen=True):
    slot: int
    seats: int
    pools: dict[str, int]


class DrawRecord(Reply, frozen=True):
    """The commitment; the list once entries are closed; seed and result when it was held."""

    draw: int
    commitment: str
    entries_close_at: Instant
    draws_at: Instant
    entries: list[ListedEntry] | UnsetType = UNSET
    slots: list[ListedOffer] | UnsetType = UNSET
    seed: str | UnsetType = UNSET
    result: list[tuple[str, int | None]] | UnsetType = UNSET


class Queued(Reply, frozen=True):
    queued: bool


class Problem(Reply, frozen=True):
    """Problem details (RFC 9457), as `tour.web.problems` answers them."""

    type: str
    title: str
    status: int
    detail: str
    slot: int | UnsetType = UNSET
    reference: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    confirm: str | UnsetType = UNSET
    ends_at: Instant | UnsetType = UNSET
    errors: dict[str, str] | UnsetType = UNSET


GIVEN = (
    SiteCollection,
    Events,
    Slots,
    Walk,
    Matrix,
    Plan,
    Reservation,
    DrawRecord,
    Queued,
    Problem,
)
"""What answers are described by, in the order of the document."""
