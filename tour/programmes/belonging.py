"""Whether times belong to the event of their session: its days, its places, the public."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.events.editing import lock_event
from tour.events.models import Participation
from tour.events.said import open_days
from tour.events.states import ParticipationAnswer
from tour.i18n import Text
from tour.i18n import lazy as _


async def event_problem(event_id: int, site_id: int, starts: Iterable[datetime]) -> Text | None:
    """Why an event has no room for these times of a place, or None.

    The event is locked in the caller's transaction: what withdraws or shortens it at this moment
    waits, and then finds these times.
    """
    event = await lock_event(event_id)
    if event is None or not event.is_published:
        return _("The event of this session is not public, so it gets no new times.")
    takes_part = Participation.filter(event_id=event_id, site_id=site_id)
    part = await takes_part.exclude(answer=ParticipationAnswer.DECLINED).first()
    if part is None:
        return _("This place does not take part in the event of this session any more.")
    zone = ZoneInfo(event.timezone)
    days = {start.astimezone(zone).date() for start in starts}
    if not days <= set(event.days):
        return _("This session belongs to an event. For other days, list a session of its own.")
    is_agreed = part.answer == ParticipationAnswer.ACCEPTED
    if is_agreed and not days <= set(open_days(part.answered_for, days)):
        return _("This place does not take part in the event on all of these days.")
    return None
