"""A reservation as its page shows it, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from tour.i18n import translate, translate_plural
from tour.programmes import queries as programmes
from tour.programmes.queries import SlotEntry
from tour.programmes.views import ProgrammeView, SlotCard, programme_view
from tour.reservations.calendar import Appointment
from tour.reservations.models import PlaceStatus
from tour.reservations.queries import PlaceEntry, ReservationEntry
from tour.reservations.rules import change_problem
from tour.sites.catalogue import SiteEntry
from tour.sites.views import site_card
from tour.web import lang, now, state


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its programme and place."""

    slot: SlotCard
    programme: ProgrammeView
    access_note: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    slot: SlotCard
    programme: ProgrammeView
    access_note: str
    seats: int
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class ReservationView:
    reference: str
    door_code: str
    name: str
    adults: int
    children: int
    party_text: str
    is_cancelled: bool
    places: tuple[PlaceView, ...]


async def slot_view(request: Request, slot: SlotEntry) -> SlotView:
    """Everything a page says about one slot; its site may be withdrawn, its programme not."""
    programme = await programmes.programme(slot.programme_id)
    catalogue = await state(request).caches.catalogue.current()
    site: SiteEntry = catalogue.by_id[programme.site_id]
    card = site_card(site, lang(request))
    view = programme_view(programme, [slot], card, lang=lang(request), now=now(request))
    return SlotView(view.slots[0], view, site.text("access_note", lang(request)))


async def reservation_view(request: Request, entry: ReservationEntry) -> ReservationView:
    made = entry.reservation
    return ReservationView(
        reference=made.reference,
        door_code=made.door_code,
        name=made.name,
        adults=made.adults,
        children=made.children,
        party_text=party_text(made.adults, made.children),
        is_cancelled=entry.is_cancelled,
        places=tuple([await _place_view(request, place) for place in entry.places]),
    )


async def _place_view(request: Request, place: PlaceEntry) -> PlaceView:
    view = await slot_view(request, place.slot)
    return PlaceView(
        slot=view.slot,
        programme=view.programme,
        access_note=view.access_note,
        seats=place.seats,
        is_cancelled=place.status == PlaceStatus.CANCELLED,
    )


def party_text(adults: int, children: int) -> str:
    """3人（子ども1）, or 3 people (1 child)."""
    people = translate_plural("%(num)d person", "%(num)d people", adults + children)
    if not children:
        return people
    some = translate_plural("%(num)d child", "%(num)d children", children)
    return translate("%(people)s (%(children)s)", people=people, children=some)


def can_cancel(entry: ReservationEntry, at: datetime) -> bool:
    held = [p for p in entry.places if p.status == PlaceStatus.CONFIRMED]
    closing = (change_problem(p.slot.booking_closes_at, now=at) for p in held)
    return bool(held) and not any(closing)


async def appointments(request: Request, entry: ReservationEntry) -> list[Appointment]:
    base = state(request).settings.base_url
    reference = entry.reservation.reference
    url = base + str(request.app.url_path_for("reservations:detail", reference=reference))
    return [
        _appointment(place, url, f"{entry.reservation.id}-{place.slot.id}@{base.split('//')[1]}")
        for place in (await reservation_view(request, entry)).places
    ]


def _appointment(place: PlaceView, url: str, uid: str) -> Appointment:
    lines = [place.slot.site.station_text, place.access_note, place.programme.bring]
    return Appointment(
        uid=uid,
        starts_at=place.slot.starts_at,
        ends_at=place.slot.ends_at,
        title=f"{place.slot.programme_title} ({place.slot.site.name})",
        place=f"{place.slot.site.name} {place.slot.site.address}".strip(),
        description="\n".join(line for line in lines if line),
        url=url,
        is_cancelled=place.is_cancelled,
    )
