"""A list of parties as a table: its columns, the same for hosts and for the office."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tour.i18n import Text, current_language
from tour.i18n import lazy as _
from tour.reservations.answers import in_words
from tour.reservations.lists.files import Cell
from tour.reservations.lists.parties import ListedParty
from tour.web.templates import full_day_text


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    heading: Text
    cell: Callable[[ListedParty, ZoneInfo], Cell]


def _day(party: ListedParty, zone: ZoneInfo) -> str:
    """As people read it, and as spreadsheets take it for a date."""
    return full_day_text(party.starts_at.astimezone(zone), current_language.get())


COLUMNS = (
    Column("date", _("Date"), _day),
    Column("time", _("Time"), lambda p, zone: f"{p.starts_at.astimezone(zone):%H:%M}"),
    Column("site", _("Place"), lambda p, _zone: p.site),
    Column("session", _("Session"), lambda p, _zone: p.session),
    Column("door_code", _("Reservation number"), lambda p, _zone: p.door_code),
    Column("name", _("Name"), lambda p, _zone: p.name),
    Column("kana", _("Reading in kana"), lambda p, _zone: p.kana),
    Column("adults", _("Adults"), lambda p, _zone: p.adults),
    Column("children", _("Children"), lambda p, _zone: p.children),
    Column("email", _("Email address"), lambda p, _zone: p.email),
    Column("phone", _("Phone"), lambda p, _zone: p.phone),
    Column("note", _("Note"), lambda p, _zone: p.note),
    Column("state", _("State"), lambda p, _zone: p.state),
    Column("seats", _("People at this session"), lambda p, _zone: p.seats),
    Column("answers", _("Answers"), lambda p, _zone: "\n".join(map(in_words, p.answers))),
    Column("pictures", _("Photos"), lambda p, _zone: p.pictures),
    Column("language", _("Language"), lambda p, _zone: p.language_name),
    Column("told", _("How they are told"), lambda p, _zone: str(p.reach.way_text)),
    Column("price", _("To pay (yen)"), lambda p, _zone: p.to_pay_yen),
)
"""In the order in which offices have had them; new ones come last."""
OF_HOSTS = tuple(column for column in COLUMNS if column.name not in ("site", "email"))
"""A host rings; letters go by the app."""


def header(columns: Sequence[Column] = COLUMNS) -> list[str]:
    return [str(column.heading) for column in columns]


def rows(
    parties: Iterable[ListedParty], zone: ZoneInfo, columns: Sequence[Column] = COLUMNS
) -> list[list[Cell]]:
    return [[column.cell(party, zone) for column in columns] for party in parties]
