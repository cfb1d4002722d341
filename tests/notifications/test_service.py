"""What callers may rely on: promises that replace each other, choices, stops, subscriptions."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.notifications.conftest import MESSAGE, queue_now
from tests.notifications.push_service import Step
from tour.db import transaction
from tour.errors import BadInput
from tour.notifications import recipients, service
from tour.notifications.answers import Verdict
from tour.notifications.message import Message
from tour.notifications.models import Delivery, PushSubscription, Recipient, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.recipients import MAX_SUBSCRIPTIONS, MessagesStopped
from tour.notifications.schedule import Choice
from tour.notifications.sending import outbox
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.trying import MAX_CLAIMS
from tour.notifications.service import Draft


def changed(title: str) -> Message:
    return Message(title, "14:00に変わりました", "/reservations/abc")


async def queue_for(recipient, clock, key: str, message: Message = MESSAGE) -> Reminder:
    until = clock() + timedelta(hours=2)
    return await service.queue(
        recipient.id, key, message, due_at=clock(), expires_at=until, now=clock()
    )


async def test_the_same_key_replaces_what_waits(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_for(visitor.recipient, clock, "slot:1", changed("古い"))
    await queue_for(visitor.recipient, clock, "slot:1", changed("新しい"))
    await worker.run_once()
    assert list(visitor.phone.shown.values()) == ["新しい"]
    assert visitor.phone.tries == 1


async def test_the_same_key_replaces_what_the_phone_shows(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_for(visitor.recipient, clock, "slot:1", changed("古い"))
    await worker.run_once()
    await queue_for(visitor.recipient, clock, "slot:1", changed("新しい"))
    await worker.run_once()
    assert list(visitor.phone.shown.values()) == ["新しい"]
    revisions = [r.message["notification"]["data"]["revision"] for r in visitor.phone.received]
    assert revisions == [1, 2]


async def test_many_at_once(make_visitor, clock) -> None:
    visitor = await make_visitor()
    later = clock() + timedelta(hours=1)
    drafts = [Draft(f"slot:{n}", MESSAGE, clock(), later) for n in range(3)]
    await service.queue_all(visitor.recipient.id, drafts[:2], now=clock())
    await service.queue_all(visitor.recipient.id, drafts, now=clock())
    rows = await Reminder.all().order_by("id").values_list("key", "revision")
    assert [tuple(row) for row in rows] == [("slot:0", 2), ("slot:1", 2), ("slot:2", 1)]


async def test_a_promise_falls_with_its_cause(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()

    async def reserve_and_fail() -> None:
        async with transaction():
            await queue_now(visitor.recipient, clock)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await reserve_and_fail()
    assert await worker.run_once() == 0
    assert visitor.phone.tries == 0


async def test_nothing_after_cancelling(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_for(visitor.recipient, clock, "two-hours:2026-12-05")
    await queue_for(visitor.recipient, clock, "evening:2026-12-05")
    assert await service.cancel(visitor.recipient.id, "evening:") == 1
    assert await service.cancel(visitor.recipient.id) == 1
    await worker.run_once()
    assert visitor.phone.tries == 0


async def test_a_retry_is_cancelled_too(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    visitor.phone.steps = [Step(500)]
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    await service.cancel(visitor.recipient.id)
    clock.turn(minutes=30)
    await worker.run_once()
    assert visitor.phone.tries == 1


@pytest.mark.parametrize("verb", ["cancel", "cancel_where", "cancel_keys", "take_back", "queue"])
async def test_what_is_on_its_way_is_stopped_with_its_reminder(
    worker, make_visitor, clock, verb
) -> None:
    """Handed out already, and claimed by nobody yet."""
    visitor = await make_visitor()
    reader, key = visitor.recipient.id, "two-hours:2026-12-05"
    await queue_for(visitor.recipient, clock, key)
    await queue_for(visitor.recipient, clock, "other:1")
    async with transaction():
        await fan_out(clock(), 100)
    if verb == "cancel":
        await service.cancel(reader, "two-hours:")
    elif verb == "cancel_where":
        await service.cancel_where([reader], lambda _reader, each: each == key)
    elif verb == "cancel_keys":
        await service.cancel_keys(reader, [key])
    elif verb == "take_back":
        await service.take_back(key)
    else:
        await service.queue(
            reader,
            key,
            MESSAGE,
            due_at=clock() + timedelta(hours=1),
            expires_at=clock() + timedelta(hours=2),
            now=clock(),
        )
    told = {row.reminder_id: str(row.status) for row in await Delivery.all()}
    stopped = await Reminder.get(key=key)
    assert told[stopped.id] == "cancelled"
    assert stopped.status == ("waiting" if verb == "queue" else "cancelled")
    await worker.run_once()
    assert visitor.phone.tries == 1, "the other one still leaves"


@pytest.mark.parametrize(("seconds", "tries"), [(299, 1), (300, 0), (301, 0)])
async def test_what_ran_out_in_a_workers_hand_is_not_sent(
    worker, make_visitor, clock, seconds, tries
) -> None:
    """Claimed in time, and begun when a phone could only show what is over."""
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock, minutes=5)
    async with transaction():
        await fan_out(clock(), 10)
        [job] = await outbox.claim(clock(), 10, {}, default_room=10)
    clock.turn(seconds=seconds)
    outcome = await worker._trier.attempt(job)
    assert visitor.phone.tries == tries
    assert (outcome.verdict == Verdict.EXPIRED) is not bool(tries)


@pytest.mark.parametrize(
    ("values", "verdict", "tries"),
    [
        ({}, Verdict.SENT, 1),
        ({"unfinished": MAX_CLAIMS}, Verdict.SENT, 1),
        ({"unfinished": MAX_CLAIMS + 1}, Verdict.FAILED, 0),
        ({"endpoint": None}, Verdict.GONE, 0),
        ({"parts": ()}, Verdict.WITHDRAWN, 0),
    ],
)
async def test_what_cannot_be_sent_is_not_tried(
    worker, make_visitor, clock, values, verdict, tries
) -> None:
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock, minutes=5)
    async with transaction():
        await fan_out(clock(), 10)
        [job] = await outbox.claim(clock(), 10, {}, default_room=10)
    outcome = await worker._trier.attempt(replace(job, **values))
    assert (outcome.verdict, visitor.phone.tries) == (verdict, tries)


async def test_what_the_visitor_did_not_choose_is_not_sent(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    for key in ("half-hour:1", "two-hours:2026-12-05", "cancelled:1"):
        await queue_for(visitor.recipient, clock, key)
    await recipients.choose(visitor.recipient.id, [Choice.HALF_HOUR])
    await worker.run_once()
    rows = await Reminder.all().values_list("key", "status")
    assert {key: str(status) for key, status in rows} == {
        "half-hour:1": "sent",
        "two-hours:2026-12-05": "muted",
        "cancelled:1": "sent",
    }


async def test_half_an_hour_before_is_off_until_chosen(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_for(visitor.recipient, clock, "half-hour:1")
    await worker.run_once()
    assert visitor.phone.tries == 0


async def test_stop_means_all_and_on_every_channel(worker, make_visitor, clock, settings) -> None:
    visitor = await make_visitor()
    await queue_for(visitor.recipient, clock, "cancelled:1")
    await recipients.stop(visitor.recipient.id, now=clock())
    await worker.run_once()
    assert visitor.phone.tries == 0
    assert not (settings.var / "mail").exists()


async def test_a_page_that_syncs_does_not_undo_a_stop(make_visitor, clock, settings) -> None:
    visitor = await make_visitor()
    policy = EndpointPolicy.parse(settings.push_hosts)
    await recipients.stop(visitor.recipient.id, now=clock())
    browser = visitor.phone.subscription()
    with pytest.raises(MessagesStopped):
        await recipients.subscribe(
            visitor.recipient.id, browser | {"resync": True}, policy, now=clock()
        )
    await recipients.subscribe(visitor.recipient.id, browser, policy, now=clock())
    assert (await Recipient.get(id=visitor.recipient.id)).stopped_at is None


async def test_changes_are_told_to_each_in_their_language(worker, make_visitor, clock) -> None:
    visitors = [await make_visitor(lang="ja"), await make_visitor(lang="en")]
    titles = {"ja": "中止になりました", "en": "Cancelled"}
    told = await service.tell_now(
        [visitor.recipient.id for visitor in visitors],
        "cancelled:1",
        lambda recipient: changed(titles[recipient.lang]),
        concerns=date(2026, 12, 5),
        expires_at=clock() + timedelta(days=2),
        now=clock(),
    )
    await worker.run_once()
    assert told == 2
    shown = [list(visitor.phone.shown.values()) for visitor in visitors]
    assert shown == [["中止になりました"], ["Cancelled"]]


async def test_a_change_at_night_waits_for_the_morning(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    clock.turn(hours=10)  # 22:00 in Tokyo
    for key, day in (("moved:1", date(2026, 12, 5)), ("moved:2", date(2026, 12, 1))):
        await service.tell_now(
            [visitor.recipient.id],
            key,
            lambda _recipient: MESSAGE,
            concerns=day,
            expires_at=clock() + timedelta(days=2),
            now=clock(),
        )
    await worker.run_once()
    assert visitor.phone.tries == 1
    clock.turn(hours=10)
    await worker.run_once()
    assert visitor.phone.tries == 2


async def test_a_test_message_once_in_a_while(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    assert await service.send_test(visitor.recipient.id, MESSAGE, now=clock())
    assert not await service.send_test(visitor.recipient.id, MESSAGE, now=clock())
    clock.turn(minutes=1)
    assert await service.send_test(visitor.recipient.id, MESSAGE, now=clock())
    await worker.run_once()
    assert visitor.phone.tries == 1


async def test_subscribing_twice_is_once(make_visitor, clock, settings) -> None:
    visitor = await make_visitor()
    policy = EndpointPolicy.parse(settings.push_hosts)
    await recipients.subscribe(
        visitor.recipient.id, visitor.phone.subscription(), policy, now=clock()
    )
    assert await PushSubscription.all().count() == 1


async def test_a_sixth_browser_replaces_the_oldest(make_visitor, push, clock, settings) -> None:
    visitor = await make_visitor()
    policy = EndpointPolicy.parse(settings.push_hosts)
    for _browser in range(MAX_SUBSCRIPTIONS):
        await recipients.subscribe(
            visitor.recipient.id, push.phone().subscription(), policy, now=clock()
        )
    assert await PushSubscription.all().count() == MAX_SUBSCRIPTIONS
    oldest = visitor.phone.subscription()["endpoint"]
    assert not await PushSubscription.filter(endpoint=oldest).exists()


async def test_a_browser_that_changed_its_subscription(
    worker, make_visitor, push, clock, settings
) -> None:
    visitor = await make_visitor()
    policy = EndpointPolicy.parse(settings.push_hosts)
    new = push.phone()
    old = visitor.phone.subscription()["endpoint"]
    assert await recipients.renew(old, new.subscription(), policy) == 1
    assert await recipients.renew("https://unknown.example/x", new.subscription(), policy) == 0
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    assert (visitor.phone.tries, len(new.shown)) == (0, 1)


async def test_a_browser_that_was_told_anew_by_one_page_already_is_renewed_for_the_rest(
    make_visitor, push, clock, settings
) -> None:
    """Two reservations of one phone: one page told us its new endpoint, then it renews."""
    first, second = await make_visitor(), await make_visitor(email="")
    policy = EndpointPolicy.parse(settings.push_hosts)
    await recipients.subscribe(second.recipient.id, first.phone.subscription(), policy, now=clock())
    await recipients.unsubscribe(second.phone.subscription()["endpoint"])
    new = push.phone()
    await recipients.subscribe(first.recipient.id, new.subscription(), policy, now=clock())
    old = first.phone.subscription()["endpoint"]
    assert await recipients.renew(old, new.subscription(), policy) == 2
    rows = await PushSubscription.all().values_list("recipient_id", "endpoint")
    endpoint = new.subscription()["endpoint"]
    assert set(rows) == {(v.recipient.id, endpoint) for v in (first, second)}
    assert len(rows) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s | {"endpoint": "https://127.0.0.1/push/abcdef"},
        lambda s: s | {"endpoint": None},
        lambda s: {"endpoint": s["endpoint"]},
        lambda s: s | {"keys": []},
        lambda s: s | {"keys": s["keys"] | {"p256dh": "AAAA"}},
        lambda s: s | {"keys": s["keys"] | {"p256dh": "B" + "A" * 86}},
        lambda s: s | {"keys": s["keys"] | {"p256dh": "漢" * 87}},
        lambda s: s | {"keys": s["keys"] | {"auth": s["keys"]["p256dh"]}},
        lambda s: s | {"keys": s["keys"] | {"auth": None}},
    ],
)
async def test_a_malformed_subscription_is_refused(make_visitor, push, clock, settings, spoil):
    visitor = await make_visitor()
    with pytest.raises(BadInput):
        await recipients.subscribe(
            visitor.recipient.id,
            spoil(push.phone().subscription()),
            EndpointPolicy.parse(settings.push_hosts),
            now=clock(),
        )
    assert await PushSubscription.all().count() == 1


async def test_erasing_leaves_the_counts_and_nothing_personal(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    await queue_for(visitor.recipient, clock, "two-hours:2026-12-05")
    await service.erase([visitor.recipient.id])
    rows = await Reminder.all().order_by("id").values("title", "body", "url", "status")
    assert [(row["title"], row["body"], row["url"]) for row in rows] == [("", "", "")] * 2
    assert [str(row["status"]) for row in rows] == ["sent", "cancelled"]
    assert (await Recipient.get(id=visitor.recipient.id)).email == ""
    assert not await PushSubscription.exists()
