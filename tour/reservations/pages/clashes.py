"""What stands against a wish, as its page says it: with the reservation to whoever holds that, with
the bare fact to everybody else (decision 0018)."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.entries import SlotEntry
from tour.programmes.queries import entry_of
from tour.programmes.views import SlotCard
from tour.reservations.errors import AlreadyReserved, Clashing, Overlapping
from tour.reservations.messages.receipts import party_text
from tour.reservations.models import Place, Reservation
from tour.reservations.parties import holdings, my_reservations
from tour.reservations.rules import Stretch, clash_among
from tour.reservations.standing import views

HOLDS = {
    AlreadyReserved.choice: _("You hold this already."),
    Overlapping.choice: _("You hold another session at that time."),
}
CHOICES = {
    AlreadyReserved.choice: _("Once more all the same: for other people"),
    Overlapping.choice: _("Both all the same: we split up"),
}
LOOK = _("The link to it is in the confirmation.")


@dataclass(frozen=True, slots=True)
class HeldView:
    """A place that this browser holds."""

    reference: str
    slot: SlotCard
    party_text: str


@dataclass(frozen=True, slots=True)
class ClashView:
    """`field` is the tick by which it is chosen all the same."""

    field: str
    said: tuple[Text, ...]
    choice: Text
    held: HeldView | None = None


async def shown(
    request: Request, slots: Sequence[SlotEntry], exc: Clashing | None
) -> ClashView | None:
    """What a form for these slots says: what was refused, else what can be foreseen."""
    return await refused(request, exc) if exc else await foreseen(request, slots)


async def refused(
    request: Request, exc: Clashing, *, proved_by: Reservation | None = None
) -> ClashView:
    """What was refused; `proved_by`: a party whose code has come back from its mail box."""
    place = exc.held
    if place and (
        my_reservations.holds(request, place.reservation) or _is_one_mail_box(place, proved_by)
    ):
        return await _held(request, exc.choice, place)
    said = (exc.message, LOOK) if place else (exc.message,)
    return ClashView(exc.choice, said, CHOICES[exc.choice])


async def foreseen(request: Request, slots: Sequence[SlotEntry]) -> ClashView | None:
    """What is known before the form is sent: two of its times at once, or what this browser holds
    already."""
    wanted = [Stretch(slot.id, slot.starts_at, slot.ends_at) for slot in slots]
    if found := await holdings.clashes_of(my_reservations.references(request), wanted):
        clash, place = found[0]
        kind = AlreadyReserved if clash.is_same else Overlapping
        return await _held(request, kind.choice, place)
    if pair := clash_among(wanted):
        exc = Overlapping(pair.wanted, None)
        return ClashView(exc.choice, (exc.message,), CHOICES[exc.choice])
    return None


async def _held(request: Request, choice: str, place: Place) -> ClashView:
    made = place.reservation
    card = (await views.slot_view(request, entry_of(place.slot))).slot
    people = party_text(made.adults, made.children)
    shown = HeldView(made.reference, card, people)
    return ClashView(choice, (HOLDS[choice],), CHOICES[choice], shown)


def _is_one_mail_box(place: Place, proved: Reservation | None) -> bool:
    return proved is not None and "" != proved.email_key == place.reservation.email_key
