"""How ringing a party went, noted by who did; taken back by the same tap."""

from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.notifications.models import PhoneCall, Reminder
from tour.notifications.states import CallState
from tour.reservations.calls.calls import Call
from tour.web.templates import person


class RungMeanwhile(Conflict):
    """Somebody else has noted something about the same call since the page was read."""

    def __init__(self, tick: PhoneCall | None) -> None:
        who = person(tick.who) if tick else ""
        super().__init__(
            _("%(who)s has noted something about this call meanwhile. It stands below.", who=who)
            if tick
            else _("The note about this call was taken back meanwhile. Please look again.")
        )


async def note(
    call: Call,
    state: CallState | None,
    *,
    shown: str,
    actor: Actor,
    site_id: int | None = None,
    now: datetime,
) -> None:
    """Note how it went, or nothing (None) again; `shown`: the state that the page had.

    Raises RungMeanwhile where it is another by now, and not the one that is wanted: of two who
    press at once, neither undoes the other.
    """
    subject = Subject("call", call.id, site_id)
    async with edit(actor, subject, "call.note", now=now) as change:
        # The message's own row is locked: two first notes would both find none.
        await change.lock(Reminder, call.id)
        known = await PhoneCall.get_or_none(reminder_id=call.id)
        tick = known if known and known.revision == call.revision else None
        before = str(tick.state) if tick else ""
        wanted = str(state or "")
        if before == wanted:
            change.nothing()
            return
        if before != shown:
            raise RungMeanwhile(tick)
        await _write(change, call, state)
        change.before, change.after = {"call": before}, {"call": wanted}


async def _write(change: Change, call: Call, state: CallState | None) -> None:
    await PhoneCall.filter(reminder_id=call.id).delete()
    if state is not None:
        await PhoneCall.create(
            reminder_id=call.id,
            revision=call.revision,
            state=state,
            who=change.actor.name,
            at=change.now,
        )
