"""The town's own files are sound, and whoever slips while editing one is told where."""

import csv
import io
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from tests.material import STREETS, needs_real_streets
from tour.demo import places, programmes
from tour.demo.catalogue import Catalogue, CatalogueError, read_catalogue
from tour.demo.records import EventDay, YearlyDay
from tour.events.states import ParticipationRole
from tour.geo import Point, metres_per_degree
from tour.programmes.states import Allocation
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import PointQuality
from tour.sites.texts import TRANSLATED

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "geo"
BASE_LAYERS = {"outline", "river", "railway", "road", "park", "station"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(DATA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "geo"))


class TestTheTownsOwnFiles:
    def test_hold_what_a_visitor_is_promised(self, catalogue: Catalogue) -> None:
        samples = [site for site in catalogue.sites if site.is_sample]
        located = [
            site
            for site in catalogue.sites
            if not site.is_sample and site.point_quality != PointQuality.TOWN
        ]
        slots = [slot for programme in catalogue.programmes for slot in programme.slots]
        assert len(located) == 28
        assert 30 <= len(samples) <= 40
        assert len(catalogue.stations) == 21
        assert len(catalogue.events) == 2
        assert 35 <= len(catalogue.programmes) <= 45
        assert 140 <= len(slots) <= 170

    def test_show_full_nearly_full_and_free_slots_and_draws(self, catalogue: Catalogue) -> None:
        left = [p.capacity - p.seats_taken(s) for p in catalogue.programmes for s in p.slots]
        draws = [p for p in catalogue.programmes if p.allocation == Allocation.DRAW]
        assert left.count(0) >= 10
        assert sum(1 for seats in left if 1 <= seats <= 2) >= 10
        assert min(left) == 0
        assert 2 <= len(draws) <= 3

    def test_offer_a_family_of_three_a_woodblock_session_on_the_first_day(
        self, catalogue: Catalogue
    ) -> None:
        crafts = {site.slug: site.craft for site in catalogue.sites}
        assert any(
            crafts[programme.site] == "woodblock"
            and "木版" in programme.title
            and programme.max_party >= 3
            and slot.day == 1
            and programme.capacity - programme.seats_taken(slot) >= 3
            for programme in catalogue.programmes
            for slot in programme.slots
        )

    def test_do_not_say_that_a_real_venue_takes_part(self, catalogue: Catalogue) -> None:
        sites = {site.slug: site for site in catalogue.sites}
        for event in catalogue.events:
            for participation in event.participations:
                is_host = participation.role == ParticipationRole.HOST
                assert is_host == sites[participation.site].is_sample

    def test_claim_no_access_of_a_real_venue(self, catalogue: Catalogue) -> None:
        assert not [s.slug for s in catalogue.sites if not s.is_sample and s.access_features]

    def test_open_every_slot_within_its_hosts_own_hours(self, catalogue: Catalogue) -> None:
        spans = {
            (e.site, e.rule): (e.opens_minute, e.closes_minute)
            for e in catalogue.hours_exceptions
            if e.opens_minute is not None
        }
        for programme in catalogue.programmes:
            for slot in programme.slots:
                opens, closes = spans[programme.site, EventDay(programme.event, slot.day)]
                assert opens <= slot.starts_minute, programme.slug
                assert slot.starts_minute + programme.minutes <= closes, programme.slug

    def test_are_complete_in_every_language(self, catalogue: Catalogue) -> None:
        for lang in catalogue.town.languages[1:]:
            for site in catalogue.sites:
                assert set(site.translations[lang]) == {
                    field for field in TRANSLATED if site.texts[field] and field != "address"
                }
            for programme in catalogue.programmes:
                assert bool(programme.bring) == ("bring" in programme.translations[lang])

    def test_have_no_two_places_at_one_door(self, catalogue: Catalogue) -> None:
        doors = [site.entrance for site in catalogue.sites if site.entrance]
        assert len(set(doors)) == len(doors)

    def test_are_utf8_without_bom_and_with_unix_line_ends(self) -> None:
        for file in DATA.iterdir():
            content = file.read_bytes()
            assert not content.startswith(b"\xef\xbb\xbf"), file.name
            assert b"\r" not in content, file.name

    def test_each_have_a_line_in_the_sources(self) -> None:
        sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
        files = {file.name for file in DATA.iterdir()} - {"SOURCES.md"}
        assert not [name for name in files if f"| `{name}` |" not in sources]

    def test_yearly_closing_runs_over_the_new_year(self, catalogue: Catalogue) -> None:
        closed = [
            e.rule
            for e in catalogue.hours_exceptions
            if e.site == "kyu-furukawa-gardens" and e.opens_minute is None
        ]
        assert closed == [
            YearlyDay(12, 29),
            YearlyDay(12, 30),
            YearlyDay(12, 31),
            YearlyDay(1, 1),
        ]


