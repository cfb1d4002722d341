"""What a place says of itself is declared once, and reaches everybody from there.

Whoever adds a text to the model is told here, by name, where it is still missing.
"""

import csv
import html
import io
from typing import Any

import httpx
import pytest
from tortoise.fields import CharField, TextField
from tortoise.fields.data import CharEnumFieldInstance

from tests.conftest import NOON
from tests.factories import make_programme, make_site, make_slot
from tests.reservations.factories import make_wish
from tour.reservations import service
from tour.settings import ROOT
from tour.sites.imports.file import read_file
from tour.sites.indexing import site_index
from tour.sites.models import Site
from tour.sites.texts import FIELDS, OWN, TEXTS, SiteText

NO_TEXTS = {"craft_id", "slug", "point_source", "closures", "office_phone"}
"""Written by programs, or read with the hours (`closures`) and by the office alone. Once the models
are joined, a foreign key is a column of text, too."""
NOT_IN_FILES = {"summary", "what_to_expect", "phone"}
"""The sentence of a card, what to know before one comes, and whom to ring on the day: 観光施設一覧
has no column for them."""
NOT_UNDER_A_HEADING = {"name", "name_kana", "summary", "description", "phone", "url"}
FOR_GUESTS_ONLY = {"phone"}
SAMPLES = {"phone": "03-1234-5678", "url": "https://url.example/"}
GEO = ROOT / "data" / "geo"


def own(text: SiteText) -> str:
    return SAMPLES.get(text.name, f"ユニーク{text.name}")


def english(text: SiteText) -> str:
    return f"unique {text.name} words"


async def make_talkative_site() -> Site:
    translations = {text.name: english(text) for text in TEXTS if text.is_translated}
    texts = {text.name: own(text) for text in TEXTS}
    return await make_site(**texts, translations={"en": translations})


def test_every_text_of_the_model_is_declared_with_the_length_of_its_column() -> None:
    columns = {
        name: field
        for name, field in Site._meta.fields_map.items()
        if isinstance(field, CharField | TextField) and not isinstance(field, CharEnumFieldInstance)
    }
    assert set(columns) - NO_TEXTS == set(OWN), "a text of the model and of tour/sites/texts.py"
    for text in TEXTS:
        most = getattr(columns[text.name], "max_length", None)
        assert most in (None, text.longest), text.name


def test_a_text_that_no_file_brings_and_one_without_a_heading_is_meant_so() -> None:
    assert {text.name for text in TEXTS if not text.headers} == NOT_IN_FILES
    assert {text.name for text in TEXTS if text.heading is None} == NOT_UNDER_A_HEADING
    for text in TEXTS:
        assert not text.headers_en or text.is_translated, text.name
        assert not text.on_ticket or text.heading, text.name


async def test_each_text_is_read_on_the_page_in_both_languages(client: httpx.AsyncClient) -> None:
    site = await make_talkative_site()
    pages = {
        lang: html.unescape((await client.get(f"/sites/{site.slug}?lang={lang}")).text)
        for lang in ("ja", "en")
    }
    for text in TEXTS:
        assert (own(text) in pages["ja"]) == (text.name not in FOR_GUESTS_ONLY), text.name
        assert (english(text) in pages["en"]) == text.is_translated, text.name


@pytest.mark.parametrize(
    ("lang", "heading", "said", "label"),
    [
        ("ja", "お越しの前に", "音が大きめです。", "来る前に知っておきたいこと"),
        ("en", "Before you come", "It is rather loud.", "What to expect"),
    ],
)
async def test_what_to_expect_is_read_before_one_comes_and_leaves_no_gap_where_unsaid(
    client: httpx.AsyncClient, lang: str, heading: str, said: str, label: str
) -> None:
    said_in_english = {"en": {"what_to_expect": "It is rather loud.\nNo pictures."}}
    loud = await make_site(
        what_to_expect="音が大きめです。\n撮影はご遠慮ください。", translations=said_in_english
    )
    for site in (loud, await make_site()):
        slot = await make_slot(programme=await make_programme(site=site))
        made = await service.reserve(make_wish(slot), now=NOON)
        for path in (f"/sites/{site.slug}", f"/reservations/{made.reference}"):
            page = (await client.get(path, headers={"Accept-Language": lang})).text
            assert (page.count(heading), page.count(said)) == ((1, 1) if site is loud else (0, 0))
            assert label not in page, "the form's word"


async def test_each_text_is_in_the_open_data_or_kept_out_of_it(client: httpx.AsyncClient) -> None:
    site = await make_talkative_site()
    answer = await client.get(f"/api/v1/sites?slug={site.slug}")
    [feature] = answer.json()["features"]
    for text in TEXTS:
        assert (feature["properties"].get(text.name) == own(text)) == text.in_api, text.name


@pytest.mark.usefixtures("database")
async def test_each_text_is_found_or_is_meant_not_to_be() -> None:
    site = await make_talkative_site()
    [row] = await Site.filter(id=site.id).values()
    found = {each.by for each in site_index(row, None)}
    index = "\n".join(each.written for each in site_index(row, None))
    for text in TEXTS:
        assert text.found_by is None or text.found_by in found, text.name
        assert (f"unique {text.name} words" in index) == (text.found_by is not None), text.name


@pytest.mark.parametrize("field", [f for f, text in FIELDS.items() if text.lines == 1])
def test_what_has_one_line_is_kept_in_one(field: str) -> None:
    assert FIELDS[field].written(" 王子\r\n駅\t前\u0085 ") == "王子 駅前"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.yamada.jp", "https://www.yamada.jp"),
        (" yamada-some.example.jp ", "https://yamada-some.example.jp"),
        ("yamada.jp/some/?a=1", "https://yamada.jp/some/?a=1"),
        ("染め山田.jp", "https://染め山田.jp"),
        ("//yamada.jp/", "https://yamada.jp/"),
        ("http://yamada.jp/", "http://yamada.jp/"),
        ("", ""),
    ],
)
def test_a_website_may_be_typed_without_its_scheme(typed: str, kept: str) -> None:
    url = FIELDS["url"]
    assert url.written(typed) == kept
    assert url.problem("url", kept) is None


@pytest.mark.parametrize(
    "typed",
    [
        "なし",
        "電話 03.1234",
        "info@yamada.jp",
        "yamada",
        "1.5",
        "javascript:alert(1)",
        "ftp://a.jp/",
    ],
)
def test_what_is_no_website_is_refused_as_it_was_typed(typed: str) -> None:
    url = FIELDS["url"]
    assert url.written(typed) == typed
    assert url.problem("url", typed) is not None


async def test_a_file_may_call_each_text_by_any_of_its_headers() -> None:
    for text in TEXTS:
        both = zip(text.names, (text.headers, text.headers_en), strict=False)
        for field, header in ((field, header) for field, headers in both for header in headers):
            cells: dict[str, Any] = {"名称": "工房", header: SAMPLES.get(text.name, "カミ")}
            out = io.StringIO()
            csv.writer(out).writerows([cells.keys(), cells.values()])
            [row] = (await read_file(out.getvalue())).rows
            assert row.values[field] == cells[header], header


def test_every_column_of_the_towns_files_is_told_in_the_sources() -> None:
    lines = (GEO / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    for file in sorted(GEO.glob("*.csv")):
        told = next((line for line in lines if line.startswith(f"- `{file.name}`:")), "")
        with file.open(encoding="utf-8-sig", newline="") as opened:
            columns = next(csv.reader(opened))
        if file.name == "sites.csv":
            columns = [*dict.fromkeys([*columns, *FIELDS])]
        assert [column for column in columns if f"`{column}`" not in told] == [], file.name
