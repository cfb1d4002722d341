"""The town that runs the app: everything about it comes from `town.toml` in its data folder."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tour.errors import ConfigurationError
from tour.i18n import NAMES, current_language


@dataclass(frozen=True, slots=True)
class Town:
    """Names are {language: text}; `bounds` is (west, south, east, north) in degrees."""

    names: dict[str, str]
    brands: dict[str, str]
    taglines: dict[str, str]
    ward_code: str
    bounds: tuple[float, float, float, float]
    timezone: ZoneInfo
    languages: tuple[str, ...]
    sources: tuple[dict[str, str], ...]

    @property
    def name(self) -> str:
        return self._in_page_language(self.names)

    @property
    def brand(self) -> str:
        return self._in_page_language(self.brands)

    @property
    def tagline(self) -> str:
        return self._in_page_language(self.taglines)

    @property
    def credits(self) -> tuple[str, ...]:
        """Where the data comes from, as its licences want it said."""
        return tuple(self._in_page_language(source) for source in self.sources)

    @property
    def language(self) -> str:
        """The language that hosts write in."""
        return self.languages[0]

    def _in_page_language(self, texts: dict[str, str]) -> str:
        lang = current_language.get()
        return texts.get(lang) or texts.get("en") or texts[self.language]


def read_town(folder: Path) -> Town:
    """Read `town.toml`; raises ConfigurationError naming the file and the missing key."""
    path = folder / "town.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        west, south, east, north = data["bounds"]
        town = Town(
            names=data["name"],
            brands=data["brand"],
            taglines=data.get("tagline", {data["languages"][0]: ""}),
            ward_code=data["ward_code"],
            bounds=(west, south, east, north),
            timezone=ZoneInfo(data["timezone"]),
            languages=tuple(data["languages"]),
            sources=tuple(data.get("credits", ())),
        )
    except OSError as exc:
        raise ConfigurationError(f"{path}: cannot be read: {exc.strerror}; see TOUR_DATA") from exc
    except (KeyError, ValueError, TypeError) as exc:
        raise ConfigurationError(f"{path}: {exc!r}; compare with data/geo/town.toml") from exc
    if unknown := [lang for lang in town.languages if lang not in NAMES]:
        raise ConfigurationError(f"{path}: languages: the app does not know {unknown}")
    return town