class TestTheBaseLayer:
    def test_is_small_and_within_reach_of_the_town(self, catalogue: Catalogue) -> None:
        file = DATA / "base.geojson"
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        west, south, east, north = catalogue.town.bounds
        assert file.stat().st_size < 40_000
        assert {feature["properties"]["layer"] for feature in features} == BASE_LAYERS
        for feature in features:
            assert feature["properties"]["name"]
            assert feature["properties"]["name_en"]
            for lon, lat in _positions(feature["geometry"]["coordinates"]):
                assert west - 0.03 < lon < east + 0.03
                assert south - 0.03 < lat < north + 0.03

    def test_closes_its_areas(self) -> None:
        features = json.loads((DATA / "base.geojson").read_text(encoding="utf-8"))["features"]
        areas = [f["geometry"] for f in features if f["geometry"]["type"] == "Polygon"]
        assert len(areas) > 10
        assert all(ring[0] == ring[-1] for area in areas for ring in area["coordinates"])


def _positions(coordinates: list) -> list:
    if isinstance(coordinates[0], float):
        return [coordinates]
    return [position for part in coordinates for position in _positions(part)]


def test_what_holidays_do_is_read_and_may_be_left_out(folder: Path) -> None:
    file = folder / "sites.csv"
    rules = {site.slug: site.holiday_rule for site in read_catalogue(folder).sites}
    assert rules.pop("asukayama-museum") == HolidayRule.OPEN_THEN_REST
    assert set(rules.values()) == {HolidayRule.NONE}
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(row[:-1] for row in rows)
    file.write_text(out.getvalue(), encoding="utf-8")
    assert {site.holiday_rule for site in read_catalogue(folder).sites} == {HolidayRule.NONE}


def test_regular_days_off_are_read_and_may_be_left_out(folder: Path) -> None:
    file = folder / "sites.csv"
    assert {site.closures for site in read_catalogue(folder).sites} == {""}
    head, first, *others = file.read_text(encoding="utf-8").splitlines()
    rows = [f"{head},closures", f"{first},第2水曜", *(f"{line}," for line in others)]
    file.write_text("\n".join(rows), encoding="utf-8")
    assert {site.closures for site in read_catalogue(folder).sites} == {"", "2WE"}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("sites.csv", c) for c in places.SITE_MAY_SAY if not c.startswith("entrance_")),
        *(("sites.csv", f"{column}_en") for column in TRANSLATED if column != "name"),
        *(("programmes.csv", column) for column in programmes.PROGRAMME_MAY_SAY),
        *(("programmes.csv", "title_en"), ("stations.csv", "name_en"), ("crafts.csv", "name_en")),
        *(("crafts.csv", "name_romaji"), ("hours_exceptions.csv", "note")),
    ],
)
def test_a_column_may_be_left_out_where_there_is_nothing_to_say(
    folder: Path, name: str, column: str
) -> None:
    """But where a door is when it is known, and that a sample says so in each language, is said."""
    file = folder / name
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    for row in rows:
        row.pop(column, None)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert read_catalogue(folder).sites


def set_cell(line: int, column: str, value: str) -> Callable[[str], str]:
    """An edit that writes one cell of the row on `line` (every row of ours is one line)."""

    def edit(text: str) -> str:
        rows = list(csv.reader(io.StringIO(text)))
        rows[line - 1][rows[0].index(column)] = value
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()

    return edit


