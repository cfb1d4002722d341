"""What a contact holds already: nothing is reserved twice, or at one time, unless it is chosen."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_party, make_wish
from tour.programmes.models import BookingRules, Slot
from tour.reservations import service
from tour.reservations.errors import AlreadyReserved, Overlapping
from tour.reservations.held import changes
from tour.reservations.models import Place
from tour.reservations.rules import Clash, Stretch, clash_among, clash_with
from tour.reservations.states import PlaceStatus

HOUR = timedelta(hours=1)


def stretch(slot_id: int, starts: float, ends: float) -> Stretch:
    return Stretch(slot_id, NOON + starts * HOUR, NOON + ends * HOUR)


@pytest.mark.parametrize(
    ("held", "again", "split", "found"),
    [
        ([], False, False, None),
        ([stretch(1, 0, 1)], False, False, Clash(1, 1)),
        ([stretch(1, 0, 1)], True, False, None),
        ([stretch(1, 0, 1)], False, True, Clash(1, 1)),
        ([stretch(2, -1, 0)], False, False, None),
        ([stretch(2, 1, 2)], False, False, None),
        ([stretch(2, 0.5, 2)], False, False, Clash(1, 2)),
        ([stretch(2, 0.5, 2)], True, False, Clash(1, 2)),
        ([stretch(2, 0.5, 2)], False, True, None),
        ([stretch(2, 0.2, 0.4)], False, False, Clash(1, 2)),
        ([stretch(2, 0.2, 0.4), stretch(1, 0, 1)], False, False, Clash(1, 1)),
        ([stretch(2, 0.2, 0.4), stretch(1, 0, 1)], True, False, Clash(1, 2)),
    ],
)
def test_what_stands_against_a_slot_from_twelve_to_one(
    held: list[Stretch], again: bool, split: bool, found: Clash | None
) -> None:
    assert clash_with([stretch(1, 0, 1)], held, again, split) == found


def test_two_of_one_wish_at_one_time() -> None:
    morning, noon, long = stretch(1, 0, 1), stretch(2, 1, 2), stretch(3, 0.5, 4)
    assert clash_among([noon, morning]) is None
    assert clash_among([noon, long]) == Clash(2, 3)
    assert clash_among([morning, noon, long]) == Clash(3, 1)


@pytest.mark.usefixtures("database")
async def test_the_same_contact_holds_a_slot_once_unless_it_says_so() -> None:
    slot, party = await make_slot(), make_party()
    made = await service.reserve(make_wish(slot, party=party), now=NOON)
    with pytest.raises(AlreadyReserved) as refused:
        await service.reserve(make_wish(slot, party=party), now=NOON)
    assert refused.value.held is not None
    assert refused.value.held.reservation.reference == made.reference
    assert (await Slot.get(id=slot.id)).seats_taken == 1
    await service.reserve(make_wish(slot, party=party, again=True), now=NOON)
    assert (await Slot.get(id=slot.id)).seats_taken == 2


@pytest.mark.usefixtures("database")
async def test_by_mail_box_or_telephone() -> None:
    slot = await make_slot()
    first = make_party(email="hanako@example.org", phone="03-1234-5678")
    await service.reserve(make_wish(slot, party=first), now=NOON)
    for again in (
        make_party(email="HANAKO+kita@example.org", phone=""),
        make_party(email="", phone="03 1234 5678"),
    ):
        with pytest.raises(AlreadyReserved):
            await service.reserve(make_wish(slot, party=again), now=NOON)


@pytest.mark.usefixtures("database")
async def test_two_sessions_at_one_time_only_by_choice() -> None:
    first, beside = await make_slot(), await make_slot(DAY_AHEAD + HOUR / 2)
    after, party = await make_slot(DAY_AHEAD + HOUR), make_party()
    await service.reserve(make_wish(first, party=party), now=NOON)
    await service.reserve(make_wish(after, party=party), now=NOON)
    with pytest.raises(Overlapping) as refused:
        await service.reserve(make_wish(beside, party=party), now=NOON)
    assert refused.value.extra == {"slot": beside.id}
    await service.reserve(make_wish(beside, party=party, split=True), now=NOON)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("checks_contact", [False, True])
async def test_one_wish_for_two_at_one_time_only_by_choice(checks_contact: bool) -> None:
    """Where a code is asked first, too: not after it came back."""
    event = await make_event()
    await BookingRules.create(event=event, checks_contact=checks_contact)
    programme = await make_programme(event=event)
    first = await make_slot(programme=programme)
    beside = await make_slot(DAY_AHEAD + HOUR / 2, programme=programme)
    with pytest.raises(Overlapping):
        await service.reserve(make_wish(first, beside), now=NOON)
    assert await Place.all().count() == 0
    await service.reserve(make_wish(first, beside, split=True), now=NOON)
    assert await Place.all().count() == 2


@pytest.mark.usefixtures("database")
async def test_what_was_given_back_may_be_taken_again() -> None:
    slot, party = await make_slot(), make_party()
    made = await service.reserve(make_wish(slot, party=party), now=NOON)
    await changes.cancel(made.reference, now=NOON)
    await service.reserve(make_wish(slot, party=party), now=NOON)


@pytest.mark.usefixtures("database")
async def test_the_same_form_still_answers_with_the_same_reservation() -> None:
    slot, party = await make_slot(), make_party()
    wish = make_wish(slot, party=party)
    made = await service.reserve(wish, now=NOON)
    assert (await service.reserve(wish, now=NOON)).reference == made.reference


async def _all_at_once(slots: list[Slot], times: int) -> Counter[str]:
    """One party's forms for these slots in turn, each of a key of its own."""
    party = make_party()

    async def attempt(slot: Slot) -> str:
        try:
            await service.reserve(make_wish(slot, party=party), now=NOON)
        except (AlreadyReserved, Overlapping) as exc:
            return exc.problem
        return "made"

    wanted = (slots * times)[:times]
    return Counter(await asyncio.gather(*(attempt(slot) for slot in wanted)))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("sessions", [1, 2])
async def test_many_forms_of_one_contact_at_once_make_one_reservation(sessions: int) -> None:
    """For one session, and for two that overlap: Back and Send, pressed on two phones.

    In rounds: on PostgreSQL two meet at the one moment that matters in some of them only."""
    slots = [await make_slot(DAY_AHEAD + n * HOUR / 3, capacity=40) for n in range(sessions)]
    for _round in range(8):
        answers = await _all_at_once(slots, times=12)
        assert answers["made"] == 1
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 8
