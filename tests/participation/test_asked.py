"""Places that no letter reaches are rung; days, dates and words of a question and its answer."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, mailed_path, make_account, path_in, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.participation.test_answers import answer_of, ask, new_place, sent_by
from tests.publishing.days import SATURDAY, SUNDAY, make_day
from tests.staff.town import hidden
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.events.models import Event, Participation
from tour.notifications import recipients
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.notifications.sending.wording import Promised
from tour.notifications.states import ReminderStatus
from tour.participation.asked import Way, asked_places
from tour.participation.letters import KEY, SOON, WORDING
from tour.programmes.belonging import event_problem
from tour.sites.models import Site

TOKYO = ZoneInfo("Asia/Tokyo")
BOTH = f"{SATURDAY},{SUNDAY}"


@pytest.fixture
async def staff(app: Starlette):
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        yield desk


async def part_of(site: Site) -> Participation:
    return await Participation.get(site_id=site.id)


async def stop_mail(email: str) -> None:
    account = await Account.get(email=email)
    await recipients.stop(account.recipient_id, now=NOON)


async def change_dates(
    desk: httpx.AsyncClient, event: Event, first: date, last: date
) -> httpx.Response:
    path = f"/staff/events/{event.id}"
    page = await desk.get(path)
    data = {
        "title": event.title,
        "starts_on": str(first),
        "ends_on": str(last),
        "opens": "10:00",
        "closes": "16:00",
        "version": hidden(page, "version"),
    }
    return await desk.post(path, data=data)


async def test_of_five_asked_three_are_to_be_rung(staff: httpx.AsyncClient) -> None:
    event = await make_day(3)
    mailed, pushed, nobody, stopped, returned = [
        await new_place(n, tended=n != 11) for n in (9, 10, 11, 12, 13)
    ]
    await Site.filter(id=nobody.id).update(phone="03-1234-5678", office_phone="03-9999-0000")
    await Site.filter(id=stopped.id).update(office_phone="03-2222-3333")
    await stop_mail("host12@example.org")
    done = await ask(staff, event, mailed, pushed, nobody, stopped, returned)
    await Reminder.filter(key=f"{KEY}{event.id}:{returned.id}").update(status=ReminderStatus.FAILED)
    page = await staff.get(done.headers["location"])
    assert "メール：2か所" in page.text
    assert "電話：3か所" in page.text
    for phone in ("03-1234-5678", "03-9999-0000", "03-2222-3333"):
        assert f'href="tel:{phone}"' in page.text
    ways = {
        place.site_id: place.way for place in await asked_places(event, "ja", NOON) if place.is_open
    }
    assert ways == {
        mailed.id: Way.MAIL,
        pushed.id: Way.MAIL,
        nobody.id: Way.NOBODY,
        stopped.id: Way.STOPPED,
        returned.id: Way.RETURNED,
    }
    assert (await part_of(stopped)).asked_at is None, "nobody was written to"
    sites = await staff.get(f"/staff/events/{event.id}/sites")
    assert "電話：3か所" in sites.text
    assert f"/staff/events/{event.id}/asked" in (await staff.get("/staff")).text


async def test_staff_tick_off_whom_they_rang_and_write_down_who_said_what(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place(tended=False)
    await ask(staff, event, site)
    path = f"/staff/events/{event.id}/asked/{site.id}"
    await staff.post(path, data={"do": "phoned"})
    await staff.post(path, data={"do": "phoned"})
    assert (await part_of(site)).phoned_at == NOON
    assert "電話で聞いた" in (await staff.get(f"/staff/events/{event.id}/asked")).text
    await staff.post(path, data={"do": "unphoned"})
    assert (await part_of(site)).phoned_at is None

    fields = {"days": BOTH, "day": str(SATURDAY), "comment": "日曜は法事", "do": "accept"}
    nobodys = await staff.post(path, data=fields)
    assert nobodys.status_code == 422, "who said so?"
    assert "日曜は法事" in nobodys.text
    assert f'id="by-{site.id}-error"' in nobodys.text
    assert await answer_of(site) == "invited"
    assert (await staff.post(path, data={**fields, "by": "見本太郎さん"})).status_code == 303
    part = await part_of(site)
    assert (part.answer, part.answered_by) == ("accepted", "見本太郎さん")
    page = (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert "見本太郎さん" in page
    assert "日曜は法事" in page
    log = (await staff.get("/staff/log?lang=en")).text
    assert f"{site.name}: Who said so: 見本太郎さん" in log
    assert f"{site.name}: Days: Sat 5 Dec" in log
    assert site.name in (await client.get(f"/events/{event.slug}/map")).text


async def test_yes_to_saturday_and_no_to_sunday(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = await mailed_path()
    none = await client.post(path, data={"days": BOTH, "do": "accept", "comment": "駐車場なし"})
    assert none.status_code == 422
    assert "駐車場なし" in none.text, "what was typed stays"
    assert await answer_of(site) == "invited"
    fields = {"days": BOTH, "day": str(SATURDAY), "do": "accept", "comment": "駐車場なし"}
    assert (await client.post(path, data=fields)).status_code == 303
    assert (await part_of(site)).answered_for == {str(SATURDAY): True, str(SUNDAY): False}
    assert "12月5日(土)に参加" in (await client.get(f"/events/{event.slug}")).text
    again = (await client.get(path)).text
    assert f'value="{SATURDAY}" checked' in again
    assert f'value="{SUNDAY}" checked' not in again
    agenda = (await client.get(f"/api/v1/sites?event={event.slug}&lang=ja")).json()
    assert site.slug in {each["properties"]["slug"] for each in agenda["features"]}
    assert "駐車場なし" in (await staff.get(f"/staff/events/{event.id}/asked")).text
    whole = sent_by(await staff.get(f"/staff/events/{event.id}/sites"))
    whole[f"number-{site.id}"] = "40"
    await staff.post(f"/staff/events/{event.id}/sites", data=whole)
    kept = await part_of(site)
    assert (kept.number, kept.comment) == (40, "駐車場なし")
    assert kept.answered_for == {str(SATURDAY): True, str(SUNDAY): False}


async def test_a_question_has_a_word_and_a_date_and_is_reminded_of_once(
    staff: httpx.AsyncClient, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    event, site = await make_day(3), await new_place()
    page = await staff.get(f"/staff/events/{event.id}/sites")
    fields = {
        **sent_by(page),
        f"takes-{site.id}": "1",
        "word": "今年は\nスタンプラリーも。",
        "answer_by": "2026-12-04",
        "do": "ask",
    }
    path = f"/staff/events/{event.id}/sites"
    late = await staff.post(path, data={**fields, "answer_by": "2026-11-30"})
    assert late.status_code == 422
    assert "スタンプラリー" in late.text
    assert (await staff.post(path, data=fields)).status_code == 303
    letter = await Reminder.get(key=f"{KEY}{event.id}:{site.id}")
    soon = await Reminder.get(key=f"{SOON}{event.id}:{site.id}")
    assert soon.due_at == datetime(2026, 12, 3, 10, tzinfo=TOKYO)
    assert path_in(letter) == path_in(soon), "the link of the first letter goes on working"
    promised = Promised(soon.recipient_id, soon.key, Message("", "", soon.url))
    said = await WORDING[SOON](promised, soon.due_at)
    assert said
    assert "スタンプラリー" in said.message.body
    assert "12月4日(金)までに" in said.message.body
    answering = (await client.get(path_in(letter))).text
    assert "スタンプラリーも。" in answering
    assert "12月4日(金)までに" in answering

    clock.turn(days=4)
    assert "回答期限を過ぎて" in (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert "いまからでも" in (await client.get(path_in(letter))).text
    await client.post(path_in(letter), data={"do": "accept"})
    assert await WORDING[SOON](promised, soon.due_at) is None
    assert await answer_of(site) == "accepted", "the date is no lock"
    assert "期限の後" in (await staff.get(f"/staff/events/{event.id}/asked")).text


async def test_asking_again_without_a_date_reminds_no_more(staff: httpx.AsyncClient) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = f"/staff/events/{event.id}/asked"
    await staff.post(path, data={"word": "", "answer_by": "2026-12-04"})
    soon = await Reminder.get(key=f"{SOON}{event.id}:{site.id}")
    assert soon.status == ReminderStatus.WAITING
    await staff.post(path, data={"word": "もう一度", "answer_by": ""})
    await soon.refresh_from_db()
    assert soon.status == ReminderStatus.CANCELLED
    assert (await part_of(site)).word == "もう一度"


async def test_other_dates_are_asked_about_again(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = await mailed_path()
    await client.post(path, data={"do": "accept"})
    first = (await Site.get(slug="site-1")).id
    later = SATURDAY + timedelta(days=7)
    saved = await change_dates(staff, event, later, later + timedelta(days=1))
    assert saved.status_code == 303
    assert await answer_of(site) == "invited"
    assert (await Participation.get(site_id=first)).answer == "accepted", "staff noted that one"
    assert site.name not in (await client.get(f"/events/{event.slug}/map")).text
    page = (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert "日程が変わったため、もう一度聞いています" in page
    assert "日程が変わったため" in (await staff.get(saved.headers["location"])).text
    letter = await Reminder.get(key=f"{KEY}{event.id}:{site.id}")
    assert letter.due_at == NOON + timedelta(minutes=1), "other dates can be undone for a minute"
    old = {"days": BOTH, "day": str(SATURDAY), "do": "accept"}
    new_path = path_in(letter)
    assert "日程が変わりました" in (await client.get(new_path)).text
    stale = await client.post(new_path, data=old)
    assert stale.status_code == 409, "the page was about other days"
    assert await answer_of(site) == "invited"
    await client.post(new_path, data={"do": "accept"})
    assert await answer_of(site) == "accepted"


async def test_a_yes_to_two_days_stands_for_one_of_them_and_when_dates_come_back(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    fields = {"days": BOTH, "day": str(SATURDAY), "do": "accept"}
    await client.post(await mailed_path(), data=fields)
    before = await Reminder.all().count()
    for first, last, answer in (
        (SATURDAY, SATURDAY, "accepted"),
        (SUNDAY, SUNDAY, "declined"),
        (SATURDAY, SUNDAY + timedelta(days=1), "invited"),
        (SATURDAY, SUNDAY, "accepted"),
    ):
        await change_dates(staff, event, first, last)
        assert await answer_of(site) == answer
    assert await Reminder.all().count() == before, "one letter a place, written anew"
    assert (await part_of(site)).answered_for == {str(SATURDAY): True, str(SUNDAY): False}


async def test_two_hosts_who_answer_differently_are_both_seen(
    app: Starlette, staff: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place(tended=False)
    await ask(staff, event, site)
    for email, do in (("host9@example.org", "accept"), ("other@example.org", "decline")):
        async with browser(app) as host:
            await sign_in_as(host, await make_account(email, Role.HOST, site, name=email[:5]))
            path = f"/host/{site.slug}/events/{event.id}"
            if do == "decline":
                assert "回答：host9" in (await host.get(path)).text, "the other's answer"
            await host.post(path, data={"do": do})
    assert await answer_of(site) == "declined", "the last one counts"
    page = (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert "担当者の回答が分かれています" in page
    async with browser(app) as host:
        await sign_in_as(host, await Account.get(email="host9@example.org"))
        await host.post(f"/host/{site.slug}/events/{event.id}", data={"do": "decline"})
    page = (await staff.get(f"/staff/events/{event.id}/asked")).text
    assert "担当者の回答が分かれています" not in page


async def test_who_comes_to_a_place_later_sees_the_open_question(
    app: Starlette, staff: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place(tended=False)
    await ask(staff, event, site)
    async with browser(app) as host:
        await sign_in_as(host, await make_account("late@example.org", Role.HOST, site))
        assert f"/host/{site.slug}/events/{event.id}" in (await host.get(f"/host/{site.slug}")).text
    [place] = [each for each in await asked_places(event, "ja", NOON) if each.is_open]
    assert place.way == Way.UNWRITTEN
    await staff.post(f"/staff/events/{event.id}/asked", data={"word": "", "answer_by": ""})
    [place] = [each for each in await asked_places(event, "ja", NOON) if each.is_open]
    assert place.way == Way.MAIL


async def test_a_place_taken_out_is_asked_no_more_and_an_answer_twice_is_one(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    path = await mailed_path()
    for _again in range(2):
        assert (await client.post(path, data={"do": "accept"})).status_code == 303
    assert await AuditEntry.filter(action="event.answer").count() == 1
    fields = sent_by(await staff.get(f"/staff/events/{event.id}/sites"))
    del fields[f"takes-{site.id}"]
    await staff.post(f"/staff/events/{event.id}/sites", data={**fields, "do": "save"})
    assert (await client.post(path, data={"do": "accept"})).status_code == 404
    gone = await staff.post(f"/staff/events/{event.id}/asked/{site.id}", data={"do": "phoned"})
    assert gone.status_code == 404


async def test_what_somebody_stops_as_a_visitor_does_not_stop_the_wards_questions(
    app: Starlette, staff: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    visitor = await recipients.new_recipient(
        lang="ja", timezone="Asia/Tokyo", email="host9@example.org", proved_at=NOON
    )
    await recipients.stop(visitor.id, now=NOON)
    await ask(staff, event, site)
    [place] = [each for each in await asked_places(event, "ja", NOON) if each.is_open]
    assert place.way == Way.MAIL
    account = await Account.get(email="host9@example.org")
    reader = await Recipient.get(id=account.recipient_id)
    assert reader.is_working
    async with browser(app) as host:
        page = (await host.get(f"/notifications/{reader.token}")).text
        assert "主催者からのメール" in page
        assert 'name="choice"' not in page, "nothing of a visitor's reminders"
        await host.post(f"/notifications/{reader.token}", data={"do": "stop"})
        await sign_in_as(host, account)
        assert "メールを止めています" in (await host.get("/account")).text
    [place] = [each for each in await asked_places(event, "ja", NOON) if each.is_open]
    assert place.way == Way.STOPPED


async def test_an_invitation_goes_to_who_stopped_letters_as_a_visitor(
    staff: httpx.AsyncClient,
) -> None:
    site = await new_place(tended=False)
    visitor = await recipients.new_recipient(
        lang="ja", timezone="Asia/Tokyo", email="hanako@example.org", proved_at=NOON
    )
    await recipients.stop(visitor.id, now=NOON)
    data = {"email": "hanako@example.org", "site": site.slug, "role": "host", "do": "mail"}
    assert (await staff.post("/staff/people", data=data)).status_code in (200, 303)
    assert await Reminder.filter(key="invitation").count() == 1


async def test_a_session_on_a_day_without_the_place_is_refused(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event, site = await make_day(3), await new_place()
    await ask(staff, event, site)
    fields = {"days": BOTH, "day": str(SATURDAY), "do": "accept"}
    await client.post(await mailed_path(), data=fields)
    at = datetime(SATURDAY.year, SATURDAY.month, SATURDAY.day, 3, tzinfo=UTC)
    assert await event_problem(event.id, site.id, [at]) is None
    assert await event_problem(event.id, site.id, [at + timedelta(days=1)])
