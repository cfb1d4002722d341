"""What hosts ask is asked on the entry to a draw, and goes with what comes of it."""

from datetime import timedelta

import httpx

from tests.conftest import NOON, TurnableClock
from tests.factories import make_programme, make_slot
from tests.reservations.factories import answered, typed
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import worker
from tour.reservations.draws import draws
from tour.reservations.models import Draw, DrawEntry, Place, WaitlistEntry

HAND = {"text": "利き手はどちらですか", "required": True}
HEIGHT = {"text": "身長は何センチですか", "required": False}
CLOSES = timedelta(days=1)


async def asking(*questions: dict[str, object], **values: object) -> Programme:
    return await make_programme(questions=list(questions), **values)


async def drawn(programme: Programme, day: int = 7, capacity: int = 8) -> Slot:
    at = NOON + timedelta(days=day)
    return await make_slot(at, programme=programme, capacity=capacity, allocation=Allocation.DRAW)


async def draw_of(*slots: Slot, pools: dict[str, int] | None = None) -> Draw:
    return await draws.open_draw(
        [slot.id for slot in slots],
        event_id=None,
        entries_close_at=NOON + CLOSES,
        pools={slots[0].id: pools or {}},
    )


def ranking(*slots: Slot) -> dict[str, str]:
    return {f"choice-{number}": str(slot.id) for number, slot in enumerate(slots, start=1)}


async def enter(client: httpx.AsyncClient, draw: Draw, values: dict[str, str]) -> httpx.Response:
    return await client.post(f"/draws/{draw.id}/enter", data={**typed(), **values})


async def hold(client: httpx.AsyncClient, draw: Draw, clock: TurnableClock) -> str:
    """Let the draw be held; returns its public record."""
    clock.turn_to(draw.draws_at)
    await worker.run_due(clock())
    return (await client.get(f"/draws/{draw.id}.json")).text


async def test_the_answers_are_on_the_won_place_and_in_no_public_list(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    """One programme asks once, for all of its times."""
    programme = await asking(HAND, HEIGHT, asks_photo_consent=True)
    slots = [await drawn(programme, day) for day in (7, 8)]
    draw = await draw_of(*slots)
    form = (await client.get(f"/draws/{draw.id}/enter")).text
    assert form.count("利き手はどちらですか") == 1
    assert "写真に写ってもかまいません" in form
    answers = {f"answer-{slots[0].id}-0": "左です", f"answer-{slots[0].id}-1": "１２０"}
    values = {**ranking(slots[1]), **answers, "photos_asked": "1"}
    assert (await enter(client, draw, values)).status_code == 303
    record = await hold(client, draw, clock)
    place = await Place.get().select_related("reservation")
    assert (place.slot_id, answered(place.answers)) == (slots[1].id, ["左です", "１２０"])
    assert place.reservation.photos_allowed is False
    assert "左です" not in record


async def test_a_question_that_must_be_answered_is_and_what_was_typed_stays(
    client: httpx.AsyncClient,
) -> None:
    programme = await asking(HAND, HEIGHT)
    slots = [await drawn(programme, day) for day in (7, 8)]
    draw = await draw_of(*slots, pools={"children": 2})
    height = f"answer-{slots[0].id}-1"
    values = {**ranking(slots[1]), height: "１２０", "pool": "children"}
    answer = await enter(client, draw, values)
    assert answer.status_code == 422
    assert f'id="answer-{slots[0].id}-0-error"' in answer.text
    assert 'value="１２０"' in answer.text
    assert 'value="children" checked' in answer.text
    assert await DrawEntry.all().count() == 0


async def test_only_the_hosts_of_what_was_chosen_must_be_answered(
    client: httpx.AsyncClient,
) -> None:
    left, right = [await drawn(await asking(HAND, title=t)) for t in ("藍染め", "木版")]
    draw = await draw_of(left, right)
    form = (await client.get(f"/draws/{draw.id}/enter")).text
    assert "「藍染め」からの質問" in form
    assert "「木版」からの質問" in form
    values = {**ranking(right), f"answer-{right.id}-0": "右です", f"answer-{left.id}-0": "左です"}
    assert (await enter(client, draw, values)).status_code == 303
    assert {k: answered(v) for k, v in (await DrawEntry.get()).answers.items()} == {
        str(right.id): ["右です"]
    }
    assert (await enter(client, draw, ranking(left, right))).status_code == 422


async def test_a_time_that_was_called_off_cannot_be_entered_for(client: httpx.AsyncClient) -> None:
    programme = await asking()
    off, on = await drawn(programme), await drawn(programme, 8)
    draw = await draw_of(off, on)
    await Slot.filter(id=off.id).update(status=SlotStatus.CANCELLED)
    answer = await enter(client, draw, ranking(off, on))
    assert (answer.status_code, await DrawEntry.exists()) == (422, False)
    assert (await enter(client, draw, ranking(on))).status_code == 303


async def test_who_loses_keeps_the_answers_in_the_queues(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slots = [await drawn(await asking(HAND), capacity=1) for _programme in range(2)]
    draw = await draw_of(*slots)
    given = {f"answer-{slot.id}-0": f"右 {slot.id}" for slot in slots}
    for _party in range(3):
        assert (await enter(client, draw, {**ranking(*slots), **given})).status_code == 303
    await hold(client, draw, clock)
    for found in (await Place.all(), await WaitlistEntry.all()):
        assert len(found) == 2
        assert all(answered(row.answers) == [f"右 {row.slot_id}"] for row in found)


async def test_the_api_is_asked_the_same(client: httpx.AsyncClient) -> None:
    slot = await drawn(await asking(HAND))
    draw = await draw_of(slot)
    wish = {
        "slots": [slot.id],
        "party": {"adults": 1},
        "contact": {"name": "Yui", "email": "yui@example.org"},
        "consent": True,
    }
    url = f"/api/v1/draws/{draw.id}/entries"
    refused = await client.post(url, json=wish)
    assert refused.status_code == 422
    assert f"answer-{slot.id}-0" in refused.text
    made = await client.post(url, json={**wish, "answers": {str(slot.id): ["左です"]}})
    assert made.status_code == 201, made.text
    assert answered((await DrawEntry.get()).answers[str(slot.id)]) == ["左です"]
