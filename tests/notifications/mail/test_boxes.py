"""Nothing but one confirmation goes to a mail box that nobody has shown to read."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_site, make_slot
from tests.post_office import PostOffice
from tests.reservations.factories import make_party, make_wish, typed
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.notifications import recipients
from tour.notifications.mail import boxes
from tour.notifications.models import PushSubscription, Recipient
from tour.notifications.sending.worker import Worker
from tour.reservations import service
from tour.reservations.changes import slots as slot_changes
from tour.reservations.models import Reservation

HOST = Actor(None, "見本 職人")
VICTIM = {"email": "victim@example.org"}


async def reserve(client: httpx.AsyncClient, **values: str) -> str:
    slot = await make_slot(capacity=20)
    form = typed(**{**VICTIM, "again": "1", "split": "1", **values})
    answer = await client.post(f"/slots/{slot.id}/reserve", data=form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def settings_page(path: str) -> str:
    """As the page of the reservation has it, which whoever made it sees."""
    made = await Reservation.get(reference=path.rpartition("/")[2]).select_related("recipient")
    return f"/notifications/{made.recipient.token}"


def reader_link(office: PostOffice) -> str:
    """The end of the latest letter, which only its reader has."""
    body = office.mails[-1].get_body(("plain",))
    assert body
    found = re.search(r"http://testserver(/notifications/\S+)", body.get_content())
    assert found
    return found[1]


def reader_of(link: str) -> dict[str, str]:
    return {"reader": link.partition("reader=")[2]}


async def test_a_test_is_no_weapon(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    """60 tests a minute reached an address after its reservation was cancelled."""
    path = await reserve(client)
    await postman.run_once()
    page = await settings_page(path)
    await client.post(f"{path}/cancel")
    for _second in range(60):
        clock.turn(seconds=40)
        answer = await client.post(page, data={"do": "test"})
        assert answer.headers["location"].endswith("done=unproved")
        await client.post(f"{path}/resend")
        await postman.run_once()
        await client.post(f"{path}/cancel")
    assert len(office.mails) == 1


async def test_many_reservations_with_one_address_are_one_letter(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    spellings = ("victim@example.org", "VICTIM@example.org", "victim+x@example.org")
    paths = [await reserve(client, email=email) for email in spellings]
    await postman.run_once()
    assert len(office.mails) == 1
    clock.turn(minutes=5)
    answer = await client.post(f"{paths[0]}/resend")
    assert "said=unproved" in answer.headers["location"]
    await postman.run_once()
    assert len(office.mails) == 1
    assert "確認メールはお送りしていません" in (await client.get(paths[1])).text


async def test_its_reader_says_so_and_the_rest_follows(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    path, _other = await reserve(client), await reserve(client)
    await postman.run_once()
    link = reader_link(office)
    page = await client.get(link)
    assert 'value="mine"' in page.text
    assert (await Recipient.filter(proved_at=None).count()) == 2, "looking changes nothing"
    without = link.partition("?")[0]
    assert 'value="mine"' not in (await client.get(without)).text
    await client.post(without, data={"do": "mine"})
    await postman.run_once()
    assert len(office.mails) == 1
    await client.post(without, data={"do": "mine", **reader_of(link)})
    await postman.run_once()
    assert len(office.mails) == 2
    clock.turn(minutes=5)
    assert "said=sent" in (await client.post(f"{path}/resend")).headers["location"]
    assert (await client.post(without, data={"do": "test"})).headers["location"].endswith("=test")
    await postman.run_once()
    assert len(office.mails) == 4


async def test_a_proved_mail_box_gets_few_tests_whoever_asks(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    paths = [await reserve(client) for _number in range(3)]
    await postman.run_once()
    link = reader_link(office)
    await client.post(link.partition("?")[0], data={"do": "mine", **reader_of(link)})
    await postman.run_once()
    letters = len(office.mails)
    for _minute in range(10):
        clock.turn(minutes=1)
        for path in paths:
            await client.post(await settings_page(path), data={"do": "test"})
            await postman.run_once()
    assert len(office.mails) == letters + 3


async def test_a_stop_by_its_reader_is_undone_by_nobody_else(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    path = await reserve(client)
    await postman.run_once()
    link, page = reader_link(office), await settings_page(path)
    await client.post(page, data={"do": "stop", **reader_of(link)})
    answer = await client.post(page, data={"do": "resume"})
    assert answer.headers["location"].endswith("done=not-letters")
    await reserve(client)
    clock.turn(days=2)
    await reserve(client)
    for hours in (78, 24, 24):
        clock.turn(hours=hours)
        await postman.run_once()
    assert len(office.mails) == 1, "no reminder, and no confirmation of another one's reservation"
    await client.post(page, data={"do": "resume", **reader_of(link)})
    assert (
        await Recipient.get(reservations__reference=path.rpartition("/")[2])
    ).mail_stopped_at is None


async def test_a_stop_by_a_stranger_stops_nobody_elses_letters(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    stranger = await reserve(client, email="yui@example.org")
    await client.post(await settings_page(stranger), data={"do": "stop"})
    await postman.run_once()
    assert office.mails == []
    await reserve(client, email="yui@example.org")
    await postman.run_once()
    assert len(office.mails) == 1


async def test_reminders_and_news_of_what_is_reserved_are_not_held_back(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await reserve(client, email="yui@example.org")
    await postman.run_once()
    clock.turn(days=6, hours=6)
    await postman.run_once()
    assert len(office.mails) == 2, "the evening before is told"


async def test_who_stopped_letters_is_invited_by_paper(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    site = await make_site()
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, site))
    await client.post(f"/host/{site.slug}/people", data=VICTIM)
    await postman.run_once()
    text = office.mails[0].get_body(("plain",))
    assert text
    link = re.search(r"/invitations/[\w-]+", text.get_content())
    assert link
    await client.post(f"{link[0]}/decline", data={"never": "1"})
    refused = await client.post(f"/host/{site.slug}/people", data=VICTIM)
    assert refused.status_code == 409
    await postman.run_once()
    assert len(office.mails) == 1


async def test_what_is_given_up_meanwhile_is_not_confirmed_when_the_reader_comes(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    _first, second = await reserve(client), await reserve(client)
    await postman.run_once()
    await client.post(f"{second}/cancel")
    link = reader_link(office)
    await client.post(link.partition("?")[0], data={"do": "mine", **reader_of(link)})
    await postman.run_once()
    assert [mail["Subject"] for mail in office.mails] == [
        "予約が確定しました",
        "取り消しを受け付けました",
    ]


async def test_a_thousand_reservations_with_one_address_are_a_handful_of_letters(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    """By invented people, at many places, in all spellings, and then all of it called off; a tenth
    of a thousand here, as ten letters stay ten."""
    assert app
    slots = [await make_slot(DAY_AHEAD + timedelta(hours=2 * n), capacity=90) for n in range(6)]
    for number in range(90):
        party = make_party(email=f"victim+{number}@example.org", name=f"見本 {number}")
        wish = make_wish(slots[number % 6], party=party, again=True, split=True)
        await service.reserve(wish, now=clock())
    await postman.run_once()
    assert len(office.mails) == 1, "one confirmation"
    for slot in slots[:4]:
        await slot_changes.tell_slot(slot.id, "入口は裏です。", actor=HOST, now=clock())
        clock.turn(minutes=10)
        await slot_changes.cancel_slot(slot.id, "", actor=HOST, now=clock())
        await postman.run_once()
    assert len(office.mails) == boxes.MOST_LETTERS
    assert {str(mail["To"]).partition("+")[0] for mail in office.mails} == {"victim"}
    # The evening before what is left: what one mail box is told of a day is one letter.
    clock.turn_to(DAY_AHEAD - timedelta(hours=18))
    office.mails.clear()
    await postman.run_once()
    assert 1 <= len(office.mails) <= boxes.MOST_LETTERS


async def test_its_reader_is_told_all_that_waited(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    assert app
    slot = await make_slot(capacity=20)
    for _number in range(12):
        await service.reserve(make_wish(slot, party=make_party(**VICTIM), again=True), now=clock())
    await slot_changes.cancel_slot(slot.id, "窯がこわれました。", actor=HOST, now=clock())
    await postman.run_once()
    held = 12 - len(office.mails)
    assert held > 0
    one = await Recipient.first()
    assert one is not None
    await recipients.prove_mail_box(one.id, now=clock())
    await postman.run_once()
    assert len(office.mails) == 12, "that it is off, and no confirmation of what is no more"


async def test_another_mail_box_is_not_concerned(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    assert app
    slot = await make_slot(capacity=40)
    for number in range(30):
        party = make_party(email=f"reader-{number}@example.org")
        await service.reserve(make_wish(slot, party=party), now=clock())
    await slot_changes.cancel_slot(slot.id, "", actor=HOST, now=clock())
    await postman.run_once()
    assert len({str(mail["To"]) for mail in office.mails}) == 30


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("is_proved", "has_browser", "may"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
async def test_a_button_tells_again_who_reads_the_mail_box_or_asked_in_a_browser(
    is_proved: bool, has_browser: bool, may: bool
) -> None:
    async def reader(*, proved: bool, asked: bool) -> int:
        proved_at = NOON if proved else None
        made = await recipients.new_recipient(
            lang="ja", timezone="Asia/Tokyo", **VICTIM, proved_at=proved_at
        )
        if asked:
            keys = {"p256dh": "p", "auth": "a", "service": "push.example"}
            await PushSubscription.create(
                recipient=made, endpoint="https://push.example/1", created_at=NOON, **keys
            )
        return int(made.id)

    mine = await reader(proved=is_proved, asked=has_browser)
    await reader(proved=not is_proved, asked=not has_browser)
    assert await boxes.may_be_written_to(mine) is may
