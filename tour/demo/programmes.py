"""Programmes and the slots they are offered at."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tour.demo.cells import Columns, Row, in_languages, read_rows
from tour.demo.records import EventRecord, ProgrammeRecord, SlotRecord
from tour.events.states import ParticipationRole
from tour.programmes.states import Allocation
from tour.sites.choices import LANGUAGES
from tour.town import Town

PROGRAMME: tuple[str, ...] = (
    "slug",
    "site",
    "event",
    "title",
    "summary",
    "minutes",
    "price_yen",
    "max_party",
)
PROGRAMME += ("capacity", "allocation", "days", "times", "filled")
PROGRAMME_MAY_SAY = ("bring", "min_age", "languages")
TRANSLATED = ("title", "summary", "bring")


def read_programmes(
    file: Path,
    town: Town,
    *,
    sites: Collection[str],
    events: Mapping[str, EventRecord],
) -> dict[str, ProgrammeRecord]:
    languages = town.languages[1:]
    programmes: dict[str, ProgrammeRecord] = {}
    may_say = (*PROGRAMME_MAY_SAY, *in_languages(TRANSLATED, languages))
    for row in read_rows(file, Columns(PROGRAMME, may_say)):
        event = _event_of_host(row, row.site(sites), events)
        programme = ProgrammeRecord(
            slug=row.own("slug", programmes),
            site=row.text("site"),
            event=event.slug,
            title=row.required("title"),
            summary=row.required("summary"),
            bring=row.text("bring"),
            translations=row.translations(languages, TRANSLATED),
            minutes=row.whole("minutes", 5, 480),
            price_yen=row.whole("price_yen", 0, 100_000),
            min_age=row.whole("min_age", 0, 120) if row.text("min_age") else None,
            capacity=row.whole("capacity", 1, 500),
            max_party=row.whole("max_party", 1, row.whole("capacity", 1, 500)),
            allocation=Allocation(row.choice("allocation", list(Allocation))),
            languages=row.choices("languages", LANGUAGES),
            slots=tuple(_slots(row, event)),
        )
        programmes[programme.slug] = programme
    return programmes


def _event_of_host(row: Row, site: str, events: Mapping[str, EventRecord]) -> EventRecord:
    event = events[row.choice("event", events)]
    if not any(p.site == site and p.role == ParticipationRole.HOST for p in event.participations):
        row.fail(f"site {site!r} must be a host of {event.slug!r} in events.toml")
    return event


def _slots(row: Row, event: EventRecord) -> Iterator[SlotRecord]:
    """Every start, in order of day, then time; `filled` has one share for each."""
    days = row.choices("days", [str(day + 1) for day in range(event.days)])
    starts = [row.time_of("times", text) for text in row.parts("times")]
    shares = [_share(row, text) for text in row.parts("filled")]
    if not days or not starts or sorted(set(starts)) != starts:
        row.fail("days and times must each name at least one, times in rising order")
    if len(shares) != len(days) * len(starts):
        row.fail(
            f"filled must have {len(days) * len(starts)} shares, one a slot, not {len(shares)}"
        )
    if starts[0] < event.opens_minute or (
        starts[-1] + row.whole("minutes", 5, 480) > event.closes_minute
    ):
        row.fail("times must begin and end within the event's opening hours")
    if any(shares) and row.text("allocation") == Allocation.DRAW:
        row.fail("filled must be 0 in every slot of a draw: its seats go out with the draw")
    pairs = [(int(day), start) for day in days for start in starts]
    for (day, start), share in zip(pairs, shares, strict=True):
        yield SlotRecord(day, start, share)


def _share(row: Row, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share <= 1:
        row.fail(f"filled must be shares from 0 to 1, not {text!r}")
    return share