def swap(old: str, new: str) -> Callable[[str], str]:
    """An edit that writes `new` for the first `old`."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


SLIPS = [
    ("sites.csv", set_cell(12, "lat", "x"), "line 12: lat must be a number between"),
    ("sites.csv", set_cell(12, "lat", "nan"), "line 12: lat must be a number between"),
    ("sites.csv", set_cell(3, "lon", "135.5"), "line 3: lon must be a number between 139.684"),
    ("sites.csv", set_cell(4, "kind", "castle"), "line 4: kind must be one of factory, craft"),
    ("sites.csv", set_cell(5, "craft", "pottery"), "line 5: craft must be one of woodblock"),
    ("sites.csv", set_cell(6, "point_quality", "good"), "line 6: point_quality must be one of"),
    ("sites.csv", set_cell(6, "entrance_lat", "35.75"), "line 6: entrance_lat and entrance_lon"),
    ("sites.csv", set_cell(50, "entrance_lon", ""), "line 50: entrance_lon must be a number"),
    ("sites.csv", set_cell(7, "name_kana", "かみ"), "line 7: name_kana must be full-width"),
    ("sites.csv", set_cell(8, "name", " "), "line 8: name must not be empty"),
    ("sites.csv", set_cell(9, "slug", "paper-museum"), "line 9: slug 'paper-museum' is used"),
    ("sites.csv", set_cell(9, "slug", "Paper Museum"), "line 9: slug must be small letters"),
    ("sites.csv", set_cell(2, "sample", "1"), "line 2: name must contain '見本 ' when sample is 1"),
    ("sites.csv", set_cell(50, "name", "王子工房"), "line 50: name must contain '見本 '"),
    ("sites.csv", set_cell(50, "name_en", "Oji"), "line 50: name_en must contain ' (sample)'"),
    ("sites.csv", set_cell(2, "name", "見本 館"), "line 2: name must not contain '見本 '"),
    ("sites.csv", set_cell(50, "access_features", "lift"), "line 50: access_features must be"),
    ("sites.csv", set_cell(50, "languages", "ja;ja"), "line 50: languages must not name one"),
    ("sites.csv", set_cell(2, "url", "javascript:alert(1)"), "line 2: url must begin with https"),
    ("sites.csv", set_cell(2, "holiday_rule", "yes"), "line 2: holiday_rule must be one of none"),
    ("sites.csv", swap("slug,kind", "slug,art"), "line 1: the column kind is missing"),
    ("sites.csv", set_cell(2, "name", "館" * 201), "line 2: name: At most 200 characters."),
    (
        "sites.csv",
        swap("name_kana", "kana"),
        "line 1: the column kana is not known; is it name_kana?",
    ),
    (
        "sites.csv",
        swap("culture,,紙", "culture,紙"),
        "line 2: has 28 cells where the header has 29",
    ),
    ("sites.csv", swap("culture,,紙", 'culture,,"紙'), "check the quotation marks"),
    ("stations.csv", set_cell(2, "kind", "port"), "line 2: kind must be one of station"),
    ("crafts.csv", set_cell(2, "emblem", ""), "line 2: emblem must not be empty"),
    ("hours.csv", set_cell(2, "opens", "9:00"), "line 2: opens must be a time such as 09:30"),
    ("hours.csv", set_cell(2, "closes", "24:60"), "line 2: closes must be a time"),
    ("hours.csv", set_cell(2, "closes", "08:00"), "line 2: closes must be later than opens"),
    ("hours.csv", set_cell(3, "weekdays", "mon;tu"), "line 3: weekdays must be one of mon"),
    ("hours.csv", set_cell(3, "weekdays", ""), "line 3: weekdays must not be empty"),
    ("hours.csv", set_cell(4, "site", "nowhere"), "line 4: site must be a slug of sites.csv"),
    ("hours_exceptions.csv", set_cell(2, "rule", "soon"), "line 2: rule must be like"),
    ("hours_exceptions.csv", set_cell(2, "rule", "02-30"), "line 2: rule must be a date"),
    ("hours_exceptions.csv", set_cell(2, "rule", "event:oji-open-factory:3"), "line 2: rule must"),
    ("hours_exceptions.csv", set_cell(2, "closes", ""), "line 2: closes must be a time"),
    ("programmes.csv", set_cell(2, "site", "nowhere"), "line 2: site must be a slug"),
    ("programmes.csv", set_cell(2, "site", "paper-museum"), "line 2: site 'paper-museum' must be"),
    ("programmes.csv", set_cell(2, "event", "fair"), "line 2: event must be one of oji-open"),
    ("programmes.csv", set_cell(2, "times", "25:99"), "line 2: times must be a time"),
    ("programmes.csv", set_cell(2, "times", "13:00;10:30;14:30"), "line 2: days and times must"),
    ("programmes.csv", set_cell(2, "times", "10:30;13:00;15:30"), "line 2: times must begin"),
    ("programmes.csv", set_cell(2, "days", "1;3"), "line 2: days must be one of 1, 2"),
    ("programmes.csv", set_cell(2, "filled", "0.5;1"), "line 2: filled must have 6 shares"),
    ("programmes.csv", set_cell(2, "filled", "0;0;0;0;0;2"), "line 2: filled must be shares"),
    ("programmes.csv", set_cell(2, "allocation", "draw"), "line 2: filled must be 0 in every"),
    ("programmes.csv", set_cell(2, "max_party", "9"), "line 2: max_party must be a whole number"),
    ("programmes.csv", set_cell(2, "price_yen", "1,500"), "line 2: price_yen must be a whole"),
    ("events.toml", swap('"10:00"', '"ten"'), "event 1: opens must be a time"),
    ("events.toml", swap('"saturday"', '"sat"'), "event 1: weekday must be one of monday"),
    ("events.toml", swap("days = 2", 'days = "2"'), "event 1: days must be a whole number"),
    ("events.toml", swap("sample-yuzen-toshima", "nowhere"), "event 1, site 2: site must be"),
    ("events.toml", swap("sample-yuzen-toshima", "sample-woodblock-oji"), "site 2: site 'sample-"),
    ("events.toml", swap('", role = "host"', '", role = "guest"'), "event 1, site 1: role must be"),
    ("events.toml", swap("title_en =", "title_fr ="), "event 1: title_en must be a text"),
    (
        "events.toml",
        swap('"sample-woodblock-oji", stay', '"iwabuchi-watergate", stay'),
        "event 1, course 1, stop 1: site 'iwabuchi-watergate' is known only to its town block",
    ),
    ("events.toml", swap("days = 2", "days ="), "line 2"),
    ("town.toml", swap("[sample_mark]", "[mark]"), "[sample_mark]: ja must be a text"),
    ("town.toml", swap("ward_code", "code"), "ward_code"),
]


@pytest.mark.parametrize(("name", "edit", "told"), SLIPS, ids=[told for _, _, told in SLIPS])
def test_a_slip_is_told_with_file_place_and_mend(
    folder: Path, name: str, edit: Callable[[str], str], told: str
) -> None:
    file = folder / name
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CatalogueError) as slip:
        read_catalogue(folder)
    message = str(slip.value)
    assert message.startswith(str(file))
    assert told in message
    assert "\n" not in message


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "hours.csv").unlink()
    with pytest.raises(CatalogueError, match=r"hours\.csv: cannot be read: No such file"):
        read_catalogue(folder)


def test_a_file_in_another_encoding_is_named_with_its_line(folder: Path) -> None:
    stations = folder / "stations.csv"
    stations.write_bytes(stations.read_text(encoding="utf-8").encode("cp932"))
    with pytest.raises(CatalogueError, match=r"stations\.csv, line 2: is not UTF-8"):
        read_catalogue(folder)


def test_a_byte_order_mark_from_a_spreadsheet_does_no_harm(folder: Path) -> None:
    sites = folder / "sites.csv"
    sites.write_bytes(b"\xef\xbb\xbf" + sites.read_bytes())
    assert read_catalogue(folder).sites[0].slug == "paper-museum"


def test_a_cell_over_two_lines_keeps_the_count_of_lines_right(folder: Path) -> None:
    sites = folder / "sites.csv"
    text = set_cell(2, "description", "一行目\n二行目")(sites.read_text(encoding="utf-8"))
    sites.write_text(swap(",35.749625,", ",north,")(text), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"line 4: lat must be"):
        read_catalogue(folder)


def test_a_town_of_one_language_is_read_as_well(folder: Path) -> None:
    """Without English among its languages, no column of English is read."""
    town = folder / "town.toml"
    text = town.read_text(encoding="utf-8").replace('["ja", "en"]', '["ja"]')
    town.write_text(text, encoding="utf-8")
    catalogue = read_catalogue(folder)
    assert all(not site.translations for site in catalogue.sites)


@needs_real_streets
def test_every_sample_door_stands_at_a_walkable_street(catalogue: Catalogue) -> None:
    doors = [(site.slug, site.entrance) for site in catalogue.sites if site.entrance]
    nearest = dict.fromkeys((slug for slug, _ in doors), math.inf)
    for way in osmium.FileProcessor(str(STREETS)).with_locations():
        if not way.is_way() or "highway" not in way.tags:
            continue
        line = [Point(lat=node.lat, lon=node.lon) for node in way.nodes]
        for slug, door in doors:
            if any(abs(p.lat - door.lat) < 0.003 for p in line):
                nearest[slug] = min(nearest[slug], _metres_to_line(door, line))
    assert {slug: round(m) for slug, m in nearest.items() if not m <= 8} == {}


def _metres_to_line(point: Point, line: list[Point]) -> float:
    along, across = metres_per_degree(point.lat)
    flat = [
        complex((p.lon - point.lon) * float(across), (p.lat - point.lat) * float(along))
        for p in line
    ]
    return min(map(_metres_from_origin, flat, flat[1:]), default=math.inf)


def _metres_from_origin(start: complex, end: complex) -> float:
    side = end - start
    if side == 0:
        return abs(start)
    share = -(start * side.conjugate()).real / abs(side) ** 2
    return abs(start + max(0.0, min(1.0, share)) * side)
