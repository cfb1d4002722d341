"""Which event is next, for those who prepare it: drafts too, where a place was asked for one."""

from datetime import datetime, timedelta

from tour.events.answers import is_over
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer, ParticipationRole

ZONES = timedelta(days=1)
"""An event's last day ends later than in UTC, or sooner."""


async def next_event(site_id: int | None, *, now: datetime) -> Event | None:
    """The soonest event that is not over of those that the site takes part in or was asked for;
    without one, the soonest that is public."""
    if found := await _next_of_site(site_id, now):
        return found
    coming = Event.filter(is_published=True, ends_on__gte=(now - ZONES).date())
    events = await coming.order_by("starts_on", "id")
    return next((event for event in events if not is_over(event, now)), None)


async def _next_of_site(site_id: int | None, now: datetime) -> Event | None:
    if site_id is None:
        return None
    parts = Participation.filter(
        site_id=site_id, role=ParticipationRole.HOST, event__ends_on__gte=(now - ZONES).date()
    ).exclude(answer=ParticipationAnswer.DECLINED)
    rows = await parts.order_by("event__starts_on", "event_id").select_related("event")
    return next((row.event for row in rows if not is_over(row.event, now)), None)
