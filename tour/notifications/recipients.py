"""Who is told, and where: recipients, their browsers and mail boxes, and what they chose."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tour.contacts.addresses import counting_key
from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.notifications.mail import boxes
from tour.notifications.models import PushSubscription, Recipient
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.subscriptions import Subscription
from tour.notifications.schedule import Choice

MAX_SUBSCRIPTIONS = 5
"""Browsers of one recipient; a sixth replaces the oldest."""


class MessagesStopped(Conflict):
    """A browser was offered again for a recipient who had stopped all messages."""


async def new_recipient(
    *,
    lang: str,
    timezone: str,
    email: str = "",
    proved_at: datetime | None = None,
    is_working: bool = False,
) -> Recipient:
    """Somebody new to tell things to; `timezone` is an IANA name, `email` may be empty.

    `proved_at` where it is known already that they read this mail box. `is_working`: as somebody
    who tends a place or is staff; what they stop as a visitor does not touch it.
    """
    token = secrets.token_urlsafe(24)
    return await Recipient.create(
        token=token,
        lang=lang,
        timezone=timezone,
        email=email,
        mail_box=counting_key(email),
        proved_at=proved_at,
        is_working=is_working,
    )


async def subscribe(
    recipient_id: int, subscription: dict[str, Any], policy: EndpointPolicy, *, now: datetime
) -> None:
    """Remember a browser (`PushSubscription.toJSON()`); the same one again changes nothing.

    A page that only tells us again what the visitor agreed to before adds `"resync": true`: that
    must not undo a stop. Raises BadInput when the subscription is malformed or its endpoint no
    known push service, and MessagesStopped.
    """
    wanted = Subscription.parse(subscription, policy)
    async with transaction():
        recipient = await Recipient.get(id=recipient_id)
        if recipient.stopped_at and subscription.get("resync"):
            raise MessagesStopped(_("Messages are stopped. Ask for them again with the button."))
        await Recipient.filter(id=recipient_id).update(stopped_at=None)
        await PushSubscription.filter(recipient_id=recipient_id, endpoint=wanted.endpoint).delete()
        await PushSubscription.create(
            recipient_id=recipient_id,
            endpoint=wanted.endpoint,
            p256dh=wanted.p256dh,
            auth=wanted.auth,
            service=wanted.service,
            created_at=now,
        )
        await _keep_newest(recipient_id)


async def renew(endpoint: str, subscription: dict[str, Any], policy: EndpointPolicy) -> int:
    """A browser changed its subscription: whoever knows the old endpoint may replace it; returns
    for how many recipients. Those that know the new one already are told by it alone."""
    wanted = Subscription.parse(subscription, policy)
    async with transaction():
        new = PushSubscription.filter(endpoint=wanted.endpoint).exclude(endpoint=endpoint)
        known = [int(row["recipient_id"]) for row in await new.values("recipient_id")]
        old = PushSubscription.filter(endpoint=endpoint)
        twice = await old.filter(recipient_id__in=known).delete() if known else 0
        return twice + await old.update(
            endpoint=wanted.endpoint,
            p256dh=wanted.p256dh,
            auth=wanted.auth,
            service=wanted.service,
        )


async def unsubscribe(endpoint: str) -> int:
    """Forget one browser, for every recipient that it was; returns for how many."""
    return await PushSubscription.filter(endpoint=endpoint).delete()


async def prove_mail_box(recipient_id: int, *, now: datetime) -> None:
    """The button behind the link in a letter."""
    async with transaction():
        await boxes.prove(recipient_id, now=now)


async def note_reader(recipient_id: int, *, now: datetime) -> None:
    """Only the reader of the mail box could do what was just done; nothing is sent for it."""
    await Recipient.filter(id=recipient_id, proved_at=None).update(proved_at=now)


async def can_reach(recipient_id: int) -> bool:
    """Whether there is a browser or a mail box to tell."""
    if await PushSubscription.exists(recipient_id=recipient_id):
        return True
    return await Recipient.filter(id=recipient_id, mail_stopped_at=None).exclude(email="").exists()


async def choose(recipient_id: int, choices: Iterable[Choice]) -> None:
    """Which kinds of reminders to send; takes effect for what is not yet due."""
    await Recipient.filter(id=recipient_id).update(choices=[str(choice) for choice in choices])


async def speak(recipient_id: int, lang: str) -> None:
    """Tell it what is still to be written in this language."""
    await Recipient.filter(id=recipient_id).exclude(lang=lang).update(lang=lang)


async def forget_browser(recipient_id: int, endpoint: str) -> bool:
    """Tell it nothing more in one of its browsers; whether others are left."""
    mine = PushSubscription.filter(recipient_id=recipient_id)
    await mine.filter(endpoint=endpoint).delete()
    return bool(await mine.exists())


async def forget_browsers(recipient_id: int) -> None:
    """Tell it nothing more in any browser."""
    await PushSubscription.filter(recipient_id=recipient_id).delete()


async def move(recipient_id: int, email: str, *, proved_at: datetime | None) -> None:
    """Letters go to another mail box from now on, and what was stopped at the old one is not
    stopped there. In the caller's transaction."""
    await Recipient.filter(id=recipient_id).update(
        email=email, mail_box=counting_key(email), proved_at=proved_at, mail_stopped_at=None
    )


async def prefer_mail(recipient_id: int, endpoint: str) -> None:
    """Tell it nothing more in this browser where letters tell it instead."""
    lettered = Recipient.filter(id=recipient_id, mail_stopped_at=None).exclude(email="")
    if await lettered.exists():
        await forget_browser(recipient_id, endpoint)


async def stop(recipient_id: int, *, now: datetime) -> None:
    """Tell this recipient nothing more, on any channel, until they subscribe or resume."""
    async with transaction():
        await PushSubscription.filter(recipient_id=recipient_id).delete()
        await Recipient.filter(id=recipient_id).update(stopped_at=now)
        await Recipient.filter(id=recipient_id).exclude(email="").update(mail_stopped_at=now)


async def resume(recipient_id: int, *, by_reader: bool) -> bool:
    """Take back `stop`; browsers must ask again. Letters go on only when the reader of the mail box
    says so: whoever else holds a key to this page does not undo it. Whether they do."""
    mine = Recipient.filter(id=recipient_id)
    await mine.update(stopped_at=None)
    if by_reader:
        await mine.update(mail_stopped_at=None)
    return bool(await mine.filter(mail_stopped_at=None).exists())


async def has_browser(recipient_id: int) -> bool:
    """Whether it is told by push; otherwise by mail, if at all."""
    return await PushSubscription.exists(recipient_id=recipient_id)


async def _keep_newest(recipient_id: int) -> None:
    mine = PushSubscription.filter(recipient_id=recipient_id).order_by("-id")
    if (
        extra := await mine.offset(MAX_SUBSCRIPTIONS)
        .limit(MAX_SUBSCRIPTIONS)
        .values_list("id", flat=True)
    ):
        await PushSubscription.filter(id__in=extra).delete()
