"""A tap of who rang, from the form to the note."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.audit.service import Actor
from tour.errors import BadInput, NotFound
from tour.i18n import lazy as _
from tour.notifications.states import CallState
from tour.reservations.calls import ticks
from tour.reservations.calls.calls import open_calls


async def note(
    call_id: int,
    sent: Mapping[str, Any],
    zone: ZoneInfo,
    *,
    actor: Actor,
    site_id: int | None = None,
    now: datetime,
) -> None:
    """`sent` has `do`, the state that is wanted ("" takes it back), and `shown`, the one that the
    page had. Raises NotFound where it is on the list no more (`site_id`: on that place's), BadInput
    and RungMeanwhile."""
    wanted = str(sent.get("do", ""))
    if wanted and wanted not in set(CallState):
        message = _("Please go back and use the buttons of the page.")
        raise BadInput(message, {"do": message})
    calls = await open_calls(zone, now=now, site_id=site_id)
    call = next((call for call in calls if call.id == call_id), None)
    if call is None:
        raise NotFound(_("This call is not on the list any more: its session is over or changed."))
    await ticks.note(
        call,
        CallState(wanted) if wanted else None,
        shown=str(sent.get("shown", "")),
        actor=actor,
        site_id=site_id,
        now=now,
    )
