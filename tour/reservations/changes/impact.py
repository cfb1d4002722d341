"""What calling off some sessions would do to people, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tour.notifications.reach import ways
from tour.programmes.models import Slot
from tour.reservations.draws import draws
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist.queue import UNANSWERED


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom calling off some sessions concerns. No message reaches the `unreached`."""

    slots: tuple[Slot, ...]
    sites: int
    parties: int
    people: int
    waiting: int
    in_draws: int
    recipients: tuple[int, ...]
    unreached: tuple[Reservation, ...]

    @property
    def sure(self) -> str:
        """Comes back with a yes that was given to exactly this."""
        return f"{len(self.slots)}-{self.parties}-{self.waiting}-{self.in_draws}"

    @property
    def concerns_nobody(self) -> bool:
        return not (self.parties or self.waiting or self.in_draws)


async def impact_of(slots: Sequence[Slot]) -> Impact:
    """Of these sessions, which come with programme and site."""
    ids = [slot.id for slot in slots]
    places = await held_in(ids)
    parties = {place.reservation.id: place.reservation for place in places}
    turns = WaitlistEntry.filter(slot_id__in=ids, status__in=UNANSWERED)
    waiting = await turns.select_related("reservation")
    hoping = await draws.hoping_for(ids)
    concerned = parties | {turn.reservation.id: turn.reservation for turn in waiting}
    concerned |= {entry.reservation.id: entry.reservation for entry in hoping}
    return Impact(
        slots=tuple(slots),
        sites=len({slot.programme.site.id for slot in slots}),
        parties=len(parties),
        people=sum(party.party_size for party in parties.values()),
        waiting=len(waiting),
        in_draws=len(hoping),
        recipients=tuple({party.recipient_id for party in concerned.values()}),
        unreached=tuple(await _unreached(concerned.values())),
    )


async def held_in(slot_ids: Iterable[int]) -> list[Place]:
    """The confirmed places in these slots, each with its party."""
    held = Place.filter(slot_id__in=list(slot_ids), status=PlaceStatus.CONFIRMED)
    return await held.order_by("slot_id", "id").select_related("reservation")


async def _unreached(parties: Iterable[Reservation]) -> list[Reservation]:
    """Those to ring: no message reaches them."""
    known = {party.id: party for party in parties}
    way = await ways({party.recipient_id for party in known.values()})
    silent = [party for party in known.values() if not way[party.recipient_id].is_told]
    return sorted(silent, key=lambda party: (party.kana, party.name, party.id))
