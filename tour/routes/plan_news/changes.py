"""What others have changed about a plan: sessions called off, sold out or late, doors that are shut
or full. Told or not: `plan_news.news` tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.notifications.schedule import SHARED
from tour.notifications.states import ReminderStatus
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.routes.days.day import door_of
from tour.routes.days.edits import PlannedStop
from tour.routes.days.planning import Desk
from tour.routes.days.timed_day import TimedDay
from tour.routes.planner.problem import Trouble
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.itineraries import ItineraryEntry
from tour.sites.entries import SiteEntry
from tour.sites.opening.hours import clock_text
from tour.sites.states import DoorState
from tour.web.templates import day_text

PAGE = "/itineraries/{token}"
CALLED_OFF = _("The session at %(place)s is called off.")
SHUT = _("%(place)s is closed when you would come.")
FULL = _("%(place)s lets nobody more in at the moment.")
WAIT = _("At %(place)s one waits for long at the moment.")
SOLD_OUT = _("The session at %(place)s has too few seats left for you.")
LATE = _("The session at %(place)s runs %(n)s minutes late: it begins at %(time)s.")
ON_TIME = _("The session at %(place)s is on time again: it begins at %(time)s.")
LATE_KIND = ":late"
LONG_WAIT = 45
"""Minutes at a door that make one go elsewhere."""
SOON = timedelta(minutes=90)
"""A sign at a door says nothing of visits later than this."""


@dataclass(frozen=True, slots=True)
class News:
    """What others changed about one stop of a plan; `key` names it for every reader."""

    plan: ItineraryEntry
    key: str
    site: SiteEntry
    what: Text
    slot_id: int | None
    ends_at: datetime
    """When the stop is over, and so is what there is to say of it."""
    is_latest_word: bool = False
    """Whether the same key says how things stand, time and again: other words are news."""
    breaks_plan: bool = True
    """Whether the rest of the day does not work out with it."""

    def told_to(self, reader: Recipient) -> Message:
        """As the reader is told it; a tap opens the page that offers a new proposal."""
        lang = reader.lang
        day = day_text(self.plan.day, lang)
        title = translate("Your plan of %(day)s has changed", lang, day=day)
        place = self.site.text("name", lang)
        what = self.what.filled(place=place).in_language(lang)
        advice = (
            translate("Open it for a new proposal for the rest of the day.", lang)
            if self.breaks_plan
            else translate("It has the new times already, and works out with them.", lang)
        )
        return Message(title, f"{what}\n{advice}", PAGE.format(token=self.plan.token))


async def news_of(enquiry: Enquiry, plan: ItineraryEntry) -> list[News]:
    """What others changed about the stops that have not begun, told or not."""
    desk = await enquiry.desk_of(plan)
    day = await desk.timed(plan.stops)
    sites = desk.town.catalogue.by_id
    found = [
        News(plan, _key(plan, stop, kind), sites[stop.site_id], what, stop.slot_id, ends_at)
        for stop, what, ends_at, kind in _found(desk, day)
    ]
    known = {news.slot_id for news in found}
    return [*found, *[n for n in await _late(desk, plan, day) if n.slot_id not in known]]


async def _late(desk: Desk, plan: ItineraryEntry, day: TimedDay) -> list[News]:
    """Sessions to come that run late, and those that are on time again after that was told."""
    told = await _told_late(plan)
    breaks_plan = bool(set(day.times.troubles()) - {Trouble.NO_BREAK})
    found = []
    for stop in day.stops:
        slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
        key = _key(plan, stop, LATE_KIND)
        if not slot or slot.starts_at <= desk.town.now or slot.status == SlotStatus.CANCELLED:
            continue
        if slot.delay_minutes or key in told:
            site = desk.town.catalogue.by_id[stop.site_id]
            begins = clock_text(desk.town.minute_of(slot.starts_at))
            what = LATE if slot.delay_minutes else ON_TIME
            words = what.filled(n=slot.delay_minutes, time=begins)
            found.append(News(plan, key, site, words, slot.id, slot.ends_at, True, breaks_plan))
    return found


async def _told_late(plan: ItineraryEntry) -> set[str]:
    """The keys of what has left, or of a later word that is about to."""
    rows = Reminder.filter(key__startswith=keys_of(plan), key__endswith=LATE_KIND)
    has_left = Q(status__in=(ReminderStatus.SENDING, ReminderStatus.SENT))
    is_later_word = Q(status=ReminderStatus.WAITING, revision__gt=1)
    return {row["key"] for row in await rows.filter(has_left | is_later_word).values("key")}


def _found(desk: Desk, day: TimedDay) -> Iterator[tuple[PlannedStop, Text, datetime, str]]:
    """What became of each stop that has not begun, when the stop is over, and of which kind the
    news is, where one stop may have several."""
    minute = desk.town.minute_of(desk.town.now)
    for stop, timed in zip(day.stops, day.times.stops, strict=True):
        slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
        begins = desk.town.minute_of(slot.starts_at) if slot else timed.start
        if begins <= minute:
            continue
        if slot and slot.status == SlotStatus.CANCELLED:
            yield stop, CALLED_OFF, slot.ends_at, ""
        elif slot and _is_sold_out(desk, slot):
            yield stop, SOLD_OUT, slot.ends_at, ":sold"
        elif stop.slot_id is None and _is_shut(desk, stop, timed.trouble):
            yield stop, SHUT, desk.town.instant_of(timed.leave), ""
        elif stop.slot_id is None and (sign := _sign(desk, stop, timed.start)):
            yield stop, sign, desk.town.instant_of(timed.leave), ":sign"


def _is_sold_out(desk: Desk, slot: SlotEntry) -> bool:
    """Of a session to come that the party has not reserved; what it wished for is gone."""
    return slot.id not in desk.wish.reserved and slot.seats_left < desk.wish.party_size


def _sign(desk: Desk, stop: PlannedStop, start: int) -> Text | None:
    """What stands on a door that one would be at soon, and makes one go elsewhere."""
    door = door_of(desk.town, desk.town.catalogue.by_id[stop.site_id])
    if door is None or desk.town.instant_of(start) > desk.town.now + SOON:
        return None
    if door.state == DoorState.FULL:
        return FULL
    return WAIT if door.waiting_minutes >= LONG_WAIT else None


def _is_shut(desk: Desk, stop: PlannedStop, trouble: Trouble | None) -> bool:
    """Closed for the day, or closing early today; being late by one's own doing is no news."""
    door = desk.town.catalogue.by_id[stop.site_id].door
    closes_early = (
        door is not None and door.on_date == desk.town.day and door.state == DoorState.CLOSED
    )
    return trouble is Trouble.CLOSED or (trouble is Trouble.TOO_LATE and closes_early)


def _key(plan: ItineraryEntry, stop: PlannedStop, kind: str) -> str:
    return f"{keys_of(plan)}{stop.site_id}:{stop.slot_id or 'door'}{kind}"


def keys_of(plan: ItineraryEntry) -> str:
    """How the keys of a plan's news begin."""
    return f"{SHARED}:plan:{plan.id}:"
