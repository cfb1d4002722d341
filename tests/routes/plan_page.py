"""A plan as somebody reads it who knows nothing of the code: the page's text, and the town's own
rows. Whatever the page says about hours, seats, walks and sums is worked out anew."""

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

from tests.factories import OJI
from tour.events.models import Participation
from tour.programmes.models import Slot
from tour.sites.models import HoursException, OpeningHours, Site

TOKYO = ZoneInfo("Asia/Tokyo")
FASTEST = 90.0
"""Metres a minute: nobody's walk is faster than straight ahead at this pace."""


@dataclass
class Row:
    kind: str
    at: int = 0
    until: int = 0
    minutes: int = 0
    metres: float = 0
    waits: int = 0
    slug: str = ""
    title: str = ""
    is_session: bool = False


@dataclass
class PlanPage:
    html: str
    text: str
    rows: list[Row] = field(default_factory=list)

    @property
    def stops(self) -> list[Row]:
        return [row for row in self.rows if row.kind == "stop"]

    @property
    def lunch(self) -> list[Row]:
        return [row for row in self.rows if row.kind == "meal"]

    @property
    def is_best(self) -> bool:
        return "この条件で最良のプランです" in self.text


def read(html: str) -> PlanPage:
    page = PlanPage(html, words(html))
    body = html.partition('<ol class="plan-rows">')[2].partition('class="plan__change')[0]
    for part in re.split(r'(?=<li class="plan-row )', body)[1:]:
        page.rows.append(_row(part))
    return page


def words(html: str) -> str:
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def _row(part: str) -> Row:
    kind = part.partition("plan-row--")[2].split('"')[0].split()[0]
    row, text = Row(kind), words(part)
    if times := re.search(r"</?time[^>]*>([0-9]{1,2}):([0-9]{2})", part):
        row.at = row.until = minute(times[1], times[2])
    if until := re.search(r"([0-9]{1,2}):([0-9]{2})まで", text):
        row.until = minute(until[1], until[2])
    if walk := re.search(r"徒歩([0-9]+)分・([0-9.]+)(km|m)", text.replace(" ", "")):
        row.minutes, row.metres = int(walk[1]), float(walk[2]) * (1000 if walk[3] == "km" else 1)
    if waits := re.search(r"([0-9]+)分のゆとり", text):
        row.waits = int(waits[1])
    if stop := re.search(r'id="stop-([\w-]+)"', part):
        row.slug = stop[1]
        row.is_session = 'href="/programmes/' in part
        row.title = words(part.partition("<h2")[2].partition(">")[2].partition("</h2>")[0]).strip()
    return row


def minute(hours: str, minutes: str) -> int:
    return int(hours) * 60 + int(minutes)


def assert_adds_up(page: PlanPage) -> None:
    """Row after row: nobody is at two places, and the sum is that of the walks."""
    clock, walked, metres = page.rows[0].at, 0, 0.0
    for row in page.rows[1:]:
        if row.kind == "walk":
            clock, walked, metres = clock + row.minutes, walked + row.minutes, metres + row.metres
        elif row.kind == "meal":
            assert row.at >= clock, (row, clock)
            clock = row.until
        elif row.kind == "stop":
            wait = row.at - clock
            assert wait >= 0, (row, clock)
            assert wait == row.waits or (wait < 10 and row.waits == 0), (row, clock)
            assert row.until > row.at
            clock = row.until
        else:
            assert row.at == clock, (row, clock)
    assert len(page.lunch) <= 1
    head = page.text.replace(" ", "")
    said = re.search(r"([0-9.]+)(km|m)・(?:([0-9]+)時間)?(?:([0-9]+)分)?", head)
    assert said
    assert int(said[3] or 0) * 60 + int(said[4] or 0) == walked
    total = float(said[1]) * (1000 if said[2] == "km" else 1)
    assert abs(total - metres) <= 60 + 60 * len(page.rows)


async def assert_true_of_the_town(page: PlanPage, day: date, people: int) -> None:
    """Every stop is open at its time, every session exists and has seats, no walk is flown."""
    place = (float(OJI["lat"]), float(OJI["lon"]))
    walks = [row for row in page.rows if row.kind == "walk"]
    for number, stop in enumerate(page.stops):
        site = await Site.get(slug=stop.slug)
        if stop.is_session:
            await _assert_session(stop, site, day, people)
        else:
            hours = await _hours(site, day)
            assert any(o <= stop.at and stop.until <= c for o, c in hours), (stop, hours)
        assert site.lat is not None
        assert site.lon is not None
        here = (site.lat, site.lon)
        if number and len(walks) == len(page.stops) + 1:
            assert walks[number].minutes >= math.floor(_metres(place, here) / FASTEST), stop
        place = here


async def _assert_session(stop: Row, site: Site, day: date, people: int) -> None:
    slots = await Slot.filter(programme__site_id=site.id).select_related("programme")
    found = [
        slot
        for slot in slots
        if slot.starts_at.astimezone(TOKYO).date() == day
        if _minute_of(slot.starts_at) == stop.at and slot.programme.title == stop.title
    ]
    assert found, stop
    slot = found[0]
    assert stop.until >= _minute_of(slot.ends_at)
    assert slot.capacity - slot.seats_kept - slot.seats_taken >= people, stop
    assert slot.programme.max_party >= people, stop


async def _hours(site: Site, day: date) -> list[tuple[int, int]]:
    """What the site says of the date; else the event that it hosts then; else its weekday."""
    if own := await HoursException.filter(site=site, on_date=day):
        return [(h.opens_minute, h.closes_minute) for h in own if h.opens_minute is not None]  # type: ignore[misc]
    hosted = Participation.filter(site=site, role="host", answer="accepted")
    hosted = hosted.filter(event__starts_on__lte=day, event__ends_on__gte=day)
    if events := await hosted.select_related("event"):
        return [(events[0].event.opens_minute, events[0].event.closes_minute)]
    week = await OpeningHours.filter(site=site, weekday=day.weekday())
    return [(h.opens_minute, h.closes_minute) for h in week]


def _minute_of(instant: datetime) -> int:
    local = instant.astimezone(TOKYO)
    return local.hour * 60 + local.minute


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Flat enough for a town."""
    north = (b[0] - a[0]) * 111_000
    east = (b[1] - a[1]) * 111_000 * math.cos(math.radians(a[0]))
    return math.hypot(north, east)
