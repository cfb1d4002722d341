"""One truth of a party: by whom it ended, what is said of it, and what is offered then."""

from datetime import timedelta

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_programme, make_site, make_slot
from tests.reservations.factories import make_party, make_wish
from tour.audit.service import Actor
from tour.notifications.message import MADE_AS_IT_LEAVES, Message
from tour.notifications.models import Reminder
from tour.notifications.sending.wording import Promised
from tour.reservations import service
from tour.reservations.changes.slots import called_off_words, cancel_slot
from tour.reservations.door.arrivals import Arrival
from tour.reservations.held import changes
from tour.reservations.messages import receipts
from tour.reservations.models import Place
from tour.reservations.standing.stages import (
    ENDED,
    HEADS,
    SENTENCES,
    Facts,
    Stage,
    stage_of,
    stage_of_all,
)
from tour.reservations.states import EndedBy, PlaceStatus
from tour.staff.reservations import parties

HOUR = timedelta(hours=1)
EN = {"Accept-Language": "en"}
STAFF = Actor(None, "王子 花子")
BEFORE, DURING, AFTER = NOON - HOUR, NOON, NOON + HOUR
CONFIRMED, RELEASED, CANCELLED = (
    PlaceStatus.CONFIRMED,
    PlaceStatus.RELEASED,
    PlaceStatus.CANCELLED,
)


@pytest.mark.parametrize(
    ("status", "arrived", "listed", "now", "stage"),
    [
        (PlaceStatus.HELD, False, False, BEFORE, Stage.HELD),
        (PlaceStatus.UNPROVED, False, False, BEFORE, Stage.UNPROVED),
        (CONFIRMED, False, False, BEFORE, Stage.COMING),
        (CONFIRMED, False, True, DURING, Stage.UNDER_WAY),
        (CONFIRMED, True, True, AFTER, Stage.CAME),
        (CONFIRMED, False, True, AFTER, Stage.MISSED),
        (CONFIRMED, False, False, AFTER, Stage.CAME),
        (RELEASED, False, True, DURING, Stage.RELEASED),
        (RELEASED, False, True, AFTER, Stage.MISSED),
    ],
)
def test_what_the_clock_and_the_door_say(
    status: PlaceStatus, arrived: bool, listed: bool, now: object, stage: Stage
) -> None:
    facts = Facts(status, EndedBy.NOBODY, NOON, NOON + HOUR / 2, arrived, listed)
    assert stage_of(facts, now) == stage  # type: ignore[arg-type]


@pytest.mark.parametrize("by", [who for who in EndedBy if who != EndedBy.NOBODY])
@pytest.mark.parametrize("now", [BEFORE, AFTER])
def test_what_was_ended_says_by_whom_before_and_after(by: EndedBy, now: object) -> None:
    facts = Facts(CANCELLED, by, NOON, NOON + HOUR)
    stage = stage_of(facts, now)  # type: ignore[arg-type]
    assert stage == ENDED[by]
    assert stage in HEADS
    assert stage in SENTENCES


def test_a_whole_is_called_by_what_is_still_to_come() -> None:
    assert stage_of_all([Stage.GIVEN_BACK, Stage.COMING, Stage.CAME]) == Stage.COMING
    assert stage_of_all([Stage.MISSED, Stage.CAME]) == Stage.CAME
    assert stage_of_all([Stage.GIVEN_BACK, Stage.CALLED_OFF]) == Stage.CALLED_OFF
    assert stage_of_all([]) is None


