"""The code from a mail: typed in, or sent once more. The mail's link alone does nothing."""

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import BadInput, TooManyRequests
from tour.reservations.errors import Clashing, SlotFull
from tour.reservations.held import pending
from tour.reservations.pages import clashes
from tour.reservations.pages.handlers import show, to_made, to_said
from tour.reservations.parties import contact_check, known_devices
from tour.reservations.parties.forms import choice_in
from tour.reservations.parties.intake import count_code
from tour.reservations.parties.parties import by_reference
from tour.web import now
from tour.web.forms import form_again, read_form, texts
from tour.web.problems import error_page


async def prove(request: Request) -> Response:
    form = texts(await read_form(request, 5))
    reference, choice = request.path_params["reference"], choice_in(form)
    try:
        await count_code(request)
        made = await pending.prove(reference, form.get("code", ""), choice=choice, now=now(request))
    except Clashing as exc:
        party = await by_reference(reference)
        clash = await clashes.refused(request, exc, proved_by=party)
        return await show(request, reference, exc.status, clash=clash)
    except (BadInput, TooManyRequests) as exc:
        page = show(request, reference, exc.status, code_error=exc.message)
        return await form_again(page, exc)
    except SlotFull as exc:
        # The code was right: the next form of this device needs none.
        response = error_page(request, exc.status, exc.message)
        known_devices.remember(request, response, await by_reference(reference))
        return response
    response = to_made(request, made)
    known_devices.remember(request, response, made)
    return response


async def send_again(request: Request) -> Response:
    await count_code(request)
    reference = request.path_params["reference"]
    is_sent = await contact_check.send_again(reference, now=now(request))
    return to_said(request, reference, "code" if is_sent else "no-code")
