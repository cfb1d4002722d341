"""The PDF itself: fonts, sizes, and that printing reads nothing but what it is given."""

import ctypes

import httpx
import pypdfium2
import pytest
from pypdfium2 import raw

from tests.publishing.days import make_day
from tour.publishing.pdf import FONT_MISSING, print_problems, typeset

pytestmark = pytest.mark.once("a map is drawn in memory")

MILLIMETRES_A_POINT = 25.4 / 72


async def printed(client: httpx.AsyncClient, query: str) -> pypdfium2.PdfDocument:
    response = await client.get(f"/events/day/map.pdf?{query}")
    assert response.headers["content-type"] == "application/pdf"
    return pypdfium2.PdfDocument(response.content)


@pytest.mark.parametrize(("size", "width", "height"), [("A4", 210, 297), ("A3", 297, 420)])
async def test_pages_have_the_size_of_the_sheet(
    client: httpx.AsyncClient, size: str, width: int, height: int
) -> None:
    await make_day(12)
    for page in await printed(client, f"size={size}"):
        mm = [edge * MILLIMETRES_A_POINT for edge in page.get_size()]
        assert mm == pytest.approx([width, height], abs=0.2)


async def test_a_leaflet_has_its_map_in_front_and_its_list_behind(
    client: httpx.AsyncClient,
) -> None:
    await make_day(12)
    front, back = await printed(client, "size=A4")
    assert "凡例" in front.get_textpage().get_text_bounded()
    assert "工房その12号" not in front.get_textpage().get_text_bounded()
    assert "工房その12号" in back.get_textpage().get_text_bounded()


async def test_a_poster_has_all_on_one_side(client: httpx.AsyncClient) -> None:
    await make_day(12)
    (poster,) = await printed(client, "size=A3")
    assert "工房その12号" in poster.get_textpage().get_text_bounded()


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_every_font_is_embedded_and_japanese_is_set_in_a_japanese_one(
    client: httpx.AsyncClient, lang: str
) -> None:
    await make_day(12)
    fonts = {}
    for page in await printed(client, f"lang={lang}"):
        for piece in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=8):
            font = raw.FPDFTextObj_GetFont(piece)
            fonts[font_name(font)] = raw.FPDFFont_GetIsEmbedded(font)
    assert fonts
    assert all(embedded == 1 for embedded in fonts.values()), fonts
    assert any("CJK" in name or "JP" in name for name in fonts), fonts


def font_name(font: object) -> str:
    length = raw.FPDFFont_GetBaseFontName(font, None, 0)
    name = ctypes.create_string_buffer(length)
    raw.FPDFFont_GetBaseFontName(font, name, length)
    return name.value.decode()


def test_this_machine_can_print() -> None:
    assert print_problems() == []


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tour.publishing.pdf.FONT_FOLDERS", (tmp_path,))
    assert print_problems() == [FONT_MISSING]


def test_printing_reads_no_file_and_no_address(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    secret = f"{tmp_path}/secret.svg"
    with open(secret, "w") as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">secret</text></svg>')
    html = f'<img src="file://{secret}"><img src="http://127.0.0.1:9/x.png"><p>text</p>'
    written = typeset(html, f'@import url("file://{secret}");').pdf()
    with pypdfium2.PdfDocument(written) as document:
        assert document[0].get_textpage().get_text_bounded().strip() == "text"
    assert caplog.text.count("has no other files") == 3
