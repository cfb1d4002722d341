"""Bringing sites in: what is looked at is what is written, all of it or nothing."""

import csv
import html
import io
import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.publishing.days import make_workshop
from tests.staff.town import hidden
from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.errors import BadInput
from tour.sites.editing import page as editing
from tour.sites.editing.page import Version
from tour.sites.finding import vocabulary
from tour.sites.imports import importing
from tour.sites.imports.comparing import changes_of, weeks_of
from tour.sites.imports.file import MOST_ROWS, decode, read_file
from tour.sites.imports.importing import Imported
from tour.sites.models import OpeningHours, Site
from tour.sites.states import PointQuality, SiteKind

OLDER = [
    "都道府県コード又は市区町村コード",
    "NO",
    "名称",
    "名称_カナ",
    "名称_英語",
    "住所",
    "方書",
    "緯度",
]
OLDER += [
    "経度",
    "利用可能曜日",
    "開始時間",
    "終了時間",
    "料金（基本）",
    "説明",
    "アクセス方法",
    "URL",
]
ROW = ["131172", "1", "紙の館", "カミノヤカタ", "Paper House", "東京都北区王子1-1-3", "2階"]
ROW += ["35.7498", "139.7386", "火水木", "10:00", "17:00", "400", "紙の館です。王子にあります。"]
ROW += ["王子駅から歩く", "https://example.org/"]


def table(*rows: list[str], header: list[str] | None = None) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header or OLDER, *rows])
    return out.getvalue()


def changed(**cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(OLDER, ROW, strict=True)]


async def look(desk: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await desk.post(
        "/staff/imports", data={"kind": "craft"}, files={"file": ("sites.csv", body, "text/csv")}
    )


async def confirm(desk: httpx.AsyncClient, page: httpx.Response, text: str) -> httpx.Response:
    fields = {"text": text, "fingerprint": hidden(page, "fingerprint"), "kind": "craft"}
    return await desk.post("/staff/imports/confirm", data=fields)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
async def test_a_new_place_is_looked_at_then_written_as_a_draft(
    staff: httpx.AsyncClient, encoding: str
) -> None:
    text = table(ROW)
    page = await look(staff, text.encode(encoding))
    assert page.status_code == 200
    assert "紙の館" in page.text
    assert ">name_kana<" not in page.text
    assert await Site.all().count() == 0
    answer = await confirm(staff, page, text)
    assert answer.headers["location"] == "/staff/imports?done=1-0"
    site = await Site.get(name="紙の館")
    assert (site.slug, site.kind, site.is_published) == ("paper-house", "craft", False)
    assert site.address == "東京都北区王子1-1-3 2階"
    assert site.translations["en"]["name"] == "Paper House"
    assert site.summary == "紙の館です。"
    assert await OpeningHours.filter(site=site, opens_minute=600).count() == 3
    assert await AuditEntry.filter(action="site.import_new", site_id=site.id).count() == 1


async def test_the_current_standard_is_read_too(staff: httpx.AsyncClient) -> None:
    header = ["全国地方公共団体コード", "名称", "名称_英字", "所在地_連結表記", "建物名等（方書）"]
    text = table(["131172", "紙の館", "Paper House", "東京都北区王子", "2階"], header=header)
    await confirm(staff, await look(staff, text.encode()), text)
    assert (await Site.get(slug="paper-house")).address == "東京都北区王子 2階"


async def test_a_known_name_is_changed_and_empty_cells_erase_nothing(
    staff: httpx.AsyncClient,
) -> None:
    columns = {"url": "https://old.example/", "description": "昔の説明"}
    site = await make_workshop(1, name="紙 の　館", **columns)
    text = table(changed(名称_英語="", 説明="", URL="https://new.example/"))
    page = await look(staff, text.encode())
    assert "https://old.example/" in page.text
    await confirm(staff, page, text)
    await site.refresh_from_db()
    assert site.url == "https://new.example/"
    assert site.description == "昔の説明"
    assert site.name == "紙 の　館", "as the place writes it"
    assert site.is_published
    assert await Site.all().count() == 1
    again = await look(staff, text.encode())
    assert 'name="fingerprint"' not in again.text


async def test_visitors_read_at_once_what_was_imported(staff: httpx.AsyncClient) -> None:
    await make_workshop(1, name="紙の館", access_note="昔の道")
    assert "昔の道" in (await staff.get("/sites/site-1")).text
    text = table(changed(アクセス方法="新しい道"))
    await confirm(staff, await look(staff, text.encode()), text)
    page = (await staff.get("/sites/site-1")).text
    assert "新しい道" in page
    assert "昔の道" not in page


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("髙橋ヴァイオリン工房", "高橋バイオリン工房"),
        ("西ヶ原一丁目の家", "西ケ原１丁目の家"),
        ("齋藤 硝子", "斉藤硝子"),
    ],
)
async def test_another_spelling_of_a_name_is_the_same_place(
    staff: httpx.AsyncClient, stored: str, written: str
) -> None:
    site = await make_workshop(1, name=stored)
    text = table(changed(名称=written))
    await confirm(staff, await look(staff, text.encode()), text)
    assert [known.id for known in await Site.all()] == [site.id]
    assert (await Site.get()).address == "東京都北区王子1-1-3 2階"


