"""What cannot be meant is answered clearly, and nothing is lost: pages and API alike."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import make_programme, make_slot
from tests.reservations.factories import answered, typed
from tests.reservations.ledger import assert_ledger_holds
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import worker
from tour.reservations.draws import draws
from tour.reservations.models import DrawEntry, Place, Reservation
from tour.reservations.rules import read_party

Client = httpx.AsyncClient
PHONES = [
    ("０９０１２３４５６７８", "090-1234-5678"),
    ("090 1234 5678", "090-1234-5678"),
    ("(03)1234-5678", "03-1234-5678"),
    ("03（1234）5678", "03-1234-5678"),
    ("０３ー１２３４ー５６７８", "03-1234-5678"),
    ("+81 3-1234-5678", "03-1234-5678"),
    ("0120-123-456", "0120-123-456"),
    ("0570-012-345", "0570-012-345"),
    ("050-1234-5678", "050-1234-5678"),
    ("0466-12-3456", "0466-12-3456"),
    ("04992-2-1234", "04992-2-1234"),
    ("+49 30 901820", "+49 30 901820"),
    ("1234", None),
    ("九〇", None),
]


@pytest.mark.parametrize(("given", "kept"), PHONES)
def test_every_form_of_a_phone_number_is_one(given: str, kept: str | None) -> None:
    party, errors = read_party({"adults": "1", "name": "北 花子", "phone": given})
    assert (party.phone if party else None) == kept
    assert ("phone" in errors) == (kept is None)


@pytest.mark.parametrize("adults", ["0", "100", "-1", "2.5", "二", "", "９９９９", "²"])
async def test_a_party_that_cannot_be_is_refused_beside_its_field(
    client: Client, adults: str
) -> None:
    slot = await make_slot()
    data = {**typed(name="北 花子"), "adults": adults}
    answer = await client.post(f"/slots/{slot.id}/reserve", data=data)
    assert answer.status_code == 422
    assert 'id="adults-error"' in answer.text
    assert 'value="北 花子"' in answer.text, "nothing typed is lost"
    assert (await Slot.get(id=slot.id)).seats_taken == 0


async def test_full_width_digits_are_digits(client: Client) -> None:
    slot = await make_slot()
    data = {**typed(), "adults": "２", "children": "１"}
    assert (await client.post(f"/slots/{slot.id}/reserve", data=data)).status_code == 303
    assert (await Slot.get(id=slot.id)).seats_taken == 3


NAMES = [
    "عائشة بنت محمد",
    "👩\u200d👩\u200d👧 花子",
    "Ł" * 100,
    "<script>alert(1)</script>",
    "\U000323b0田",  # a letter of Unicode 15
]


@pytest.mark.parametrize("name", NAMES)
async def test_any_script_and_any_emoji_is_a_name(client: Client, name: str) -> None:
    slot = await make_slot()
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(name=name))
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert "<script>alert" not in page
    assert (await Reservation.get()).name == name


async def test_what_turns_its_neighbours_around_is_taken_out(client: Client) -> None:
    data = typed(name="\u202edoc\u202c\u0000 \u2067x")
    await client.post(f"/slots/{(await make_slot()).id}/reserve", data=data)
    assert (await Reservation.get()).name == "doc x"


async def test_a_name_of_ten_thousand_letters_is_said_to_be_too_long(client: Client) -> None:
    slot = await make_slot()
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(name="花" * 10_000))
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "花" * 10_000 in answer.text


@pytest.mark.parametrize(
    ("values", "now"),
    [
        ({"status": SlotStatus.CANCELLED}, NOON),
        ({"status": SlotStatus.CLOSED}, NOON),
        ({}, NOON + timedelta(days=30)),
    ],
)
async def test_a_slot_that_is_over_or_called_off_says_so(
    client: Client, clock: TurnableClock, values: dict[str, Any], now: Any
) -> None:
    slot = await make_slot(**values)
    clock.turn_to(now)
    for path in ("reserve", "queue"):
        answer = await client.post(f"/slots/{slot.id}/{path}", data=typed())
        assert answer.status_code == 409, path
    assert (await client.get(f"/slots/{slot.id}/reserve")).status_code == 200
    assert await Reservation.all().count() == 0


async def test_a_draw_takes_nothing_after_its_deadline(
    client: Client, clock: TurnableClock
) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    data = {**typed(name="北 花子"), "choice-1": str(slot.id)}
    path = (await client.post(f"/draws/{draw.id}/enter", data=data)).headers["location"]
    clock.turn(days=1)
    late = {**data, "email": "late@example.org", "idempotency_key": uuid4().hex}
    assert (await client.post(f"/draws/{draw.id}/enter", data=late)).status_code == 409
    assert (await client.post(f"{path}/draw/leave")).status_code == 303, "until it is held"
    await worker.run_due(clock())
    assert (await client.post(f"/draws/{draw.id}/enter", data=late)).status_code == 409


@pytest.mark.parametrize("ranking", [[], ["x"], ["1", "1"], ["99999"]])
async def test_a_ranking_is_looked_at_as_a_whole(client: Client, ranking: list[str]) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    chosen = {f"choice-{n}": text for n, text in enumerate(ranking, start=1)}
    if ranking == ["1", "1"]:
        chosen = dict.fromkeys(chosen, str(slot.id))
    answer = await client.post(f"/draws/{draw.id}/enter", data={**typed(), **chosen})
    assert answer.status_code == 422
    assert 'id="choice-1-error"' in answer.text


async def test_an_offer_is_used_once(client: Client) -> None:
    slot = await make_slot(capacity=1)
    held = (await client.post(f"/slots/{slot.id}/reserve", data=typed())).headers["location"]
    queued = (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
    await client.post(f"{held}/cancel")
    accept = f"{queued}/queues/{slot.id}/accept"
    assert [(await client.post(accept)).status_code for _n in range(2)] == [303, 303]
    assert (await Slot.get(id=slot.id)).seats_taken == 1
    await client.post(f"{queued}/cancel")
    assert (await client.post(accept)).status_code in (303, 409)
    assert (await Slot.get(id=slot.id)).seats_taken == 0, "cancelled, it never opens again"
    await assert_ledger_holds()


async def test_a_foreign_reference_is_not_found(client: Client) -> None:
    await client.post(f"/slots/{(await make_slot()).id}/reserve", data=typed())
    for reference in ("a" * 26, "x", "A" * 26, "reservation"):
        for path in (f"/reservations/{reference}", f"/api/v1/reservations/{reference}"):
            assert (await client.get(path)).status_code == 404


async def test_a_parent_and_a_child_both_get_in_or_neither(client: Client) -> None:
    """A party is one; a smaller free place is left to a party that fits."""
    slot = await make_slot(capacity=1, programme=await make_programme(needs_adult=True))
    data = {**typed(), "children": "1"}
    assert (await client.post(f"/slots/{slot.id}/reserve", data=data)).status_code == 409
    child = {**typed(), "adults": "0", "children": "1"}
    assert (await client.post(f"/slots/{slot.id}/reserve", data=child)).status_code == 409
    assert (await Slot.get(id=slot.id)).seats_taken == 0


def wish(slot: Slot, **contact: str) -> dict[str, Any]:
    return {
        "slots": [slot.id],
        "party": {"adults": 1},
        "contact": {"name": "Yui", "email": "yui@example.org", **contact},
        "consent": True,
    }


async def test_a_key_makes_one_thing_and_opens_nobody_elses(client: Client) -> None:
    slot = await make_slot()
    key = {"Idempotency-Key": "a-key-of-yui"}
    first = await client.post("/api/v1/reservations", json=wish(slot), headers=key)
    again = await client.post("/api/v1/reservations", json=wish(slot), headers=key)
    assert first.json() == again.json()
    other = wish(slot, name="Mallory", email="mallory@example.org")
    for path in ("reservations", "waitlist-entries"):
        stolen = await client.post(f"/api/v1/{path}", json=other, headers=key)
        assert stolen.status_code == 409
        assert stolen.json()["type"].endswith("key-reused")
        assert "reference" not in stolen.json()
    assert (await Slot.get(id=slot.id)).seats_taken == 1


@pytest.mark.parametrize("key", ["short", "x" * 81, "spaces in it", "../../etc"])
async def test_a_key_that_is_none_is_named(client: Client, key: str) -> None:
    """Made up anew in silence, a retry would reserve twice."""
    answer = await client.post(
        "/api/v1/reservations", json=wish(await make_slot()), headers={"Idempotency-Key": key}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["Idempotency-Key"])


async def test_a_draw_is_entered_and_left_by_the_api(client: Client) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    path = f"/api/v1/draws/{draw.id}"
    assert (await client.get(path)).json()["commitment"] == draw.commitment
    made = await client.post(f"{path}/entries", json=wish(slot))
    assert (made.status_code, made.json()["draw"]["ranking"]) == (201, [slot.id])
    twice = await client.post(f"{path}/entries", json=wish(slot))
    assert twice.status_code == 409
    reference = made.json()["reference"]
    left = await client.delete(f"/api/v1/reservations/{reference}/draw-entry")
    assert left.status_code == 204
    assert (await client.post(f"{path}/entries", json=wish(slot))).status_code == 201


async def test_what_only_a_party_may_read_is_kept_by_no_cache(client: Client) -> None:
    slot = await make_slot()
    made = await client.post("/api/v1/reservations", json=wish(slot))
    path = f"/reservations/{made.json()['reference']}"
    answers = [
        made,
        await client.get(path),
        await client.get(f"{path}/calendar.ics"),
        await client.get(f"/api/v1{path}"),
        await client.patch(f"/api/v1{path}", json={"party": {"adults": 2}}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert {answer.headers.get("cache-control") for answer in answers} == {"no-store"}


UNWRITABLE = "a\x00b"


async def test_what_no_database_can_write_down_is_taken_out(client: Client) -> None:
    slot = await make_slot(programme=await make_programme(questions=[{"text": "?"}]))
    question = f"answer-{slot.id}-0"
    data = {**typed(kana="キタ\x00"), "note": UNWRITABLE, question: UNWRITABLE}
    body = wish(slot) | {"note": UNWRITABLE, "answers": {str(slot.id): [UNWRITABLE]}}
    for path, sent in (
        (f"/slots/{slot.id}/reserve", {"data": data}),
        ("/api/v1/reservations", {"json": body}),
    ):
        answer = await client.post(path, **sent)  # type: ignore[arg-type]
        assert answer.status_code in (201, 303), answer.text
    assert [made.note for made in await Reservation.all()] == ["ab", "ab"]
    assert [answered(place.answers) for place in await Place.all()] == [["ab"], ["ab"]]


async def test_no_address_has_letters_that_every_machine_shows_otherwise(client: Client) -> None:
    slot, email = await make_slot(), "yui\ue000@example.org"
    page = await client.post(f"/slots/{slot.id}/reserve", data=typed(email=email))
    assert (page.status_code, 'id="email-error"' in page.text) == (422, True)
    answer = await client.post("/api/v1/reservations", json=wish(slot, email=email))
    assert list(answer.json()["errors"]) == ["email"]


@pytest.mark.parametrize(
    "email", ["yui@example.org\u202e", "\u200byui@example.org", "<yui@example.org>、"]
)
async def test_what_came_along_with_an_address_is_not_kept(client: Client, email: str) -> None:
    slot = await make_slot()
    await client.post(f"/slots/{slot.id}/reserve", data=typed(email=email))
    again = {**wish(slot, email=email), "again": True}
    await client.post("/api/v1/reservations", json=again)
    kept = await Reservation.all().prefetch_related("recipient")
    assert [(one.email, one.recipient.email) for one in kept] == [("yui@example.org",) * 2] * 2


ONE_PERSON = [
    "hanako@example.jp",
    "<hanako@example.jp>",
    "hanako@example.jp,",
    "1<hanako@example.jp>",
    "mailto:hanako@example.jp",
    "hanako()@example.jp",
    '"hanako"@example.jp',
    "hanako@example.jp;",
    "hanako+2@example.jp",
]


async def test_one_mail_box_is_one_entry_in_a_draw(client: Client) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    for email in ONE_PERSON:
        data = {**typed(email=email), "choice-1": str(slot.id)}
        await client.post(f"/draws/{draw.id}/enter", data=data)
    assert await DrawEntry.all().count() == 1


async def test_a_likely_slip_is_asked_about_once(client: Client) -> None:
    slot = await make_slot()
    data = typed(email="hanako@gmial.com")
    asked = await client.post(f"/slots/{slot.id}/reserve", data=data)
    assert asked.status_code == 422
    assert "hanako@gmail.com" in asked.text
    assert 'name="email_asked" value="hanako@gmial.com"' in asked.text
    other = {**data, "email": "hanako@gmai.com", "email_asked": "hanako@gmial.com"}
    assert (await client.post(f"/slots/{slot.id}/reserve", data=other)).status_code == 422
    again = {**data, "email_asked": "hanako@gmial.com"}
    assert (await client.post(f"/slots/{slot.id}/reserve", data=again)).status_code == 303
    assert (await Reservation.get()).email == "hanako@gmial.com"


async def test_programs_are_not_asked_about_slips(client: Client) -> None:
    answer = await client.post(
        "/api/v1/reservations", json=wish(await make_slot(), email="hanako@gmial.com")
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2800 \u200d"])
async def test_a_name_that_nobody_can_see_is_no_name(client: Client, name: str) -> None:
    answer = await client.post(f"/slots/{(await make_slot()).id}/reserve", data=typed(name=name))
    assert (answer.status_code, 'id="name-error"' in answer.text) == (422, True)


async def test_half_a_character_is_no_address(client: Client) -> None:
    body = json.dumps(wish(await make_slot(), email="\ud800@x.jp"))
    answer = await client.post("/api/v1/reservations", content=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "x" * 5_000, ""])
async def test_a_browser_that_names_nothing_is_not_found(client: Client, text: object) -> None:
    path = "/api/v1/push-subscriptions"
    body, browser = (
        json.dumps({"reservation": text, "subscription": {}}),
        json.dumps({"endpoint": text}),
    )
    assert (await client.post(path, content=body)).status_code == 404
    assert (await client.post(f"{path}/removals", content=browser)).status_code == 204
    assert (await client.post(f"{path}/tests", content=browser)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("reservations", "waitlist-entries", "draws/1/entries", "plans", "walks/matrix"),
        *("push-subscriptions", "push-subscriptions/removals", "push-subscriptions/tests"),
        "push-subscriptions/renewals",
    ],
)
async def test_a_body_without_a_bottom_is_refused(client: Client, path: str) -> None:
    body = b'{"a":' + b"[" * 40_000 + b"]" * 40_000 + b"}"
    answer = await client.post(f"/api/v1/{path}", content=body)
    assert answer.status_code == 422
