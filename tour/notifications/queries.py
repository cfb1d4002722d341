"""What staff and operators may know: numbers and reasons, never an address, a key or a name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.functions import Count

from tour.db.columns import ids_of
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.notifications.models import MAIL, Circuit, Delivery, PushSubscription, Recipient, Reminder
from tour.notifications.states import DeliveryStatus, ReminderStatus

PAGE = 50
FLICKER = timedelta(minutes=1)
"""A mail server that is away for less is no news to anybody."""
NOBODY_CAME = timedelta(minutes=5)
"""A letter that waits so long without a try waits for a worker."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """`waiting`: due and not yet sent; `scheduled`: for later; `oldest`: how long it is overdue."""

    waiting: int
    scheduled: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """Deliveries of one push service (its host) or of mail, by how they stand."""

    service: str
    waiting: int
    sent: int
    gone: int
    failed: int
    expired: int
    cancelled: int
    together: int


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery as staff see it. `kind` is the first part of the reminder's key."""

    id: int
    kind: str
    service: str
    status: str
    attempts: int
    problem: str
    due_at: datetime
    finished_at: datetime | None


async def recipient_by_token(token: str) -> Recipient:
    """Whoever holds the token of the page; raises NotFound."""
    recipient = await Recipient.get_or_none(token=token)
    if recipient is None:
        raise NotFound(_("There is no such page of settings. Please check the link."))
    return recipient


async def recipients_of_browser(endpoint: str) -> list[int]:
    """The ids of all recipients that one browser stands for."""
    return await ids_of(PushSubscription.filter(endpoint=endpoint), "recipient_id")


async def are_browsers_of(recipient_id: int, others: Collection[int]) -> bool:
    """Whether every browser of a recipient, who has some, is told what these others are told."""
    mine, theirs = [
        set(await PushSubscription.filter(recipient_id__in=ids).values_list("endpoint", flat=True))
        for ids in ([recipient_id], list(others))
    ]
    return bool(mine) and mine <= theirs


async def browser_count(recipient_id: int) -> int:
    return await PushSubscription.filter(recipient_id=recipient_id).count()


async def queue_state(now: datetime) -> QueueState:
    overdue = Reminder.filter(status=ReminderStatus.WAITING, due_at__lte=now)
    waiting = Delivery.filter(status=DeliveryStatus.WAITING)
    due_at: list[Any] = [
        *(await overdue.order_by("due_at").limit(1).values_list("due_at", flat=True)),
        *(await waiting.order_by("id").limit(1).values_list("reminder__due_at", flat=True)),
    ]
    return QueueState(
        waiting=await overdue.count() + await waiting.count(),
        scheduled=await Reminder.filter(status=ReminderStatus.WAITING, due_at__gt=now).count(),
        oldest=max((now - instant for instant in due_at if instant < now), default=timedelta()),
    )


async def by_service(since: datetime) -> list[ServiceCount]:
    """Counts of the deliveries due since, the busiest service first."""
    rows = (
        await Delivery.filter(reminder__due_at__gte=since)
        .annotate(number=Count("id"))
        .group_by("service", "status")
        .values("service", "status", "number")
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["service"], {})[str(row["status"])] = row["number"]
    found = [
        ServiceCount(service, **{s.value: by.get(s.value, 0) for s in DeliveryStatus})
        for service, by in counts.items()
    ]
    return sorted(found, key=lambda count: (-count.sent, count.service))


async def deliveries(
    *, before_id: int | None = None, problems_only: bool = False
) -> list[DeliveryLine]:
    """The latest deliveries, a page at a time."""
    chosen = Delivery.all() if before_id is None else Delivery.filter(id__lt=before_id)
    if problems_only:
        chosen = chosen.exclude(problem="")
    rows: list[dict[str, Any]] = (
        await chosen.order_by("-id")
        .limit(PAGE)
        .values(
            "id",
            "service",
            "status",
            "attempts",
            "problem",
            "finished_at",
            kind="reminder__key",
            due_at="reminder__due_at",
        )
    )
    return [DeliveryLine(**{**row, "kind": row["kind"].partition(":")[0]}) for row in rows]


async def mail_stands_since(now: datetime, *, at_least: timedelta = FLICKER) -> datetime | None:
    """Since when no mail has left though some should have, if that is `at_least` so long ago; None
    while mail leaves, or none has to.

    The server may refuse or not answer, or nobody may be there to hand it anything.
    """
    circuit = await Circuit.get_or_none(service=MAIL)
    waiting = Delivery.filter(status=DeliveryStatus.WAITING, service=MAIL)
    oldest = await waiting.order_by("next_attempt_at").first()
    since = circuit.failing_since if circuit else None
    if since is None and oldest and oldest.next_attempt_at <= now - NOBODY_CAME:
        last = circuit.accepted_at if circuit else None
        since = max(oldest.next_attempt_at, last or oldest.next_attempt_at)
    return since if since and since <= now - at_least else None


async def told_at(recipient_id: int, key: str) -> datetime | None:
    """When a service, or the mail server, took the message of this key as it reads now; None while
    it is still to be said. From then on it could be read."""
    reminder = await Reminder.get_or_none(recipient_id=recipient_id, key=key)
    if reminder is None:
        return None
    mine = Delivery.filter(reminder_id=reminder.id, revision=reminder.revision)
    ways = await mine.select_related("lead")
    ends = [way.lead if way.lead and way.status == DeliveryStatus.TOGETHER else way for way in ways]
    taken = [end.finished_at for end in ends if end.status == DeliveryStatus.SENT]
    return min((instant for instant in taken if instant), default=None)


async def was_ever_told(recipient_id: int, key: str) -> bool:
    """Whether the message of this key was taken by a service, also with other words than now."""
    sent = Delivery.filter(reminder__recipient_id=recipient_id, reminder__key=key)
    return bool(await sent.filter(status=DeliveryStatus.SENT).exists())


async def is_mail_away() -> bool:
    """Whether the mail server takes nothing at present, as far as workers have tried."""
    return bool(await Circuit.filter(service=MAIL, failing_since__not_isnull=True).exists())


async def is_on_its_way(recipient_id: int, key: str) -> bool:
    """Whether the message of this key has been due, and no service has taken it yet, or none did
    before it was over: nobody can have read it."""
    reminder = await Reminder.get_or_none(recipient_id=recipient_id, key=key)
    if reminder is None:
        return False
    untaken = (DeliveryStatus.WAITING, DeliveryStatus.TOGETHER, DeliveryStatus.EXPIRED)
    ways = Delivery.filter(reminder_id=reminder.id, revision=reminder.revision)
    still = await ways.filter(status__in=untaken).exists()
    return still and await told_at(recipient_id, key) is None


async def held_up(recipient_ids: Collection[int], key: str) -> set[int]:
    """Those of these recipients whose message of this key was handed to a service that neither took
    it nor refused it: for want of the service, not of the reader."""
    ways = Delivery.filter(reminder__recipient_id__in=recipient_ids, reminder__key=key)
    statuses: dict[int, set[DeliveryStatus]] = {}
    for row in await ways.values("status", reader="reminder__recipient_id"):
        statuses.setdefault(row["reader"], set()).add(row["status"])
    answered = {DeliveryStatus.SENT, DeliveryStatus.FAILED}
    return {reader for reader, found in statuses.items() if not found & answered}
