"""The guides name what is really on the screen, and show pictures where there are any."""

import re
from functools import cache

import httpx
import pytest
from babel.messages.pofile import read_po

from tour.i18n import LOCALES
from tour.settings import ROOT, Settings

pytestmark = pytest.mark.once("words of pages")

QUOTED = {"ja": "「([^」]+)」", "en": "“([^”]+)”"}
GUIDES = [(name, lang) for name in ("hosts", "staff") for lang in ("ja", "en")]


@cache
def messages(lang: str) -> set[str]:
    """Everything that the app says in a language."""
    with (LOCALES / "ja" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        found = [m.string if lang == "ja" else m.id for m in read_po(file) if m.id]
    return {text for each in found for text in ([each] if isinstance(each, str) else each)}


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_every_button_that_is_named_exists(name: str, lang: str) -> None:
    text = (ROOT / "templates" / "help" / f"{name}_{lang}.html").read_text(encoding="utf-8")
    named = re.findall(QUOTED[lang], text)
    assert len(named) > 5
    assert [label for label in named if label not in messages(lang)] == []


@pytest.mark.parametrize(("name", "lang"), GUIDES)
async def test_a_guide_reads_well_without_pictures_and_shows_those_there_are(
    client: httpx.AsyncClient, settings: Settings, name: str, lang: str
) -> None:
    path = f"/help/{name}?lang={lang}"
    assert "<figure" not in (await client.get(path)).text
    folder = settings.var / "guides"
    folder.mkdir(parents=True)
    shot = {"hosts": "today", "staff": "map"}[name]
    (folder / f"{shot}-{lang}.png").write_bytes(b"\x89PNG")
    page = (await client.get(path)).text
    assert f"/help/pictures/{shot}-{lang}.png" in page
    picture = await client.get(f"/help/pictures/{shot}-{lang}.png")
    assert picture.headers["content-type"] == "image/png"
    for wrong in (f"../{shot}-{lang}.png", "today-fr.png", "a.png", "%00"):
        assert (await client.get(f"/help/pictures/{wrong}")).status_code == 404
