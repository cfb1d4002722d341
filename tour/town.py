"""The town that runs the app: everything about it comes from `town.toml` in its data folder."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tour.errors import ConfigurationError
from tour.i18n import NAMES, current_language


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom visitors ask; names and notes are {language: text}, and any of it may be missing."""

    names: dict[str, str]
    notes: dict[str, str]
    phone: str
    email: str

    @property
    def name(self) -> str:
        return _in_page_language(self.names)

    @property
    def note(self) -> str:
        return _in_page_language(self.notes)


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
    contact: "Contact"

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
    """Read `town.toml`; raises ConfigurationError naming the file and what is wrong in it."""
    path = folder / "town.toml"
    try:
        return _town(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as exc:
        raise ConfigurationError(f"{path}: cannot be read: {exc.strerror}; see TOUR_DATA") from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError(f"{path}: must be text in UTF-8") from exc
    except ValueError as exc:
        raise ConfigurationError(f"{path}: {exc}; compare with data/geo/town.toml") from exc


def _town(data: dict[str, Any]) -> Town:
    languages = _languages(data.get("languages"))
    nothing = {languages[0]: ""}
    return Town(
        names=_texts("name", data.get("name"), languages[0]),
        brands=_texts("brand", data.get("brand"), languages[0]),
        taglines=_texts("tagline", data.get("tagline", nothing), languages[0]),
        ward_code=_text("ward_code", data.get("ward_code")),
        bounds=_bounds(data.get("bounds")),
        timezone=_timezone(_text("timezone", data.get("timezone"))),
        languages=languages,
        sources=tuple(_texts("credits", c, languages[0]) for c in data.get("credits", ())),
        contact=_contact(data.get("contact", {}), languages[0]),
    )


def _contact(data: dict[str, Any], language: str) -> Contact:
    nothing = {language: ""}
    return Contact(
        names=_texts("contact.name", data.get("name", nothing), language),
        notes=_texts("contact.note", data.get("note", nothing), language),
        phone=str(data.get("phone", "")),
        email=str(data.get("email", "")),
    )


def _in_page_language(texts: dict[str, str]) -> str:
    lang = current_language.get()
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()))


def _languages(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError('languages must be a list such as ["ja", "en"]')
    if unknown := [lang for lang in value if lang not in NAMES]:
        raise ValueError(f"languages: the app does not know {unknown}")
    return tuple(value)


def _texts(name: str, value: object, own_language: str) -> dict[str, str]:
    if not isinstance(value, dict) or own_language not in value:
        raise ValueError(f"{name} must have a text for {own_language!r}")
    return {lang: _text(name, text) for lang, text in value.items()}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text in quotes")
    return value


def _bounds(value: Any) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(edge) for edge in value)
    except (TypeError, ValueError):
        west = south = east = north = 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("bounds must be [west, south, east, north] in degrees")
    return west, south, east, north


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError(f"timezone: there is no zone {name!r}") from None
