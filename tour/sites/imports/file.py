"""Reading 観光施設一覧, in both generations of its columns; says row by row what is wrong.

Headers are matched after NFKC, so that 料金（基本） and 料金(基本) are one.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tour.contacts.telephones import read_telephone
from tour.errors import BadInput
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.patience import gently
from tour.sites.opening.closures import codes
from tour.sites.opening.closures_text import read_closures
from tour.sites.texts import FIELDS, TEXTS
from tour.web.bounded import bounded
from tour.words.folding import fold
from tour.words.typed import read_minute

BROUGHT = {
    field: headers
    for text in TEXTS
    for field, headers in zip(text.names, (text.headers, text.headers_en), strict=False)
    if headers
}
"""The texts that such a file brings."""

COLUMNS: dict[str, tuple[str, ...]] = {
    **BROUGHT,
    "building": ("方書", "建物名等(方書)"),
    "office_phone": ("電話番号", "連絡先電話番号"),
    "lat": ("緯度",),
    "lon": ("経度",),
    "precision": ("位置精度", "位置の精度"),
    "days": ("利用可能曜日",),
    "opens": ("開始時間",),
    "closes": ("終了時間",),
    "closures": ("利用可能日時特記事項",),
}
"""Our field: the headers that name it, of the 推奨データセット and of its successor."""

REQUIRED = ("name",)
ROUGH = frozenset({"おおよそ", "およそ", "概略", "目安", "approximate"})
"""How a file says that its points are not exact."""
LONGEST_PHONE = 60

MOST_ROWS = 5000

WEEKDAYS = "月火水木金土日"

KANA = re.compile(r"[ァ-ヺー・ 　()（）\-－0-9０-９A-Za-zＡ-Ｚａ-ｚ]*")

LATEST = 29 * 60 + 59
"""A night is written up to 29:59."""
JAPAN = (122.0, 20.0, 154.0, 46.0)
"""West, south, east, north: a swapped latitude and longitude is outside."""
TURNED = _("Latitude and longitude stand in each other's column.")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One row as it will be written; `week` is (weekday, opens, closes), Monday 0."""

    line: int
    values: Mapping[str, str]
    lat: float | None
    lon: float | None
    week: tuple[tuple[int, int, int], ...]
    closures: str = ""
    """Regular days off by their codes, where 特記事項 says nothing but such days."""

    @property
    def is_rough(self) -> bool:
        """Whether the file says that it knows the position only about."""
        return self.values["precision"].casefold() in ROUGH

    @property
    def name(self) -> str:
        return self.values["name"]


@dataclass(frozen=True, slots=True)
class RowProblem:
    line: int
    column: str
    problem: Text


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's rows, what is wrong in them, and the columns that nothing was read from.

    `turned`: lines with latitude and longitude in each other's column.
    """

    rows: tuple[SiteRow, ...]
    problems: tuple[RowProblem, ...]
    ignored: tuple[str, ...]
    text: str
    turned: tuple[int, ...] = ()

    @property
    def wrong(self) -> frozenset[int]:
        """The lines that are not brought in as they are."""
        return frozenset(problem.line for problem in self.problems)


def decode(body: bytes) -> str:
    """UTF-8 with or without BOM, else Shift_JIS as Windows writes it; BadInput otherwise."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = body.decode(encoding)
            return bounded(text, len(text))
        except UnicodeDecodeError:
            continue
    hint = _("This file is neither UTF-8 nor Shift_JIS. Save it as CSV (UTF-8) and try again.")
    raise BadInput(hint, {"file": hint})


async def read_file(text: str) -> Reading:
    """Every row with its problems; BadInput where it is not such a table at all.

    Lines end in LF from here on: Excel writes LF within a cell, and a browser that sends the text
    back for the import makes CRLF of each.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as exc:
        hint = _("This is not a CSV table. Are the quotation marks closed?")
        raise BadInput(hint, {"file": hint}) from exc
    header = [_header(cell) for cell in table[0]] if table else []
    fields = _fields(header)
    if missing := [COLUMNS[name][0] for name in REQUIRED if name not in fields]:
        hint = _("The column %(column)s is missing.", column=missing[0])
        raise BadInput(hint, {"file": hint})
    if len(table) > MOST_ROWS + 1:
        hint = _("At most %(n)s rows at a time.", n=MOST_ROWS)
        raise BadInput(hint, {"file": hint})
    rows, problems = await _rows(table[1:], fields, len(header))
    known = set(fields.values())
    ignored = tuple(cell for n, cell in enumerate(header) if cell and n not in known)
    turned = [each.line for each in problems if each.problem == TURNED]
    return Reading(tuple(rows), tuple(problems), ignored, text, tuple(turned))


def turn_back(read: Reading) -> str:
    """The file's text with latitude and longitude exchanged where they stand in turn."""
    table = list(csv.reader(io.StringIO(read.text, newline=""), strict=True))
    fields = _fields([_header(cell) for cell in table[0]])
    lat, lon = fields["lat"], fields["lon"]
    for line in read.turned:
        cells = table[line - 1]
        cells[lat], cells[lon] = cells[lon], cells[lat]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue()