async def test_called_off_by_the_host_says_so_with_the_reason_and_other_times(
    client: httpx.AsyncClient,
) -> None:
    programme = await make_programme()
    slot = await make_slot(programme=programme)
    later = await make_slot(programme=programme, starts_at=DAY_AHEAD + 3 * HOUR)
    made = await service.reserve(make_wish(slot), now=NOON)
    await cancel_slot(slot.id, "窯がこわれました。", actor=STAFF, now=NOON)
    path = f"/reservations/{made.reference}"
    page = (await client.get(path, headers=EN)).text
    assert "The host has called this session off." in page
    assert "窯がこわれました。" in page
    assert f"/slots/{later.id}/reserve" in page
    assert "Thank you for telling us" not in page
    told = await Reminder.get(key=f"cancelled:{slot.id}")
    assert "窯がこわれました。" in told.body
    promised = Promised(made.recipient_id, told.key, Message(told.title, told.body, told.url))
    assert "15:00" in (await called_off_words(promised, NOON)).message.body
    shown = (await client.get(f"/api/v1{path}")).json()
    assert shown["stage"] == "called-off"
    assert shown["slots"][0]["ended_by"] == "host"
    assert shown["slots"][0]["reason"] == "窯がこわれました。"


async def test_who_gives_back_by_itself_is_thanked(client: httpx.AsyncClient) -> None:
    made = await service.reserve(make_wish(await make_slot()), now=NOON)
    await changes.cancel(made.reference, now=NOON)
    page = (await client.get(f"/reservations/{made.reference}", headers=EN)).text
    assert "Thank you for telling us" in page


async def test_what_staff_cancelled_says_so_and_why(client: httpx.AsyncClient) -> None:
    slot = await make_slot()
    made = await service.reserve(make_wish(slot), now=NOON)
    await parties.cancel_place(made.id, slot.id, "二重の申込み", actor=STAFF, now=NOON)
    page = (await client.get(f"/reservations/{made.reference}", headers=EN)).text
    assert "The organiser has cancelled this session for you." in page
    assert "二重の申込み" in page


@pytest.mark.parametrize(
    ("came", "others_came", "said"),
    [
        (True, False, "Thank you for coming"),
        (False, False, "Thank you for coming"),
        (False, True, "We missed you"),
    ],
)
async def test_after_the_day_a_ticket_offers_nothing_that_is_over(
    client: httpx.AsyncClient, clock: TurnableClock, came: bool, others_came: bool, said: str
) -> None:
    slot = await make_slot()
    made = await service.reserve(make_wish(slot), now=NOON)
    other = await service.reserve(make_wish(slot), now=NOON)
    for party, is_here in ((made, came), (other, others_came)):
        if is_here:
            place = await Place.get(reservation_id=party.id)
            await Arrival.create(place=place, arrived_at=slot.starts_at)
    path = f"/reservations/{made.reference}"
    clock.turn_to(slot.ends_at)
    page = (await client.get(path, headers=EN)).text
    assert f"<h1>{said}</h1>" in page
    for over in ("calendar.ics", f"{path}/cancel", f"{path}/change", "/resend", 'id="qr"', "#way"):
        assert over not in page
    assert "confirmed" not in page.lower()
    mine = (await client.get("/reservations", headers=EN)).text
    assert "Confirmed" not in mine


@pytest.mark.usefixtures("database")
async def test_a_confirmation_is_complete_and_in_the_order_of_the_day() -> None:
    site = await make_site(address="東京都北区王子1-1-1", access_note="裏の青い戸から。")
    programme = await make_programme(site=site, price_yen=1500, bring="エプロン")
    late = await make_slot(programme=programme, starts_at=DAY_AHEAD + 3 * HOUR)
    early = await make_slot(programme=programme)
    party = make_party(2, 1, name="北 花子")
    made = await service.reserve(make_wish(late, early, party=party), now=NOON)
    promised = Promised(made.recipient_id, "receipt", MADE_AS_IT_LEAVES)
    words = await receipts.words(promised, NOON)
    body = words.message.body if words else ""
    assert body.index("12月8日(火) 12:00～13:00") < body.index("12月8日(火) 15:00～16:00")
    for said in (
        "東京都北区王子1-1-1",
        "裏の青い戸から。",
        "エプロン",
        "4,500円",
        "1,500円",
        "3人（子ども1人）",
        "北 花子",
        made.door_code,
        "11:30",
    ):
        assert said in body, body
