"""One message for a day: several reservations in one browser, or with one mail box."""

from datetime import timedelta

import pytest

from tests.notifications.push_service import Step
from tour.db import transaction
from tour.notifications import queries, recipients, service
from tour.notifications.message import Action, Message
from tour.notifications.models import Delivery, PushSubscription, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.schedule import Choice
from tour.notifications.sending.fan_out import fan_out

EVENING = "evening:2026-12-02"
TWO_HOURS = "two-hours:2026-12-02"


def stop(line: str, number: int = 1) -> Message:
    page = f"/reservations/{number}"
    return Message("明日の体験", line, page, (Action("QRコードを表示", f"{page}#qr"),))


@pytest.fixture
def reserve(database: str, clock, settings):  # noqa: ARG001 - opened for the rows
    """A further reservation of somebody, in the same browser, with its reminder."""
    policy = EndpointPolicy.parse(settings.push_hosts)

    async def reserve(visitor, line: str, *, key: str = EVENING, due: float = 0, lasts: float = 2):
        recipient = await recipients.new_recipient(lang="ja", timezone="Asia/Tokyo", email="")
        await recipients.subscribe(recipient.id, visitor.phone.subscription(), policy, now=clock())
        await promise(recipient, clock, line, key=key, due=due, lasts=lasts)
        return recipient

    return reserve


async def promise(recipient, clock, line, *, key=EVENING, due: float = 0, lasts: float = 2):
    due_at = clock() + timedelta(hours=due)
    text = stop(line, recipient.id)
    until = due_at + timedelta(hours=lasts)
    return await service.queue(
        recipient.id, key, text, due_at=due_at, expires_at=until, now=clock()
    )


async def statuses() -> list[str]:
    return [str(r.status) for r in await Reminder.all().order_by("id")]


async def test_two_reservations_in_one_browser_are_one_message(
    worker, make_visitor, reserve, clock
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    second = await reserve(visitor, "10:00 木版を摺る")
    await worker.run_once()
    [received] = visitor.phone.received
    note = received.message["notification"]
    assert note["body"] == "10:00 木版を摺る\n13:00 江戸打ち紐"
    assert note["navigate"].endswith(f"/reservations/{second.id}")
    assert note["actions"][0]["navigate"].endswith(f"/reservations/{second.id}#qr")
    assert note["actions"][0]["title"].endswith(" 10:00")
    assert note["actions"][1]["title"].endswith(" 13:00")
    assert await statuses() == ["sent", "sent"]
    assert sorted(line.status for line in await queries.deliveries()) == ["sent", "together"]


async def test_what_is_due_later_that_day_comes_along(worker, make_visitor, reserve, clock) -> None:
    """As when both are reserved at once: two hours before the first, for the whole day."""
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "10:00 木版を摺る", key=TWO_HOURS)
    await reserve(visitor, "15:00 江戸打ち紐", key=TWO_HOURS, due=5)
    await worker.run_once()
    clock.turn(hours=6)
    await worker.run_once()
    [received] = visitor.phone.received
    assert received.message["notification"]["body"].splitlines() == [
        "10:00 木版を摺る",
        "15:00 江戸打ち紐",
    ]


@pytest.mark.parametrize("key", ["evening:2026-12-03", "two-hours:2026-12-02", "half-hour:7"])
async def test_another_day_or_kind_is_another_message(
    worker, make_visitor, reserve, clock, key
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    other = await reserve(visitor, "10:00 木版を摺る", key=key)
    await recipients.choose(other.id, list(Choice))
    await worker.run_once()
    assert len(visitor.phone.shown) == 2


async def test_messages_about_one_visit_stay_apart(worker, make_visitor, reserve, clock) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "中止", key="cancelled:7")
    await reserve(visitor, "中止", key="cancelled:7")
    await worker.run_once()
    assert len(visitor.phone.shown) == 2


async def test_news_shared_by_several_recipients_is_said_once_in_one_browser(
    worker, make_visitor, reserve, clock
) -> None:
    """As one text: it opens the same page for all of them."""
    visitor = await make_visitor()
    said = stop("残念ですが中止です\nまた組み直せます")
    other = await reserve(visitor, "", key="unrelated", due=5)
    for recipient in (visitor.recipient, other):
        await service.queue(
            recipient.id,
            "shared:plan:1",
            said,
            due_at=clock(),
            expires_at=clock() + timedelta(hours=1),
            now=clock(),
        )
    await worker.run_once()
    [received] = visitor.phone.received
    assert received.message["notification"]["body"] == "残念ですが中止です\nまた組み直せます"


