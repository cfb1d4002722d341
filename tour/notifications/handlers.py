"""The pages to see, try and stop notifications.

Two keys open them, and neither is guessable: a recipient's token in the address (it comes with
every mail), and a browser's own endpoint, which only it and we know.
"""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.limits.counting import count
from tour.notifications import queries, recipients, service
from tour.notifications.mail.boxes import reader_key
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.reach import CHOICES
from tour.notifications.schedule import Choice
from tour.web import lang, now, parts_of, private, render
from tour.web.forms import read_form
from tour.web.json_body import Body, read_body

DONE = {
    "saved": _("Your choice is saved."),
    "test": _("A test message is on its way. It arrives within a few seconds."),
    "wait": _("A test message has just been sent. Please wait a moment."),
    "stopped": _("All messages are stopped."),
    "resumed": _("Messages are on again."),
    "not-letters": _(
        "Messages in browsers are on again. Emails are switched on again with the link at "
        "the end of one of our emails."
    ),
    "mine": _("Thank you. From now on our emails reach you here."),
    "unproved": _(
        "We send no test to an address before its reader has pressed the button behind the "
        "link at the end of our first email."
    ),
}

LONGEST_ENDPOINT = 2048


class Browser(Body, frozen=True):
    """A browser by its endpoint at its push service (W3C Push API)."""

    endpoint: str


class PushRenewal(Browser, frozen=True):
    """`endpoint`: what it was; `subscription`: as PushSubscription.toJSON() gives it now."""

    subscription: dict[str, Any]


async def device(request: Request) -> Response:
    """What this browser is told, and how to switch it on and off; the page's script knows it."""
    return render(
        request,
        "notifications/device.html",
        vapid_public_key=parts_of(request).vapid_public_key,
    )


async def recipient(request: Request) -> Response:
    reader = await queries.recipient_by_token(request.path_params["token"])
    key = request.query_params.get("reader", "")
    response = render(
        request,
        "notifications/settings.html",
        recipient=reader,
        reader_key=key if _is_reader(request, reader, key) else "",
        browsers=await queries.browser_count(reader.id),
        choices=[(key.value, str(text), key in reader.choices) for key, text in CHOICES.items()],
        done=DONE.get(request.query_params.get("done", "")),
    )
    return private(response)


async def change(request: Request) -> Response:
    """One of the page's buttons, named by `do`."""
    await count(request, "notifications")
    reader = await queries.recipient_by_token(request.path_params["token"])
    form = await read_form(request, 20)
    path = request.app.url_path_for("notifications:recipient", token=reader.token)
    key = str(form.get("reader", ""))
    by_reader = _is_reader(request, reader, key)
    done = "saved"
    match form.get("do"):
        case "test":
            done = await _send_test(request, reader, path)
        case "stop":
            await recipients.stop(reader.id, now=now(request))
            if by_reader:
                await recipients.note_reader(reader.id, now=now(request))
            done = "stopped"
        case "resume":
            goes_on = await recipients.resume(reader.id, by_reader=by_reader)
            done = "resumed" if goes_on else "not-letters"
        case "mine" if by_reader:
            await recipients.prove_mail_box(reader.id, now=now(request))
            done = "mine"
        case _:
            chosen = form.getlist("choice")
            await recipients.choose(reader.id, [c for c in Choice if c.value in chosen])
    kept = f"&reader={key}" if by_reader else ""
    return RedirectResponse(f"{path}?done={done}{kept}", status_code=303)


async def _send_test(request: Request, reader: Recipient, path: str) -> str:
    """What became of it, as a key of `DONE`. To a mail box that nobody has proved none goes."""
    if not reader.proved_at and not await queries.browser_count(reader.id):
        return "unproved"
    message = _test_message(reader.lang, path)
    is_queued = await service.send_test(reader.id, message, now=now(request))
    return "test" if is_queued else "wait"


def _is_reader(request: Request, reader: Recipient, key: str) -> bool:
    """Whether this request comes from a letter, not from a page that others may hold, too."""
    expected = reader_key(reader.token, parts_of(request).seal)
    return hmac.compare_digest(expected.encode(), key.encode())


async def renew(request: Request) -> Response:
    """The browser replaced its subscription by itself (Push API, pushsubscriptionchange)."""
    await count(request, "subscribe")
    body = await read_body(request, PushRenewal)
    changed = await recipients.renew(
        body.endpoint[:LONGEST_ENDPOINT], body.subscription, policy=parts_of(request).push_policy
    )
    if not changed:
        raise NotFound(_("This browser is not known here."))
    return Response(status_code=204)


async def test_device(request: Request) -> Response:
    """Send this browser's newest recipient a test message."""
    await count(request, "subscribe")
    known = await queries.recipients_of_browser(await _endpoint(request))
    if not known:
        raise NotFound(_("This browser is not known here."))
    message = _test_message(lang(request), request.app.url_path_for("notifications:settings"))
    is_queued = await service.send_test(max(known), message, now=now(request))
    return JSONResponse({"queued": is_queued}, 202)


async def forget_device(request: Request) -> Response:
    """Stop push to this browser, whatever it was for."""
    await count(request, "subscribe")
    await recipients.unsubscribe(await _endpoint(request))
    return Response(status_code=204)


def _test_message(language: str, url: str) -> Message:
    return Message(
        title=translate("This is a test message", language),
        body=translate("Reminders will arrive here just like this.", language),
        url=url,
    )


async def _endpoint(request: Request) -> str:
    """An endpoint as a key to its own rows; an unknown one opens nothing."""
    return (await read_body(request, Browser)).endpoint[:LONGEST_ENDPOINT]