async def test_wrong_rows_of_200_are_named_and_the_others_go_in(staff: httpx.AsyncClient) -> None:
    rows = [changed(名称=f"工房{n}", 名称_英語=f"Workshop {n}") for n in range(200)]
    rows[120][OLDER.index("緯度")] = "139.7386"
    rows[150][OLDER.index("開始時間")] = "朝から"
    text = table(*rows)
    page = await look(staff, text.encode("cp932"))
    assert "122行目" in page.text
    assert "152行目" in page.text
    forced = await staff.post("/staff/imports/confirm", data={"text": text, "fingerprint": "x"})
    assert forced.status_code == 409, "nobody has looked at that"
    assert await Site.all().count() == 0
    assert (await confirm(staff, page, text)).headers["location"] == "/staff/imports?done=198-0"
    assert not await Site.filter(name__in=["工房120", "工房150"]).exists()


async def test_200_rows_are_written(staff: httpx.AsyncClient) -> None:
    rows = [changed(名称=f"工房{n}", 名称_英語="Workshop") for n in range(200)]
    text = table(*rows)
    answer = await confirm(staff, await look(staff, text.encode()), text)
    assert answer.headers["location"] == "/staff/imports?done=200-0"
    assert await Site.all().count() == 200


async def imported(rows: list[list[str]]) -> Imported:
    read = await read_file(table(*rows))
    found = await importing.compare(read)
    actor = Actor(None, "見本 職員")
    return await importing.apply(read, found.fingerprint, SiteKind.CRAFT, actor=actor, now=NOON)


@pytest.mark.usefixtures("database")
async def test_a_batch_takes_hardly_more_statements_than_a_few_rows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """On SQLite all who write wait for a batch; new ones first, then all of them changed."""
    counts = []
    for number in (5, 400):
        rows = [changed(名称=f"工房{number}-{n}", 名称_英語=f"Workshop {n}") for n in range(number)]
        for done in ((number, 0), (0, number)):
            caplog.clear()
            with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
                assert await imported(rows) == Imported(*done, 0)
            counts.append(len(caplog.records))
            for row in rows:
                row[OLDER.index("方書")] = "3階"
    new, change, many_new, many_changed = counts
    batches = 400 / importing.BATCH
    assert many_new < new * batches * 1.2, counts
    assert many_changed < change * batches * 1.2, counts
    site = await Site.get(name="工房400-7")
    assert site.address == "東京都北区王子1-1-3 3階"
    assert site.translations == {"en": {"name": "Workshop 7"}}
    assert (site.point_quality, site.point_source) == ("building", "観光施設一覧")
    entries = AuditEntry.filter(action="site.import_change", site_id=site.id)
    assert (await entries.get()).after == {"address": "東京都北区王子1-1-3 3階"}
    assert await OpeningHours.filter(site=site).count() == 3


async def test_what_changed_after_the_look_is_not_overwritten(staff: httpx.AsyncClient) -> None:
    text = table(ROW)
    page = await look(staff, text.encode())
    site = await make_workshop(1, name="紙の館", url="https://own.example/")
    answer = await confirm(staff, page, text)
    assert answer.status_code == 409
    await site.refresh_from_db()
    assert site.url == "https://own.example/"


