"""Days at a door: nobody loses seats by a side effect, who is late is let in, everybody knows."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import TurnableClock
from tests.days import Party, PlayedDay, played, words
from tests.factories import DAY_AHEAD, make_event, make_programme, make_site, make_slot
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour.accounts.roles import Role
from tour.notifications.models import Recipient
from tour.programmes.models import BookingRules, Programme, Slot
from tour.reservations.door.arrivals import Arrival
from tour.reservations.states import PlaceStatus
from tour.sites.models import OpeningHours, Site


@pytest.fixture
async def day(app: Starlette, clock: TurnableClock) -> AsyncIterator[PlayedDay]:
    async with played(app, clock) as made:
        yield made
        await assert_ledger_holds()


async def half_past_two(day: PlayedDay, *, unasked: bool = False) -> tuple[Slot, list[Party]]:
    """A session at 14:30 with three parties of two, at 14:29."""
    [slot] = await day.session(day.at(14, 30))
    if unasked:
        await day.host.taps(f"slots/{slot.id}/rule", releases_absent="1")
    parties = [
        await day.reserves(slot, name=name, phone="090-1234-567" + str(n))
        for n, name in enumerate(("北 一郎", "北 二郎", "北 三郎"))
    ]
    await day.until(day.at(14, 29), step=timedelta(minutes=30))
    return slot, parties


async def far_site() -> Site:
    """Four kilometres to the north."""
    return await make_site(lat=35.79, lon=139.73)


async def statuses(parties: list[Party]) -> list[PlaceStatus]:
    return [PlaceStatus((await party.place()).status) for party in parties]


async def test_a_tick_for_one_throws_nobody_else_out(day: PlayedDay) -> None:
    _slot, parties = await half_past_two(day)
    await day.until(day.at(14, 42))
    assert (await day.host.scans(parties[0]))["good"]
    await day.until(day.at(15, 25), step=timedelta(minutes=1))
    assert await statuses(parties) == [PlaceStatus.CONFIRMED] * 3
    assert (await day.host.scans(parties[1]))["good"]


async def test_the_host_is_asked_with_names_telephones_and_words(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.host.scans(parties[0])
    await parties[2].taps(f"places/{slot.id}/late", minutes="20")
    await day.until(day.at(14, 39))
    assert "席をほかの方に" not in await day.host.reads()
    await day.until(day.at(14, 40))
    page = await day.host.source()
    asked = page[page.index('name="shown"') : page.index("</form>", page.index('name="shown"'))]
    assert "北 二郎" in asked
    assert "北 一郎" not in asked
    assert 'href="tel:090-1234-5671"' in asked
    assert "20分遅れ" in asked
    assert asked.count(" checked") == 1, "who says that it is late is not chosen beforehand"


async def test_given_away_told_truthfully_and_let_in_all_the_same(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 41))
    answer = await day.host.gives_away(slot, parties[1], shown_at=day.clock())
    assert answer.status_code == 303
    assert "2席" in await day.host.reads(f"?{answer.headers['location'].partition('?')[2]}")
    await day.work()
    assert [said.title for said in await parties[1].hears()][-1] == "席をほかの方にまわしました"
    page = await parties[1].reads()
    assert "取り消し" not in page
    assert "14:41" in page
    host_page = await day.host.reads()
    assert "2席が空きました" in host_page
    assert "北 二郎" in host_page
    said = await day.host.scans(parties[1])
    assert "14:41" in str(said["text"])
    assert "4席" in str(said["text"])
    assert not said["good"]
    assert said["let_in"]
    entered = await day.host.browser.post(str(said["let_in"]))
    assert entered.status_code == 303
    assert await statuses(parties) == [PlaceStatus.CONFIRMED] * 3
    assert (await Slot.get(id=slot.id)).seats_taken == 6


async def test_giving_away_is_undone_while_the_seats_are_there(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 45))
    answer = await day.host.gives_away(slot, *parties[1:], shown_at=day.clock())
    assert (await day.host.undoes(answer)).status_code == 303
    assert await statuses(parties) == [PlaceStatus.CONFIRMED] * 3
    answer = await day.host.gives_away(slot, *parties[1:], shown_at=day.clock())
    for _person in range(5):
        assert (await day.host.taps(f"slots/{slot.id}/seats", do="walk:1")).status_code == 303
    assert (await day.host.undoes(answer)).status_code == 409
    assert await statuses(parties[1:]) == [PlaceStatus.RELEASED] * 2


@pytest.mark.parametrize("between", ["ticked", "undone", "said", "scanned offline"])
async def test_what_happens_between_question_and_answer_keeps_the_seats(
    day: PlayedDay, between: str
) -> None:
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 41))
    shown_at = day.clock()
    place = await parties[1].place()
    day.clock.turn(seconds=30)
    match between:
        case "ticked":
            await day.host.taps(f"places/{place.id}/arrive")
        case "undone":
            await day.host.taps(f"places/{place.id}/arrive")
            await day.host.taps(f"places/{place.id}/leave")
        case "said":
            await parties[1].taps(f"places/{slot.id}/late", minutes="0")
        case "scanned offline":
            await day.host.scans(parties[1], at=day.at(14, 31))
    day.clock.turn(seconds=30)
    await day.host.gives_away(slot, parties[1], shown_at=shown_at)
    assert (await parties[1].place()).status == PlaceStatus.CONFIRMED


async def test_a_scan_of_before_that_is_sent_after_brings_the_seats_back(day: PlayedDay) -> None:
    """A phone without a network scanned the party at 14:31 and sends it at 14:45."""
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 41))
    await day.host.gives_away(slot, parties[1], shown_at=day.clock())
    await day.until(day.at(14, 45))
    said = await day.host.scans(parties[1], at=day.at(14, 31))
    assert said["good"], said
    assert (await parties[1].place()).status == PlaceStatus.CONFIRMED
    assert (await Arrival.get(place__reservation__reference=parties[1].reference)).arrived_at == (
        day.at(14, 31)
    )


async def test_nothing_is_given_away_before_the_grace_is_over(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 39))
    answer = await day.host.gives_away(slot, parties[1], shown_at=day.clock())
    assert answer.status_code == 409
    assert (await parties[1].place()).status == PlaceStatus.CONFIRMED


async def test_another_sites_host_gives_nothing_away(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.until(day.at(14, 45))
    path = f"/host/{day.site.slug}/slots/{slot.id + 1}/absent"
    place = await parties[1].place()
    data = {"place": str(place.id), "shown": day.clock().isoformat()}
    assert (await day.host.browser.post(path, data=data)).status_code == 404
    assert (await parties[1].browser.post(path, data=data)).status_code in (302, 303, 401, 403)


# --- unasked, where the host chose it --------------------------------------------------------


async def test_unasked_only_where_the_host_chose_it_and_after_a_warning(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day, unasked=True)
    await day.host.scans(parties[0])
    await day.until(day.at(14, 31), step=timedelta(minutes=1))
    [asked] = [said for said in await parties[1].hears() if said.key == f"coming:{slot.id}"]
    assert "14:40" in asked.body
    assert "/late" in next(iter(asked.buttons.values()))
    assert not [said for said in await parties[0].hears() if said.key.startswith("coming")]
    assert (await parties[2].taps(f"places/{slot.id}/late", minutes="0")).status_code == 303
    await day.until(day.at(14, 39), step=timedelta(minutes=1))
    assert await statuses(parties) == [PlaceStatus.CONFIRMED] * 3
    await day.until(day.at(14, 40))
    freed = PlaceStatus.RELEASED
    assert await statuses(parties) == [PlaceStatus.CONFIRMED, freed, freed]


async def test_who_says_20_minutes_late_keeps_its_seats_half_an_hour(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day, unasked=True)
    await day.host.scans(parties[0])
    await parties[1].taps(f"places/{slot.id}/late", minutes="20")
    await day.until(day.at(14, 59), step=timedelta(minutes=1))
    confirmed, freed = PlaceStatus.CONFIRMED, PlaceStatus.RELEASED
    assert await statuses(parties) == [confirmed, confirmed, freed]
    await day.until(day.at(15, 0))
    assert await statuses(parties) == [confirmed, freed, freed]


@pytest.mark.parametrize("why", ["no list", "offline", "tick undone"])
async def test_unasked_never_where_the_door_cannot_know(day: PlayedDay, why: str) -> None:
    _slot, parties = await half_past_two(day, unasked=True)
    if why != "no list":
        await day.host.scans(parties[0])
    if why == "offline":
        await day.host.taps("check-in/seen", phone="abcdefgh12")
        day.clock.turn(minutes=3)
    if why == "tick undone":
        for party in parties[1:]:
            place = await party.place()
            await day.host.taps(f"places/{place.id}/arrive")
            await day.host.taps(f"places/{place.id}/leave")
    await day.until(day.at(15, 20))
    assert await statuses(parties) == [PlaceStatus.CONFIRMED] * 3


async def test_a_phone_that_said_good_bye_is_not_offline(day: PlayedDay) -> None:
    _slot, parties = await half_past_two(day, unasked=True)
    await day.host.scans(parties[0])
    await day.host.taps("check-in/seen", phone="abcdefgh12")
    await day.host.taps("check-in/seen", phone="abcdefgh12", leaves="1")
    await day.until(day.at(14, 41))
    assert (await parties[1].place()).status == PlaceStatus.RELEASED


# --- one scan, one session; two of three; later undo ------------------------------------------


async def test_one_scan_ticks_one_session_also_from_two_phones_and_late(day: PlayedDay) -> None:
    morning, afternoon = await day.session(day.at(14), day.at(16))
    visitor = await day.visitor()
    data = {**typed(2), "slot": [str(morning.id), str(afternoon.id)]}
    answer = await visitor.post("/reserve", data=data)
    party = Party(day, visitor, answer.headers["location"].rpartition("/")[2])
    await day.until(day.at(13, 55))
    assert (await day.host.scans(party))["outcome"] == "arrived"
    day.clock.turn(seconds=2)
    assert (await day.host.scans(party))["outcome"] == "already"
    await day.until(day.at(14, 30))
    assert (await day.host.scans(party, at=day.at(13, 54)))["outcome"] == "already"
    assert await Arrival.all().count() == 1
    await day.until(day.at(15, 50))
    assert await Arrival.get().values_list("place__slot_id", flat=True) == morning.id
    assert (await day.host.scans(party))["outcome"] == "arrived"
    assert await Arrival.all().count() == 2


async def test_two_of_three_came_and_a_wrong_tick_is_undone_later(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30))
    party = await day.reserves(slot, 3, name="北 一郎", kana="キタ イチロウ", note="えびアレルギー")
    await day.until(day.at(14, 25))
    said = await day.host.scans(party)
    assert said["name"] == "北 一郎 (キタ イチロウ)"
    assert "えびアレルギー" in said["notes"]  # type: ignore[operator]
    place = await party.place()
    assert (await day.host.taps(f"places/{place.id}/people", people="2")).status_code == 303
    page = await day.host.reads()
    assert "2/3人" in page
    assert (await day.host.taps(f"places/{place.id}/people", people="4")).status_code == 422
    await day.until(day.at(15, 0))
    await day.host.taps(f"places/{place.id}/leave")
    assert await Arrival.filter(taken_back_at=None).count() == 0
    assert (await day.host.scans(party))["good"]


async def test_who_is_here_is_not_told_to_set_out(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30))
    party = await day.reserves(slot)
    recipient = (await party.row()).recipient_id
    await Recipient.filter(id=recipient).update(choices=["half-hour", "leave"])
    await day.until(day.at(13, 50))
    await day.host.scans(party)
    place = await party.place()
    await day.until(day.at(13, 55))
    await day.host.taps(f"places/{place.id}/leave")
    await day.until(day.at(13, 57))
    await day.host.scans(party)
    await day.until(day.at(14, 10))
    assert f"half-hour:{slot.id}" not in {said.key for said in await party.hears()}


async def test_a_tick_that_was_undone_gives_the_reminder_back(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30))
    party = await day.reserves(slot)
    await Recipient.filter(id=(await party.row()).recipient_id).update(choices=["half-hour"])
    await day.until(day.at(13, 50))
    await day.host.scans(party)
    await day.host.taps(f"places/{(await party.place()).id}/leave")
    await day.until(day.at(14, 0))
    assert f"half-hour:{slot.id}" in {said.key for said in await party.hears()}


# --- cannot come after the cut-off ------------------------------------------------------------


async def test_after_the_cut_off_the_host_still_hears(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    day.clock.turn_to(day.at(14, 5))
    page = await parties[1].reads()
    assert "行けません" in page
    assert "03-0000-0000" in page
    await parties[1].proves_its_mail_box()
    assert (await parties[1].taps(f"places/{slot.id}/give-up")).status_code == 303
    assert (await parties[1].taps(f"places/{slot.id}/give-up")).status_code == 303
    assert "2席が空きました" in await day.host.reads()
    assert (await Slot.get(id=slot.id)).seats_taken == 4
    await day.work()
    assert [said.title for said in await parties[1].hears()][-1] == "取り消しを受け付けました"


async def test_who_has_come_cannot_say_that_it_does_not(day: PlayedDay) -> None:
    slot, parties = await half_past_two(day)
    await day.host.scans(parties[0])
    assert (await parties[0].taps(f"places/{slot.id}/give-up")).status_code == 409
    assert (await parties[0].taps(f"places/{slot.id}/late", minutes="10")).status_code == 409
    assert "遅れ" not in (await parties[0].reads()).partition("抽選番号")[0]


# --- running late ------------------------------------------------------------------------------


async def test_running_late_moves_the_day_and_tells_each_party_once(day: PlayedDay) -> None:
    first, second = await day.session(day.at(14), day.at(15))
    early, late = await day.reserves(first), await day.reserves(second)
    await day.until(day.at(13, 50))
    answer = await day.host.taps("door", do="delay:15")
    assert answer.status_code == 303
    await day.host.taps("door", do="delay:15")
    await day.work()
    moved = [(await Slot.get(id=slot.id)).starts_at for slot in (first, second)]
    assert moved == [day.at(14, 15), day.at(15, 15)]
    for party, time in ((early, "14:15"), (late, "15:15")):
        [said] = [s for s in await party.hears() if s.key.startswith("delay:")]
        assert "15分遅れ" in said.title
        assert time in said.body
        assert time in await party.reads()
        assert "予定より15分遅れ" in await party.reads()  # nobody adds them to the new time
    day.clock.turn(minutes=2)
    await day.host.undoes(answer)
    await day.work()
    assert [(await Slot.get(id=slot.id)).starts_at for slot in (first, second)] == [
        day.at(14),
        day.at(15),
    ]
    [again] = [s for s in await late.hears() if s.key.startswith("delay:")]
    assert "予定どおり" in again.title


async def test_times_an_hour_apart_move_by_an_hour_without_meeting(day: PlayedDay) -> None:
    slots = await day.session(day.at(14), day.at(15), day.at(16))
    await day.host.taps("door", do="delay:60")
    moved = [(await Slot.get(id=slot.id)).starts_at for slot in slots]
    assert moved == [day.at(15), day.at(16), day.at(17)]
    await day.host.taps("door", do="delay:0")
    assert [(await Slot.get(id=slot.id)).starts_at for slot in slots] == [
        day.at(14),
        day.at(15),
        day.at(16),
    ]


# --- closing early -----------------------------------------------------------------------------


async def test_closing_early_asks_tells_stops_and_its_undo_tells_again(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(16))
    party = await day.reserves(slot)
    await day.until(day.at(14))
    asked = await day.host.taps("door", do="closed")
    assert asked.status_code == 200
    assert (await Slot.get(id=slot.id)).status == "open"
    answer = await day.host.taps("door", do="closed", sure="1")
    await day.host.taps("door", do="closed", sure="1")
    await day.work()
    [said] = [s for s in await party.hears() if s.key == f"door:{slot.id}"]
    assert "早じまい" in said.title
    assert "席はそのままです" in await party.reads()
    visitor = await day.visitor()
    form = (await visitor.get(f"/slots/{slot.id}/reserve")).text
    assert "予約する席" not in form
    assert "までにお越しください" not in form
    assert "席はそのままです" not in form
    assert (await Slot.get(id=slot.id)).status == "closed"
    day.clock.turn(minutes=5)
    assert (await day.host.undoes(answer)).status_code == 303
    await day.work()
    [said] = [s for s in await party.hears() if s.key == f"door:{slot.id}"]
    assert "予定どおり" in said.title
    assert (await Slot.get(id=slot.id)).status == "open"


async def test_the_same_words_are_not_sent_twice(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(16))
    party = await day.reserves(slot)
    for _tap in range(3):
        await day.host.taps("messages", slot=str(slot.id), message="裏口からどうぞ")
        await day.work()
        day.clock.turn(minutes=10)
    assert len([s for s in await party.hears() if "裏口" in s.body]) == 1


async def test_walk_ins_take_the_seats_kept_for_them_first(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14), capacity=4)
    await Slot.filter(id=slot.id).update(seats_kept=2)
    await day.reserves(slot, 2)
    await day.until(day.at(13, 55))
    for _person in range(2):
        assert (await day.host.taps(f"slots/{slot.id}/seats", do="walk:1")).status_code == 303
    assert (await day.host.taps(f"slots/{slot.id}/seats", do="walk:1")).status_code == 409
    found = await Slot.get(id=slot.id)
    assert (found.seats_taken, found.seats_kept, found.walk_ins) == (4, 0, 2)
    page = await day.host.reads()
    assert "4人中2人" in page


# --- what was freed serves somebody ------------------------------------------------------------


async def test_seats_given_away_are_told_to_those_who_waited_and_are_near(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30), capacity=3)
    absent, _there = await day.reserves(slot), await day.reserves(slot, 1)
    near = await day.waits_for(slot, email="near@example.org")
    unknown, too_many = await day.waits_for(slot), await day.waits_for(slot, 3)
    [before] = await day.session(day.at(13), capacity=8)
    visit = await day.reserves(before, email="near@example.org", again="1")
    await day.until(day.at(12, 58), step=timedelta(minutes=20))
    await day.host.scans(visit)
    await day.until(day.at(14, 40))
    await day.host.gives_away(slot, absent, shown_at=day.clock())
    await day.host.taps("door", do="open")
    await day.work()
    told = {
        name: [said for said in await party.hears() if said.key == f"free-now:{slot.id}"]
        for name, party in (("near", near), ("unknown", unknown), ("too many", too_many))
    }
    assert {name: len(heard) for name, heard in told.items()} == {
        "near": 1,
        "unknown": 1,
        "too many": 0,
    }
    assert "歩いて" in told["near"][0].body
    assert "歩いて" not in told["unknown"][0].body
    assert "まだ予約できます" in await unknown.reads()
    assert (await unknown.taps(f"queues/{slot.id}/accept")).status_code == 303
    assert (await near.taps(f"queues/{slot.id}/accept")).status_code == 409
    assert (await day.host.scans(unknown))["good"]


async def test_who_is_known_to_be_too_far_is_not_called(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30), capacity=2)
    absent = await day.reserves(slot)
    far = await day.waits_for(slot, email="far@example.org")
    elsewhere = await make_slot(day.at(13), programme=await make_programme(site=await far_site()))
    await day.reserves(elsewhere, email="far@example.org")
    await day.until(day.at(14, 40), step=timedelta(minutes=20))
    await day.host.gives_away(slot, absent, shown_at=day.clock())
    await day.work()
    assert not [said for said in await far.hears() if said.key.startswith("free-now")]


# --- what the host says now stands first -------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "said"),
    [("full", "満員"), ("waiting:20", "約20分"), ("delay:15", "約15分遅れ"), ("closed", "で終了")],
)
async def test_what_the_host_says_now_stands_first_wherever_the_place_is_shown(
    day: PlayedDay, button: str, said: str
) -> None:
    [slot] = await day.session(day.at(14, 30))
    [later] = await day.session(day.at(14, 30, days=1))
    party, visitor = await day.reserves(slot), await day.visitor()
    await day.host.taps("door", do=button, sure="1")
    programme = slot.programme_id  # type: ignore[attr-defined]
    for path, ends in (
        (f"/sites/{day.site.slug}", "<h1"),
        (f"/programmes/{programme}", "<h1"),
        (f"/slots/{slot.id}/reserve", "<h1"),
        (f"/reservations/{party.reference}", 'class="ticket'),
    ):
        page = (await visitor.get(path)).text
        main = page[page.index("<main") : page.index(ends, page.index("<main"))]
        assert said in main, path
    assert said not in (await visitor.get(f"/slots/{later.id}/reserve")).text


async def test_a_door_that_closed_says_no_other_hours(day: PlayedDay) -> None:
    await OpeningHours.create(site=day.site, weekday=1, opens_minute=600, closes_minute=960)
    await day.host.taps("door", do="closed", sure="1")
    visitor = await day.visitor()
    page = (await visitor.get(f"/sites/{day.site.slug}")).text
    assert "今日 10:00" not in page
    assert "本日 10:00" not in page
    assert page.count("12:00で終了") == 2


# --- the rule and the one tap are told in time -------------------------------------------------


async def test_the_rule_is_told_on_form_ticket_and_reminder(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(15, 0))
    visitor = await day.visitor()
    assert "15:10までにお越しください" in (await visitor.get(f"/slots/{slot.id}/reserve")).text
    party = await day.reserves(slot)
    assert "15:10までにお越しください" in await party.reads()
    choices = ["two-hours", "half-hour"]
    await Recipient.filter(id=(await party.row()).recipient_id).update(choices=choices)
    await day.until(day.at(14, 30), step=timedelta(minutes=10))
    heard = {said.key.partition(":")[0]: said for said in await party.hears()}
    assert "10分後まで" in heard["two-hours"].body
    assert "10分後まで" in heard["half-hour"].body
    [late] = [url for url in heard["half-hour"].buttons.values() if url.endswith("/late")]
    page = words((await party.browser.get(late)).text)
    assert "10分遅れ" in page
    assert "行けません" in page
    await party.taps(f"places/{slot.id}/late", minutes="10")
    assert "「10分遅れます」" in await day.host.reads()


# --- cancelling is confirmed, and the list shows what became free ------------------------------


async def test_cancelling_is_confirmed_and_the_list_shows_what_became_free(day: PlayedDay) -> None:
    first, second = await day.session(day.at(15), day.at(17))
    visitor = await day.visitor()
    data = {**typed(2), "slot": [str(first.id), str(second.id)]}
    answer = await visitor.post("/reserve", data=data)
    party = Party(day, visitor, answer.headers["location"].rpartition("/")[2])
    await party.proves_its_mail_box()
    await party.taps(f"places/{first.id}/cancel")
    await day.work()
    [said] = [s for s in await party.hears() if s.key.startswith("given-up")]
    assert "15:00" in said.body
    assert "17:00" not in said.body
    assert "2席が空きました" in await day.host.reads()
    await party.taps("cancel")
    await party.taps("cancel")
    await day.work()
    [said] = [s for s in await party.hears() if s.key.startswith("given-up")]
    assert "17:00" in said.body


# --- whom to ring, and the desk ----------------------------------------------------------------


async def test_a_ticket_says_whom_to_ring_the_place_before_the_organisers(day: PlayedDay) -> None:
    [slot] = await day.session(day.at(14, 30))
    party = await day.reserves(slot)
    assert 'href="tel:03-0000-0000"' in (await party.source())
    profile = await day.host.fields("/profile")
    saved = await day.host.taps("profile", **{**profile, "phone": "０３−１２３４−５６７８"})
    assert saved.status_code == 303, words(saved.text)
    assert 'href="tel:03-1234-5678"' in await party.source()
    wrong = await day.host.taps("profile", **{**await day.host.fields("/profile"), "phone": "12"})
    assert wrong.status_code == 422
    public = (await party.browser.get(f"/sites/{day.site.slug}")).text
    assert "1234-5678" not in public, "only who has reserved sees it"


async def test_the_desk_is_asked_too(day: PlayedDay, app: Starlette) -> None:
    slot, parties = await half_past_two(day)
    await day.host.scans(parties[0])
    await day.until(day.at(14, 40))
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("desk@example.org", Role.STAFF))
        page = (await desk.get("/staff")).text
        assert f"{day.site.name}（2）" in page
        assert f"/host/{day.site.slug}" in page
        data = {"do": "give", "place": str((await parties[1].place()).id)}
        path = f"/host/{day.site.slug}/slots/{slot.id}/absent"
        answer = await desk.post(path, data={**data, "shown": day.clock().isoformat()})
        assert answer.status_code == 303
    assert (await parties[1].place()).status == PlaceStatus.RELEASED


@pytest.mark.parametrize(("allowed", "shown"), [(True, True), (False, False)])
async def test_a_host_chooses_only_what_staff_allow(
    day: PlayedDay, allowed: bool, shown: bool
) -> None:
    [slot] = await day.session(day.at(14, 30))
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, releases_absent=allowed)
    await Programme.filter(id=slot.programme_id).update(event=event)  # type: ignore[attr-defined]
    assert ("releases_absent" in await day.host.source(f"/slots/{slot.id}")) == shown
