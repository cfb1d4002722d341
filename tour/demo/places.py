"""The crafts, stations and sites of a catalogue."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tour.demo.cells import Columns, Row, in_languages, read_rows
from tour.demo.records import CraftRecord, SiteRecord, StationRecord
from tour.geo import Point
from tour.sites.choices import ACCESS, LANGUAGES
from tour.sites.entries import LIFT
from tour.sites.opening.closures import codes
from tour.sites.opening.closures_text import read_closures
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import PointQuality, SiteKind
from tour.sites.texts import FIELDS, OWN, TEXTS, TRANSLATED, SiteText
from tour.town import Town

STATION_KINDS = ("station", "subway", "tram_stop", "monorail", LIFT)
CRAFT = ("id", "kind", "name", "name_kana", "emblem")
STATION = ("id", "kind", "name", "name_kana", "lat", "lon")
SITE: tuple[str, ...] = (
    "slug",
    "kind",
    "name",
    "summary",
    "lat",
    "lon",
    "point_quality",
    "point_source",
)
SITE += ("sample", "source")
"""What every place has a word in; it may have one in all its other texts, and in these."""
SITE_MAY_SAY = (
    *(name for name in OWN if name not in SITE),
    *("craft", "entrance_lat", "entrance_lon", "access_features", "languages", "holiday_rule"),
    "closures",
)

MARGIN_DEGREES = 0.005
"""How far outside the town's bounds a place may lie (500 m) before it is a slip of the pen."""


def read_crafts(file: Path, town: Town) -> dict[str, CraftRecord]:
    languages = town.languages[1:]
    crafts: dict[str, CraftRecord] = {}
    for row in read_rows(file, Columns(CRAFT, ("name_romaji", *in_languages(["name"], languages)))):
        craft = CraftRecord(
            id=row.own("id", crafts),
            kind=SiteKind(row.choice("kind", list(SiteKind))),
            name=row.required("name"),
            name_kana=row.kana("name_kana"),
            name_romaji=row.text("name_romaji"),
            emblem=row.slug("emblem"),
            translations=row.translations(languages, ("name",)),
        )
        crafts[craft.id] = craft
    return crafts


def read_stations(file: Path, town: Town) -> dict[str, StationRecord]:
    languages = town.languages[1:]
    stations: dict[str, StationRecord] = {}
    for row in read_rows(file, Columns(STATION, in_languages(["name"], languages))):
        station = StationRecord(
            id=row.own("id", stations),
            name=row.required("name"),
            name_kana=row.kana("name_kana"),
            kind=row.choice("kind", STATION_KINDS),
            point=_point(row, "lat", "lon", town),
            translations=row.translations(languages, ("name",)),
        )
        stations[station.id] = station
    return stations


def read_sites(
    file: Path, town: Town, *, crafts: Collection[str], sample_marks: Mapping[str, str]
) -> dict[str, SiteRecord]:
    """The sites by slug. `sample_marks` is what names of samples, and only these, contain."""
    languages = town.languages[1:]
    translations = in_languages(TRANSLATED, languages)
    sites: dict[str, SiteRecord] = {}
    for row in read_rows(file, Columns(SITE, (*SITE_MAY_SAY, *translations))):
        quality = PointQuality(row.choice("point_quality", list(PointQuality)))
        site = SiteRecord(
            slug=row.own("slug", sites),
            kind=SiteKind(row.choice("kind", list(SiteKind))),
            craft=row.choice("craft", crafts) if row.text("craft") else None,
            texts={text.name: _text(row, text) for text in TEXTS},
            translations=_translations(row, languages),
            point=_point(row, "lat", "lon", town),
            entrance=_entrance(row, quality, town),
            point_quality=quality,
            point_source=row.required("point_source"),
            access_features=row.choices("access_features", ACCESS),
            languages=row.choices("languages", LANGUAGES),
            holiday_rule=_holiday_rule(row),
            closures=_closures(row),
            is_sample=_is_sample(row, sample_marks, town),
            source=row.required("source"),
        )
        sites[site.slug] = site
    return sites


def _point(row: Row, lat: str, lon: str, town: Town) -> Point:
    west, south, east, north = town.bounds
    return Point(
        lat=row.number(lat, south - MARGIN_DEGREES, north + MARGIN_DEGREES),
        lon=row.number(lon, west - MARGIN_DEGREES, east + MARGIN_DEGREES),
    )


def _entrance(row: Row, quality: PointQuality, town: Town) -> Point | None:
    if quality == PointQuality.ENTRANCE:
        return _point(row, "entrance_lat", "entrance_lon", town)
    if row.text("entrance_lat") or row.text("entrance_lon"):
        row.fail("entrance_lat and entrance_lon must be empty unless point_quality is entrance")
    return None


def _holiday_rule(row: Row) -> HolidayRule:
    if not row.text("holiday_rule"):
        return HolidayRule.NONE
    return HolidayRule(row.choice("holiday_rule", list(HolidayRule)))


def _closures(row: Row) -> str:
    """Regular days off as hosts type them, by their codes."""
    found = read_closures(row.text("closures"))
    if found is None:
        row.fail(f"closures must be such as 第2水曜, 12/29～1/3, not {row.text('closures')!r}")
    return codes(found)


def _translations(row: Row, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    found = row.translations(languages, TRANSLATED)
    return {
        lang: {name: FIELDS[name].written(text) for name, text in texts.items()}
        for lang, texts in found.items()
    }


def _text(row: Row, text: SiteText) -> str:
    """As the host's form would take it, so that the host can save the page again."""
    if text.name in SITE:
        row.required(text.name)
    if text.name == "name_kana":
        row.kana(text.name)
    if text.name == "url" and (url := row.text("url")) and not url.startswith("https://"):
        row.fail(f"url must begin with https://, not {url!r}")
    for field in text.names:
        written = text.written(row.cells.get(field, ""))
        if problem := text.problem(field, written):
            row.fail(f"{field}: {problem.in_language('en')}")
    return text.written(row.text(text.name))


def _is_sample(row: Row, marks: Mapping[str, str], town: Town) -> bool:
    """Nobody may take a sample for a real workshop, nor a real one for a sample."""
    sample = row.choice("sample", ("0", "1"))
    for lang in town.languages:
        column = "name" if lang == town.language else f"name_{lang}"
        if (marks[lang] in row.text(column)) != (sample == "1"):
            must = "must" if sample == "1" else "must not"
            row.fail(f"{column} {must} contain {marks[lang]!r} when sample is {sample}")
    return sample == "1"