async def test_one_name_twice_is_refused(staff: httpx.AsyncClient) -> None:
    page = await look(staff, table(ROW, ROW).encode())
    assert "2行目" in page.text
    assert "3行目" in page.text


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\x00\x81", "住所\n王子".encode(), '名称\n"開いたまま'.encode()],
    ids=["empty", "no text", "no name column", "open quote"],
)
async def test_what_is_no_such_table_is_refused(staff: httpx.AsyncClient, body: bytes) -> None:
    assert (await look(staff, body)).status_code == 422


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ({"名称": ""}, "名称"),
        ({"名称": "\u200b\u3164"}, "名称"),
        ({"名称_カナ": "紙"}, "名称_カナ"),
        ({"緯度": "北緯35度"}, "緯度"),
        ({"緯度": "139.7", "経度": "35.7"}, "緯度"),
        ({"開始時間": "25時"}, "開始時間"),
        ({"終了時間": "09:00"}, "終了時間"),
        ({"終了時間": "10:00"}, "終了時間"),
        ({"利用可能曜日": "平日"}, "利用可能曜日"),
        ({"URL": "javascript:alert(1)"}, "URL"),
        ({"名称_英語": "x" * 401}, "名称_英語"),
    ],
)
async def test_each_column_says_what_is_wrong(cell: dict[str, str], wrong: str) -> None:
    read = await read_file(table(changed(**cell)))
    assert [(problem.line, problem.column) for problem in read.problems] == [(2, wrong)]


async def test_a_row_of_the_wrong_width_is_named() -> None:
    assert [p.line for p in (await read_file(table(ROW, ROW[:4]))).problems] == [3]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("月火水", [0, 1, 2]),
        ("土曜日、日曜日", [5, 6]),
        ("毎日", list(range(7))),
        ("金・土", [4, 5]),
    ],
)
async def test_weekdays_are_read_as_people_write_them(text: str, days: list[int]) -> None:
    [row] = (await read_file(table(changed(利用可能曜日=text)))).rows
    assert [day for day, _opens, _closes in row.week] == days


async def test_a_file_has_so_many_rows_at_most() -> None:
    rows = [[f"館{n}"] for n in range(MOST_ROWS)]
    assert len((await read_file(table(*rows, header=["名称"]))).rows) == MOST_ROWS
    with pytest.raises(BadInput):
        await read_file(table(*rows, ["もう一つの館"], header=["名称"]))


async def test_columns_that_are_not_read_are_named_and_no_others() -> None:
    header = ["名称", "", "駐車場", "説明", "名称"]
    read = await read_file(table(["紙の館", "", "3台", "紙です。", "別の館"], header=header))
    assert read.ignored == ("駐車場", "名称"), "of two of one name the first is read"
    assert read.rows[0].values["name"] == "紙の館"


async def test_full_width_digits_and_blank_lines_are_read() -> None:
    read = await read_file(table(changed(緯度="３５．７４９８"), [""] * len(OLDER)))
    assert not read.problems
    assert read.rows[0].lat == 35.7498
    assert "料金(基本)" in read.ignored


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("35.7498", 35.7498),
        ("35.7498004", 35.7498),
        ("35.7498006", 35.749801),
        ("35.749800499", 35.7498),
    ],
)
async def test_degrees_are_kept_to_a_millionth(written: str, read: float) -> None:
    """A tenth of a metre: whoever exports and imports again changes nothing."""
    [row] = (await read_file(table(changed(緯度=written)))).rows
    assert row.lat == read
    [row] = (await read_file(table(changed(経度="139" + written[2:])))).rows
    assert row.lon == 139 + round(read - 35, 6)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadInput):
        decode(b"\x81\x00")


