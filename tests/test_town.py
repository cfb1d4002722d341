"""The town's own file, and what is said to whoever slips in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tour.errors import ConfigurationError
from tour.i18n import current_language
from tour.settings import ROOT
from tour.town import read_town

OWN = (ROOT / "data" / "geo" / "town.toml").read_text(encoding="utf-8")
SMALL = """
ward_code = "271004"
timezone = "Asia/Tokyo"
languages = ["ja", "en", "ko"]
bounds = [135.3, 34.5, 135.6, 34.8]
[name]
ja = "大阪市"
[brand]
ja = "大阪オープンファクトリー"
en = "Osaka Open Factory"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "town.toml").write_text(text, encoding="utf-8")
    return folder


def test_another_town_needs_only_its_own_file(tmp_path: Path) -> None:
    town = read_town(write(tmp_path, SMALL))
    assert (town.ward_code, town.language, town.credits) == ("271004", "ja", ())
    said = {}
    for lang in ("ja", "en", "ko"):
        token = current_language.set(lang)
        said[lang] = (town.name, town.brand, town.tagline)
        current_language.reset(token)
    assert said["ja"] == ("大阪市", "大阪オープンファクトリー", "")
    assert said["ko"] == ("大阪市", "Osaka Open Factory", "")


def test_the_demonstration_town_speaks_each_of_its_languages() -> None:
    town = read_town(ROOT / "data" / "geo")
    for texts in (town.names, town.brands, town.taglines):
        assert all(texts.get(lang) for lang in town.languages)
    token = current_language.set("en")
    try:
        assert all(credit.isascii() or "©" in credit for credit in town.credits)
    finally:
        current_language.reset(token)


def swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


SLIPS = [
    (swap('timezone = "Asia/Tokyo"', ""), "timezone"),
    (swap("Asia/Tokyo", "Asia/Edo"), "Asia/Edo"),
    (swap("Asia/Tokyo", "../../etc/passwd"), "etc/passwd"),
    (swap('languages = ["ja", "en", "ko"]', "languages = []"), "languages"),
    (swap('["ja", "en", "ko"]', '["ja", "tlh"]'), "tlh"),
    (swap('["ja", "en", "ko"]', "[1]"), "languages"),
    (swap('["ja", "en", "ko"]', '"ja"'), "languages"),
    (swap("bounds = [135.3, 34.5, 135.6, 34.8]", "bounds = [135.3, 34.5]"), "bounds"),
    (swap("[135.3, 34.5, 135.6, 34.8]", "[135.6, 34.5, 135.3, 34.8]"), "bounds"),
    (swap("[135.3, 34.5, 135.6, 34.8]", "[34.5, 135.3, 34.8, 135.6]"), "bounds"),
    (swap("[135.3, 34.5, 135.6, 34.8]", '["west", 34.5, 135.6, 34.8]'), "bounds"),
    (swap("[135.3, 34.5, 135.6, 34.8]", "[nan, 34.5, 135.6, 34.8]"), "bounds"),
    (swap("[135.3, 34.5, 135.6, 34.8]", "1"), "bounds"),
    (swap('[name]\nja = "大阪市"', 'name = "大阪市"'), "name"),
    (swap('ja = "大阪市"', 'en = "Osaka"'), "name"),
    (swap('ja = "大阪市"', "ja = 1"), "name"),
    (swap('"271004"', "271004"), "ward_code"),
    (swap("[name]", "[name"), "town.toml"),
    (lambda _text: "", "languages"),
    (lambda text: text + '[[credits]]\nen = "x"\n', "credits"),
    (lambda text: "credits = [1]\n" + text, "credits"),
]


@pytest.mark.parametrize(("edit", "hint"), SLIPS)
def test_a_slip_is_named_in_one_line(tmp_path: Path, edit: Callable[[str], str], hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_town(write(tmp_path, edit(SMALL)))
    message = str(caught.value)
    assert hint in message
    assert "town.toml" in message
    assert "\n" not in message


def test_a_folder_without_a_town_points_at_its_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="TOUR_DATA"):
        read_town(tmp_path)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_bytes(SMALL.encode("cp932"))
    with pytest.raises(ConfigurationError, match=r"town\.toml.*UTF-8"):
        read_town(tmp_path)