def name_key(name: str) -> str:
    """The same for every width and spacing of one name."""
    return re.sub(r"\s+", "", fold(name))


def _header(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).lstrip("\ufeff")


def _fields(header: Sequence[str]) -> dict[str, int]:
    """Our field: the number of its column."""
    found: dict[str, int] = {}
    for name, headers in COLUMNS.items():
        wanted = {_header(each) for each in headers}
        for number, cell in enumerate(header):
            if cell in wanted:
                found.setdefault(name, number)
    return found


async def _rows(
    table: Sequence[Sequence[str]], fields: Mapping[str, int], width: int
) -> tuple[list[SiteRow], list[RowProblem]]:
    rows: list[SiteRow] = []
    problems: list[RowProblem] = []
    async for line, cells in gently(enumerate(table, start=2)):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            problem = _("%(n)s cells where the header has %(m)s.", n=len(cells), m=width)
            problems.append(RowProblem(line, "", problem))
            continue
        row, wrong = _row(line, {name: cells[n].strip() for name, n in fields.items()})
        rows.append(row)
        problems += wrong
    keys = [name_key(row.name) async for row in gently(rows)]
    repeated = Counter(key for key in keys if key)
    twice = [row for row, key in zip(rows, keys, strict=True) if repeated[key] > 1]
    problem = _("This name stands in the file more than once.")
    return rows, problems + [RowProblem(row.line, "名称", problem) for row in twice]


def _row(line: int, cells: Mapping[str, str]) -> tuple[SiteRow, list[RowProblem]]:
    wrong: list[RowProblem] = []

    def complain(name: str, problem: Text) -> None:
        wrong.append(RowProblem(line, COLUMNS[name][0], problem))

    told = {**dict.fromkeys(COLUMNS, ""), **cells}
    told["address"] = f"{told['address']} {told['building']}".strip()
    values = told | {field: FIELDS[field].written(told[field]) for field in BROUGHT}
    for field in BROUGHT:
        if problem := FIELDS[field].problem(field, values[field]):
            complain(field, problem)
    if not KANA.fullmatch(values["name_kana"]):
        complain("name_kana", _("Write the reading in katakana."))
    values["office_phone"] = read_telephone(told["office_phone"]) or told["office_phone"]
    if len(values["office_phone"]) > LONGEST_PHONE:
        complain("office_phone", _("At most %(n)s characters.", n=LONGEST_PHONE))
    lat, lon = _degrees(values, complain)
    week = _week(values, complain)
    closures = codes(read_closures(values["closures"]) or ())
    return SiteRow(line, values, lat, lon, week, closures), wrong


def _degrees(values: Mapping[str, str], complain: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or neither, rounded to 6 decimals (GIF)."""
    texts = [unicodedata.normalize("NFKC", values[name]) for name in ("lat", "lon")]
    if not any(texts):
        return None, None
    west, south, east, north = JAPAN
    try:
        lat, lon = (round(float(text), 6) for text in texts)
    except ValueError:
        lat = lon = 0.0
    if south <= lon <= north and west <= lat <= east:
        complain("lat", TURNED)
        return None, None
    if not (south <= lat <= north and west <= lon <= east):
        complain("lat", _("Give latitude and longitude in degrees, such as 35.752800, 139.737900."))
        return None, None
    return lat, lon


def _week(values: Mapping[str, str], complain: Any) -> tuple[tuple[int, int, int], ...]:
    """Hours on the days of 利用可能曜日; nothing where days or times are not told."""
    texts = [unicodedata.normalize("NFKC", values[name]) for name in ("opens", "closes")]
    if not any(texts) or not values["days"]:
        return ()
    opens, closes = (read_minute(text, LATEST) for text in texts)
    days = _days(values["days"])
    if opens is None or closes is None:
        complain("opens", _("Give a time such as 10:30."))
        return ()
    if not days:
        complain("days", _("Write the days as 月火水木金."))
        return ()
    if closes <= opens:
        complain("closes", _("It closes after it opens."))
        return ()
    return tuple((day, opens, closes) for day in sorted(set(days)))


def _days(text: str) -> list[int]:
    """月火水, 月曜日・火曜日 or 毎日; nothing where it is written in any other way."""
    letters = re.sub(r"曜日?|[・、,;\s]", "", unicodedata.normalize("NFKC", text))
    if letters == "毎日":
        return list(range(7))
    return [WEEKDAYS.index(day) for day in letters] if set(letters) <= set(WEEKDAYS) else []