async def confirm_as_browser(desk: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    """The page's own form: a browser sends CRLF for every line end of a text."""
    sent = page.text.partition('<textarea name="text"')[2].partition(">\n")[2]
    text = html.unescape(sent.partition("</textarea>")[0])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    fields = {"text": lines, "fingerprint": hidden(page, "fingerprint"), "kind": "craft"}
    return await desk.post(
        "/staff/imports/confirm", files={name: (None, value) for name, value in fields.items()}
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_lines_within_a_cell_come_through_the_browser(
    staff: httpx.AsyncClient, end: str
) -> None:
    text = table(changed(説明=f"一行目{end}二行目"))
    answer = await confirm_as_browser(staff, await look(staff, text.encode()))
    assert answer.status_code == 303
    assert (await Site.get(name="紙の館")).description == "一行目\n二行目"
    assert 'name="fingerprint"' not in (await look(staff, text.encode())).text


async def test_what_may_be_looked_at_may_be_imported(staff: httpx.AsyncClient) -> None:
    rows = [changed(名称=f"工房{n}", 説明="紙" * 3500) for n in range(97)]
    large = await look(staff, table(*rows).encode("cp932"))
    assert large.status_code == 422, "one and a half times as large in UTF-8"
    assert "約2,000行" in large.text
    fits = await look(staff, table(*rows[:86]).encode("cp932"))
    assert (await confirm_as_browser(staff, fits)).status_code == 303
    assert await Site.all().count() == 86


PLACES = ("工房1", "工房2", "工房3")


async def saved(site: Site, **texts: str) -> None:
    profile = editing.profile_of(site)
    await editing.change_profile(
        site.id,
        replace(profile, texts={**profile.texts, **texts}),
        version=await Version.of(site, "site"),
        actor=Actor(None, "見本 主人"),
        now=NOON,
    )


@pytest.mark.usefixtures("database")
async def test_what_a_host_saves_while_it_runs_stays_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the look under which it began and the batch that would have overwritten it."""
    sites = [await make_workshop(n, name=name) for n, name in enumerate(PLACES, start=1)]
    read = await read_file(table(*(changed(名称=name, 名称_英語=f"W {name}") for name in PLACES)))
    found = await importing.compare(read)
    learn = vocabulary.learn

    async def meanwhile(texts: Iterable[str]) -> None:
        monkeypatch.setattr(vocabulary, "learn", learn)
        await saved(await Site.get(id=sites[1].id), address="主人が書いた住所")
        await learn(texts)

    monkeypatch.setattr(vocabulary, "learn", meanwhile)
    actor = Actor(None, "見本 職員")
    done = await importing.apply(read, found.fingerprint, SiteKind.CRAFT, actor=actor, now=NOON)
    assert done == Imported(new=0, changed=2, left=1)
    addresses = [(await Site.get(id=site.id)).address for site in sites]
    assert addresses == ["東京都北区王子1-1-3 2階", "主人が書いた住所", "東京都北区王子1-1-3 2階"]
    assert not await AuditEntry.filter(action="site.import_change", site_id=sites[1].id).exists()
    again = await importing.compare(read)
    told = [(c.site_id, field, old) for c in again.changed for field, old, _new in c.changes]
    assert (sites[1].id, "address", "主人が書いた住所") in told


@pytest.mark.usefixtures("database")
async def test_a_place_of_that_name_made_while_it_runs_is_not_made_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = await read_file(table(*(changed(名称=name) for name in PLACES)))
    found = await importing.compare(read)
    learn = vocabulary.learn

    async def meanwhile(texts: Iterable[str]) -> None:
        await make_workshop(1, name="工房 ２")
        await learn(texts)

    monkeypatch.setattr(vocabulary, "learn", meanwhile)
    actor = Actor(None, "見本 職員")
    done = await importing.apply(read, found.fingerprint, SiteKind.CRAFT, actor=actor, now=NOON)
    assert done == Imported(new=2, changed=0, left=1)
    assert await Site.all().count() == 3


async def test_the_page_says_what_stays(
    staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await make_workshop(1, name="紙の館")
    text = table(ROW, changed(名称="新しい館"))
    page = await look(staff, text.encode())
    learn = vocabulary.learn

    async def meanwhile(texts: Iterable[str]) -> None:
        monkeypatch.setattr(vocabulary, "learn", learn)
        await saved(site, url="https://own.example/")
        await learn(texts)

    monkeypatch.setattr(vocabulary, "learn", meanwhile)
    answer = await confirm(staff, page, text)
    assert answer.status_code == 409
    assert "1件" in answer.text
    assert (await Site.get(id=site.id)).url == "https://own.example/"
    again = await confirm(staff, answer, text)
    assert again.headers["location"] == "/staff/imports?done=0-1"
    assert (await Site.get(id=site.id)).url == "https://example.org/"


@pytest.mark.usefixtures("database")
async def test_a_host_who_has_the_page_open_sees_the_import(clock: TurnableClock) -> None:
    site = await make_workshop(1, name="紙の館")
    await Site.filter(id=site.id).update(updated_at=NOON)
    version = await Version.of(await Site.get(id=site.id), "site")
    await imported([ROW])
    with pytest.raises(editing.Stale):
        await editing.change_profile(
            site.id,
            editing.profile_of(site),
            version=version,
            actor=Actor(None, "見本 主人"),
            now=clock(),
        )


ROUND = {
    "full": ROW,
    "two lines in a cell of one": changed(名称_英語="Paper\nHouse", 住所="東京都\r\n北区"),
    "control characters": changed(説明="紙\x07の\u0085館", アクセス方法="王子駅\tから"),
    "composed letters": changed(名称_英語="Cafe\u0301", 説明="カ\u3099ラス"),
    "full-width numbers": changed(緯度="３５．７４９８００４", 経度="１３９．７３８６"),
    "only a name": [cell if name == "名称" else "" for name, cell in zip(OLDER, ROW, strict=True)],
    "as long as may be": changed(説明="館" * 4000, 名称_英語="x" * 400, 住所="王" * 297),
    "a night": changed(開始時間="18:00", 終了時間="26:00"),
    "every day": changed(利用可能曜日="毎日"),
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "known"])
@pytest.mark.parametrize("name", ROUND)
async def test_a_row_that_is_applied_compares_as_the_same_and_stands_as_the_log_says(
    name: str, is_new: bool
) -> None:
    if not is_new:
        await make_workshop(1, name="紙の館", description="昔の説明")
    read = await read_file(table(ROUND[name]))
    assert read.problems == ()
    await imported([ROUND[name]])
    site = await Site.get(name="紙の館")
    assert changes_of(read.rows[0], site, (await weeks_of([site.id])).get(site.id, ())) == ()
    assert (await importing.compare(read)).same == 1
    fields = editing.as_fields(editing.profile_of(site))
    for entry in await AuditEntry.filter(subject="site", subject_id=site.id):
        for field, logged in entry.after.items():
            if field not in ("point", "hours"):
                assert fields[field] == logged, field


async def test_an_address_with_its_building_is_no_longer_than_its_column() -> None:
    read = await read_file(table(changed(住所="王" * 200, 方書="子" * 200)))
    assert [problem.column for problem in read.problems] == ["住所"]


def another(line: str, **cells: str) -> list[str]:
    return changed(名称=line, 名称_カナ="", 名称_英語="", **cells)


def ticked(page: httpx.Response, *, without: Iterable[int] = ()) -> list[tuple[str, str]]:
    """What a browser sends of the look, but these lines."""
    boxes = re.findall(
        r'<input type="checkbox" form="import" name="take" value="(\d+)"( checked)?', page.text
    )
    shown = re.findall(r'name="shown" value="(\d+)"', page.text)
    columns = re.findall(r'name="column" value="(\w+)"( checked)?', page.text)
    return [
        *(("shown", line) for line in shown),
        *(("take", line) for line, tick in boxes if tick and int(line) not in without),
        *(("column_shown", name) for name, _tick in columns),
        *(("column", name) for name, tick in columns if tick),
    ]


async def send(
    desk: httpx.AsyncClient, page: httpx.Response, text: str, fields: list[tuple[str, str]]
) -> httpx.Response:
    common = [("text", text), ("fingerprint", hidden(page, "fingerprint")), ("kind", "craft")]
    body = urlencode([*common, *fields])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return await desk.post("/staff/imports/confirm", content=body, headers=form)


async def names() -> set[str]:
    return {site.name for site in await Site.all()}


async def test_rows_that_are_wrong_or_not_wanted_stay_out_and_the_rest_goes_in(
    staff: httpx.AsyncClient,
) -> None:
    text = table(ROW, another("北の館", 緯度="north"), another("南の館"), another("西の館"))
    page = await look(staff, text.encode())
    assert "1行に誤りがあり、取り込みません" in page.text
    fields = ticked(page, without=[4])
    assert (await send(staff, page, text, fields)).status_code == 303
    assert await names() == {"紙の館", "西の館"}


async def test_columns_may_be_left_out(staff: httpx.AsyncClient) -> None:
    site = await make_workshop(1, name="紙の館", description="昔の説明", url="https://old.example/")
    hours = await OpeningHours.filter(site=site).values("weekday", "opens_minute")
    text = table(changed(説明="新しい説明", URL="https://new.example/"))
    page = await look(staff, text.encode())
    fields = [each for each in ticked(page) if each not in (("column", "url"), ("column", "hours"))]
    assert (await send(staff, page, text, fields)).status_code == 303
    await site.refresh_from_db()
    assert (site.description, site.url) == ("新しい説明", "https://old.example/")
    assert await OpeningHours.filter(site=site).values("weekday", "opens_minute") == hours


async def test_a_new_place_without_its_hours_has_none(staff: httpx.AsyncClient) -> None:
    text = table(ROW)
    page = await look(staff, text.encode())
    fields = [each for each in ticked(page) if each != ("column", "hours")]
    assert (await send(staff, page, text, fields)).status_code == 303
    assert not await OpeningHours.all().exists()


async def test_with_nothing_ticked_nothing_is_imported_and_the_choice_stays(
    staff: httpx.AsyncClient,
) -> None:
    text = table(ROW, another("南の館"))
    page = await look(staff, text.encode())
    again = await send(staff, page, text, ticked(page, without=[2, 3]))
    assert again.status_code == 422
    assert ("take", "2") not in ticked(again)
    assert await names() == set()


async def test_a_place_far_away_is_asked_about(staff: httpx.AsyncClient) -> None:
    text = table(ROW, another("遠くの館", 緯度="35.0", 経度="136.9"))
    page = await look(staff, text.encode())
    assert re.search(r"区域から約\d{3}km", page.text)
    assert ("take", "3") not in ticked(page), "it has no tick at first"
    assert (await send(staff, page, text, ticked(page))).status_code == 303
    assert await names() == {"紙の館"}
    page = await look(staff, text.encode())
    wanted = [*ticked(page), ("take", "3")]
    assert (await send(staff, page, text, wanted)).status_code == 303
    assert "遠くの館" in await names()


async def test_exchanged_degrees_are_offered_to_be_exchanged(staff: httpx.AsyncClient) -> None:
    text = table(ROW, another("南の館", 緯度="139.7386", 経度="35.7498", 説明="一行目\n二行目"))
    page = await look(staff, text.encode())
    assert "緯度と経度" in page.text
    turned = await send(staff, page, text, [("do", "turn")])
    assert turned.status_code == 200
    found = re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', turned.text, re.S)
    assert found
    mended = html.unescape(found[1])
    assert (await send(staff, turned, mended, ticked(turned))).status_code == 303
    south = await Site.get(name="南の館")
    assert (south.lat, south.lon, south.description) == (35.7498, 139.7386, "一行目\n二行目")


async def test_telephone_numbers_are_kept_for_the_staff(staff: httpx.AsyncClient) -> None:
    header = [*OLDER, "電話番号"]
    site = await make_workshop(1, name="紙の館", phone="090-1111-2222")
    text = table(
        [*ROW, "０３－１２３４－５６７８"], [*another("南の館"), "代表(内線12)"], header=header
    )
    page = await look(staff, text.encode())
    assert "電話番号" not in "".join(re.findall(r"読まない列</dt><dd>(.*?)</dd>", page.text))
    await send(staff, page, text, ticked(page))
    await site.refresh_from_db()
    assert (site.phone, site.office_phone) == ("090-1111-2222", "03-1234-5678")
    assert (await Site.get(name="南の館")).office_phone == "代表(内線12)"


async def test_a_point_is_rough_where_the_file_says_so(staff: httpx.AsyncClient) -> None:
    header = [*OLDER, "位置精度"]
    site = await make_workshop(1, name="紙の館", point_quality=PointQuality.TOWN)
    text = table([*ROW, ""], [*another("南の館"), "おおよそ"], header=header)
    page = await look(staff, text.encode())
    await send(staff, page, text, ticked(page))
    await site.refresh_from_db()
    assert site.point_quality == PointQuality.BUILDING
    assert (await Site.get(name="南の館")).point_quality == PointQuality.APPROXIMATE
