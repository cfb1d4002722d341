"""Sixty days as people wish for them: what must be said and done, and what must not."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import TurnableClock
from tests.factories import catalogue_changed
from tests.routes.plan_page import PlanPage, assert_adds_up, assert_true_of_the_town, read
from tour.demo.catalogue import read_catalogue
from tour.demo.load import load
from tour.programmes.models import Slot
from tour.settings import ROOT
from tour.sites.choices import KINDS
from tour.sites.states import SiteKind

pytestmark = pytest.mark.once("the planner works in memory")

FULL = "この日の体験はすべて満席です"
NOT_SO_MANY = "が入れるものはありません"
FAR = "電車やバスで"
HOURS = "この日に開いているのは"
NONE_OF_KIND = "この日は開いているところがありません"


@dataclass(frozen=True)
class Case:
    """A wish by the fields of its form; `sunday` is the second day of the event."""

    name: str
    asked: dict[str, object] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    stops: tuple[int, int] = (1, 12)
    visits: tuple[str, ...] = ()
    lunch: bool | None = None
    best: bool | None = None
    sunday: bool = False


def case(name: str, **values: object) -> Case:
    own = {key: values.pop(key) for key in [*values] if key in Case.__dataclass_fields__}
    return Case(name, {key.rstrip("_"): value for key, value in values.items()}, **own)  # type: ignore[arg-type]


HOSTS = (
    "sample-woodblock-oji",
    "sample-yuzen-toshima",
    "sample-press-horifune",
    "sample-dyeing-toshima",
    "sample-paper-box-toshima",
    "sample-sewing-oji",
    "sample-letterpress-oji",
    "sample-tofu-oji",
    "sample-prosthetics-kamiya",
    "sample-glass-beads-higashi-jujo",
    "sample-metal-hammering-higashi-jujo",
    "sample-tortoiseshell-kishimachi",
    "sample-trial-shop-jujo",
    "sample-bean-paste-jujo",
)

CASES = (
    *(
        case(f"{n} people", adults=str(n), children="0", never=(NOT_SO_MANY,) if n < 4 else ())
        for n in range(1, 7)
    ),
    *(
        case(f"{n} people", adults=str(n), children="0", says=(NOT_SO_MANY,), best=False)
        for n in (8, 10, 14, 20)
    ),
    case("a family with a pushchair and lunch", walk="no_steps", children="2", lunch=True),
    case("a slow family", walk="slow", children="2", lunch=True),
    case("slowly, alone", walk="slow", adults="1", children="0"),
    case("two hours only", from_time="10:00", to_time="12:00", lunch=False),
    case("one hour", from_time="10:00", to_time="11:00", stops=(0, 3), lunch=False),
    case("a quarter of an hour", from_time="10:00", to_time="10:15", stops=(0, 1), lunch=False),
    case("the afternoon", from_time="13:00", lunch=False),
    case("the morning", to_time="12:30", lunch=False),
    case("from eight", from_time="08:00"),
    case("until nine at night", to_time="21:00"),
    case("the evening", from_time="18:00", to_time="21:00", stops=(0, 2)),
    case("the night", from_time="22:00", to_time="23:00", stops=(0, 0), says=(HOURS,), best=False),
    case("before dawn", from_time="04:00", to_time="07:00", stops=(0, 0), says=(HOURS,)),
    case("without lunch", lunch_="", lunch=False),
    case("with lunch, out all day", lunch=True),
    case("out from noon", from_time="12:00", lunch=True),
    case("out from one", from_time="13:00", to_time="17:00", lunch=False),
    *(case(f"at most {km} km", most_km=km) for km in ("2", "3", "5", "8")),
    case("as far as it takes", most_km="any"),
    *(case(f"at most {n} minutes at one go", most_leg=n, stops=(0, 12)) for n in ("5", "10", "20")),
    case("crafts", kind="craft", visits=("craft",)),
    case("factories", kind="factory", visits=("factory",)),
    case("culture", kind="culture", stops=(1, 12)),
    case("shopping streets", kind="shopping_street"),
    case("classrooms", kind="classroom", best=False),
    case("crafts and factories", kind=["craft", "factory"]),
    case("only sports", kind="sports"),
    case("sports, with little time", kind="sports", from_time="10:30", to_time="12:30"),
    case("culture, with short walks", kind="culture", most_leg="5", stops=(0, 12)),
    case("sports, hardly on foot", kind="sports", most_km="2"),
    case("heritage and a trial shop", kind=["heritage", "trial_shop"]),
    case("one must-see", must="sample-yuzen-toshima", visits=("sample-yuzen-toshima",)),
    case("a far must-see", must="sample-gear-ukima", best=False),
    case("two must-sees", must=["sample-tofu-oji", "sample-letterpress-oji"]),
    case("fourteen must-sees", must=HOSTS, says=("行きたい場所は12か所まで",), best=False),
    case("fourteen, wherever they are", must=HOSTS, most_km="any", to_time="17:00", best=False),
    case("a must-see that is not on foot", must="no-such-place"),
    case("from a hotel", from_="139.7400,35.7550"),
    case("from Akabane", from_="akabane"),
    case("from Tabata", from_="tabata"),
    case("from far in the north-west", from_="139.66,35.80", says=(FAR,), stops=(0, 6), best=False),
    case("from Oji to Jujo", to="jujo"),
    case("from a workshop", from_="sample-letterpress-oji"),
    case("rain: short walks", most_leg="10", most_km="2", stops=(0, 12)),
    case("Sunday", sunday=True),
    case("Sunday, the family", sunday=True, children="2", lunch=True),
    case("Sunday, five people", sunday=True, adults="5", children="0"),
    case("Sunday, crafts", sunday=True, kind="craft", visits=("craft",)),
    case("Sunday afternoon", sunday=True, from_time="13:00", lunch=False),
    case("alone, in the afternoon, without lunch", adults="1", children="0", from_time="14:00"),
    case("twenty, slowly", adults="20", children="0", walk="slow", says=(NOT_SO_MANY,)),
    case("children alone", adults="0", children="2"),
)

REFUSED = (
    ("a day that is over", {"date": "2026-11-01"}, "この日にイベントはありません"),
    ("a day without an event", {"date": "2026-12-08"}, "この日にイベントはありません"),
    ("outside", {"from": "135.5,34.7"}, "歩いて回るには遠い場所です"),
    ("nobody", {"adults": "0", "children": "0"}, "1人から20人"),
    ("twenty-five people", {"adults": "20", "children": "5"}, "1人から20人"),
    ("back before it began", {"to_time": "09:00"}, "終わりの時刻が始まりより前です"),
)


class Visitors:
    """Each from an address of their own, in a browser that knows nothing."""

    def __init__(self, app: Starlette, saturday: date) -> None:
        self.app, self.saturday, self.count = app, saturday, 0

    async def ask(self, asked: dict[str, object], *, sunday: bool = False) -> httpx.Response:
        self.count += 1
        day = self.saturday + timedelta(days=sunday)
        usual = {"date": day.isoformat(), "from": "oji", "from_time": "10:00", "to": ""}
        usual |= {"to_time": "16:00", "adults": "2", "children": "0", "walk": "normal"}
        transport = httpx.ASGITransport(app=self.app, client=(f"203.0.113.{self.count}", 1))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://testserver",
            headers={"Accept-Language": "ja", "Origin": "http://testserver"},
        ) as browser:
            answer = await browser.post("/plan", data={**usual, "lunch": "1", **asked})
            if answer.status_code != 303:
                return answer
            return await browser.get(answer.headers["location"])


def people_of(one: Case) -> int:
    adults, children = one.asked.get("adults", "2"), one.asked.get("children", "0")
    return int(str(adults)) + int(str(children))


def assert_every_kind_is_there_or_why_not(one: Case, page: PlanPage) -> None:
    asked = one.asked.get("kind", [])
    for kind in map(SiteKind, asked if isinstance(asked, list) else [asked]):
        is_there = f"plan-row--stop kind-{kind.value}" in page.html
        named = f"{KINDS[kind].label.in_language('ja')}："
        assert is_there or named in page.text, f"no word of {kind}"


async def look_at(one: Case, page: PlanPage, day: date) -> None:
    assert_adds_up(page) if page.rows else None
    await assert_true_of_the_town(page, day, people_of(one))
    for words in one.says:
        assert words in page.text, words
    for words in one.never:
        assert words not in page.text, words
    low, high = one.stops
    assert low <= len(page.stops) <= high, [stop.slug for stop in page.stops]
    for wanted in one.visits:
        assert any(wanted == s.slug for s in page.stops) or f"kind-{wanted}" in page.html
    assert_every_kind_is_there_or_why_not(one, page)
    if one.lunch is not None and page.stops:
        assert bool(page.lunch) == one.lunch or "昼休みがとれません" in page.text
    if one.best is not None:
        assert page.is_best == one.best
    if page.is_best:
        assert page.stops
        assert "プランに入りませんでした" not in page.text
        assert "予定どおりに回れません" not in page.text
    assert "予定どおりに回れません" not in page.text, "it breaks its own rules when it is made"
    assert all(stop.waits < 113 for stop in page.stops)
    if kilometres := str(one.asked.get("most_km", "")).strip("any"):
        assert sum(row.metres for row in page.rows) <= int(kilometres) * 1000 + 100
    if minutes := one.asked.get("most_leg"):
        assert all(row.minutes <= int(str(minutes)) for row in page.rows[:-2])
    if page.rows:
        to_time = str(one.asked.get("to_time", "16:00"))
        assert page.rows[-1].at <= int(to_time[:2]) * 60 + int(to_time[3:])


async def test_sixty_wishes(app: Starlette, clock: TurnableClock) -> None:
    catalogue = read_catalogue(ROOT / "data" / "geo")
    await load(catalogue, zone=catalogue.town.timezone, now=clock())
    saturday = date(2026, 12, 12)
    visitors, wrong = Visitors(app, saturday), []
    assert len(CASES) + len(REFUSED) >= 60
    for one in CASES:
        answer = await visitors.ask(one.asked, sunday=one.sunday)
        try:
            assert answer.status_code == 200
            await look_at(one, read(answer.text), saturday + timedelta(days=one.sunday))
        except AssertionError as exc:
            wrong.append(f"{one.name}: {exc}")
    for name, asked, words in REFUSED:
        answer = await visitors.ask(dict(asked))
        if answer.status_code != 422 or words not in answer.text:
            wrong.append(f"{name}: {answer.status_code}")
    await Slot.all().update(seats_taken=50, capacity=50)
    await catalogue_changed()
    answer = await visitors.ask({})
    if FULL not in answer.text or read(answer.text).is_best:
        wrong.append("all full")
    assert not wrong, "\n".join(wrong)