async def test_other_phones_are_not_told_of_it(worker, make_visitor, reserve, clock) -> None:
    first, other = await make_visitor(), await make_visitor(email="")
    await promise(first.recipient, clock, "13:00 江戸打ち紐")
    await reserve(first, "10:00 木版を摺る")
    await promise(other.recipient, clock, "11:00 見学")
    await worker.run_once()
    [received] = other.phone.received
    assert received.message["notification"]["body"] == "11:00 見学"
    assert first.phone.tries == other.phone.tries == 1


async def test_who_has_two_browsers_is_told_in_both(
    worker, make_visitor, reserve, push, clock, settings
) -> None:
    visitor, tablet = await make_visitor(), push.phone()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    second = await reserve(visitor, "10:00 木版を摺る")
    policy = EndpointPolicy.parse(settings.push_hosts)
    await recipients.subscribe(second.id, tablet.subscription(), policy, now=clock())
    await worker.run_once()
    assert visitor.phone.received[0].message["notification"]["body"].count("\n") == 1
    assert tablet.received[0].message["notification"]["body"] == "10:00 木版を摺る"
    assert await statuses() == ["sent", "sent"]


@pytest.mark.parametrize("fault", [Step(500), Step(action="lost"), Step(429, retry_after=30)])
async def test_a_retry_says_the_same_and_replaces(
    worker, make_visitor, reserve, clock, fault
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    await reserve(visitor, "10:00 木版を摺る")
    visitor.phone.steps = [fault]
    await worker.run_once()
    clock.turn(minutes=5)
    await worker.run_once()
    assert visitor.phone.tries == 2
    assert len(visitor.phone.shown) == 1
    assert {r.message["notification"]["body"].count("\n") for r in visitor.phone.received} == {1}
    assert await statuses() == ["sent", "sent"]


async def test_a_browser_that_is_gone_means_a_mail_each_has_asked_for(
    worker, make_visitor, reserve, clock, settings
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    await reserve(visitor, "10:00 木版を摺る")  # without an address
    visitor.phone.steps = [Step(410)]
    await worker.run_once()
    await worker.run_once()
    assert not await PushSubscription.exists()
    assert await statuses() == ["sent", "failed"]
    assert len(list((settings.var / "mail").glob("*.eml"))) == 1


async def test_when_the_first_is_cancelled_the_other_still_comes(
    worker, make_visitor, reserve, clock
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    await reserve(visitor, "10:00 木版を摺る")
    visitor.phone.steps = [Step(500)]
    await worker.run_once()
    await service.cancel(visitor.recipient.id)
    clock.turn(minutes=5)
    await worker.run_once()
    [received] = visitor.phone.received
    assert received.message["notification"]["body"] == "10:00 木版を摺る"
    assert await statuses() == ["cancelled", "sent"]


async def test_when_the_second_is_cancelled_it_is_not_said(
    worker, make_visitor, reserve, clock
) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    second = await reserve(visitor, "10:00 木版を摺る")
    visitor.phone.steps = [Step(500)]
    await worker.run_once()
    await service.cancel(second.id)
    clock.turn(minutes=5)
    await worker.run_once()
    [received] = visitor.phone.received
    assert received.message["notification"]["body"] == "13:00 江戸打ち紐"
    assert await statuses() == ["sent", "cancelled"]


async def test_too_late_for_the_first_is_in_time_for_the_other(
    worker, make_visitor, reserve, clock
) -> None:
    visitor = await make_visitor(email="")
    await promise(visitor.recipient, clock, "10:00 木版を摺る", key=TWO_HOURS, lasts=0.5)
    await reserve(visitor, "15:00 江戸打ち紐", key=TWO_HOURS, lasts=5)
    visitor.phone.steps = [Step(503, retry_after=3000)]
    await worker.run_once()
    clock.turn(hours=1)
    await worker.run_once()
    [received] = visitor.phone.received
    assert received.message["notification"]["body"] == "15:00 江戸打ち紐"


async def test_who_did_not_choose_it_is_left_out(worker, make_visitor, reserve, clock) -> None:
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "13:00 江戸打ち紐")
    second = await reserve(visitor, "10:00 木版を摺る", due=1)
    await recipients.choose(second.id, [])
    await worker.run_once()
    assert visitor.phone.received[0].message["notification"]["body"] == "13:00 江戸打ち紐"
    assert await statuses() == ["sent", "waiting"]


async def test_one_mail_box_gets_one_mail(worker, make_visitor, clock, settings) -> None:
    for line in ("13:00 江戸打ち紐", "10:00 木版を摺る"):
        visitor = await make_visitor()
        await PushSubscription.all().delete()
        await promise(visitor.recipient, clock, line)
    await worker.run_once()
    [mail] = list((settings.var / "mail").glob("*.eml"))
    assert mail.exists()
    assert await statuses() == ["sent", "sent"]
    assert sorted(line.status for line in await queries.deliveries()) == ["sent", "together"]


async def test_everything_handed_out_is_told_once(worker, make_visitor, reserve, clock) -> None:
    """However the reminders are cut into batches."""
    visitor = await make_visitor()
    await promise(visitor.recipient, clock, "09:00 見学")
    for hour in range(10, 15):
        await reserve(visitor, f"{hour}:00 見学")
    async with transaction():
        assert await fan_out(clock(), 1) == 6
    await worker.run_once()
    assert visitor.phone.tries == 1
    assert visitor.phone.received[0].message["notification"]["body"].count("\n") == 5
    assert await Delivery.filter(status="together").count() == 5


BEGINS, LEAVE_NOW = "Your session begins at 10:30", "Time to leave"
GRACE = "Your seats wait."


async def visit(recipient, clock, key: str, title: str, *lines: str, minutes: int) -> None:
    page = f"/reservations/{recipient.id}"
    action = Action("QR", f"{page}#qr")
    text = Message(title, "\n".join((*lines, GRACE)), page, (action,))
    due_at = clock() + timedelta(minutes=minutes)
    until = due_at + timedelta(minutes=20)
    await service.queue(recipient.id, key, text, due_at=due_at, expires_at=until, now=clock())


@pytest.mark.parametrize("channel", ["push", "mail"])
@pytest.mark.parametrize(("begins", "leave"), [(0, 9), (9, 0), (0, 0)])
async def test_begins_and_time_to_leave_within_ten_minutes_are_one(
    worker, make_visitor, clock, settings, channel, begins, leave
) -> None:
    """At the time to leave, whichever comes first."""
    visitor = await make_visitor()
    who = visitor.recipient
    if channel == "mail":
        await PushSubscription.all().delete()
    await recipients.choose(who.id, list(Choice))
    await visit(who, clock, "half-hour:1", BEGINS, "10:30 木版", minutes=begins)
    way = ("10:30 木版", "From the station: 12 min")
    await visit(who, clock, "leave:1", LEAVE_NOW, *way, minutes=leave)
    for minute in range(10):
        await worker.run_once()
        letters = list((settings.var / "mail").glob("*.eml"))
        assert len(visitor.phone.received or letters) == int(minute >= leave)
        clock.turn(minutes=1)
    assert await statuses() == ["sent", "sent"]
    if channel == "push":
        note = visitor.phone.received[0].message["notification"]
        assert note["title"] == f"{BEGINS} · {LEAVE_NOW}"
        assert note["body"].splitlines() == [*way, GRACE]


async def test_two_ways_of_one_browser_are_one_message(
    worker, make_visitor, reserve, clock
) -> None:
    visitor = await make_visitor()
    other = await reserve(visitor, "", key="unrelated", due=5)
    for who in (visitor.recipient, other):
        await recipients.choose(who.id, list(Choice))
    first = ("10:30 木版", "From the station: 12 min")
    second = ("10:40 打ち紐", "From the station: 15 min")
    await visit(visitor.recipient, clock, "leave:1", LEAVE_NOW, *first, minutes=0)
    await visit(other, clock, "leave:2", LEAVE_NOW, *second, minutes=7)
    await worker.run_once()
    clock.turn(minutes=10)
    await worker.run_once()
    [received] = visitor.phone.received
    note = received.message["notification"]
    assert note["title"] == LEAVE_NOW
    assert note["body"].splitlines() == [*first, *second, GRACE]
    assert [action["title"] for action in note["actions"]] == ["QR 10:30", "QR 10:40"]


@pytest.mark.parametrize("choices", [[Choice.HALF_HOUR], [Choice.LEAVE]])
async def test_what_was_not_chosen_keeps_nothing_waiting(
    worker, make_visitor, clock, choices
) -> None:
    visitor = await make_visitor()
    await recipients.choose(visitor.recipient.id, choices)
    await visit(visitor.recipient, clock, "half-hour:1", BEGINS, "10:30 木版", minutes=0)
    await visit(visitor.recipient, clock, "leave:1", LEAVE_NOW, "10:30 木版", minutes=9)
    await worker.run_once()
    assert len(visitor.phone.received) == int(Choice.HALF_HOUR in choices)
    clock.turn(minutes=9)
    await worker.run_once()
    [received] = visitor.phone.received
    title = BEGINS if Choice.HALF_HOUR in choices else LEAVE_NOW
    assert received.message["notification"]["title"] == title


async def test_more_than_ten_minutes_apart_are_two(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await recipients.choose(visitor.recipient.id, list(Choice))
    await visit(visitor.recipient, clock, "half-hour:1", BEGINS, "10:30 木版", minutes=0)
    await visit(visitor.recipient, clock, "leave:1", LEAVE_NOW, "10:30 木版", minutes=11)
    await worker.run_once()
    assert len(visitor.phone.received) == 1
    clock.turn(minutes=11)
    await worker.run_once()
    assert len(visitor.phone.received) == 2
