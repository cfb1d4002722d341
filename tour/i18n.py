"""Languages: gettext catalogues for what the app says, fall-backs for what hosts write.

Message ids are English. `locales/LANG/LC_MESSAGES/messages.po` is read at start (there is no
compiled file to forget); `make messages` collects new ids. A language is ready when its
catalogue has every id, which `tests/test_i18n.py` asserts.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent.parent / "locales"

NAMES = {
    "ja": "日本語",
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ko": "한국어",
    "ja-easy": "やさしい日本語",
}
"""Every language the app can be given, by its tag (BCP 47), in its own words."""

current_language: ContextVar[str] = ContextVar("current_language", default="en")


@lru_cache
def catalogue(lang: str) -> stdlib_gettext.NullTranslations:
    """The messages of one language; English is in the code itself."""
    path = LOCALES / lang.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return stdlib_gettext.NullTranslations()
    with path.open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def translate(message: str, lang: str | None = None, **params: Any) -> str:
    """The message in `lang` (the request's when not given), with `%(name)s` filled in."""
    text = catalogue(lang or current_language.get()).gettext(message)
    return text % params if params else text


def translate_plural(
    one: str, many: str, number: int, lang: str | None = None, **params: Any
) -> str:
    """As `translate`, choosing the form for `number`, which fills `%(num)d`."""
    text = catalogue(lang or current_language.get()).ngettext(one, many, number)
    return text % {"num": number, **params}


def bracketed(text: object, lang: str | None = None) -> str:
    """` (text)` after other words, （text） where letters are wide."""
    return translate(" (%(text)s)", lang, text=text)


@dataclass(frozen=True, slots=True)
class Text:
    """A message that finds its language only when it is shown."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.in_language(current_language.get())

    def filled(self, **params: Any) -> "Text":
        """The same words with these values in their %(places)s, beside those that stand there."""
        return Text(self.message, {**self.params, **params})

    def in_language(self, lang: str) -> str:
        """By the tag of a catalogue; in English where it is not translated."""
        return translate(self.message, lang, **self.params)


def lazy(message: str, **params: Any) -> Text:
    """Mark a message for the catalogues (imported as `_`) where no reader is known yet."""
    return Text(message, params)


def localized(
    row: Mapping[str, Any], name: str, lang: str, translations: Mapping[str, Mapping[str, str]]
) -> str:
    """A host's text in `lang`; else in English for a foreign reader; else as it was written.

    `row` holds the town's own language, `translations` is {lang: {field: text}}. Easy Japanese
    falls back to the host's Japanese, never to English.
    """
    fallbacks = (lang,) if lang.startswith("ja") else (lang, "en")
    for choice in fallbacks:
        if text := translations.get(choice, {}).get(name):
            return text
    return str(row[name] or "")


def negotiate(accept_language: str, offered: tuple[str, ...]) -> str:
    """The best offered language for an Accept-Language header (RFC 9110, 12.5.4)."""
    ranked = []
    for position, part in enumerate(accept_language.split(",")):
        tag, _, weight = "".join(part.split()).lower().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:
            ranked.append((-quality, position, tag))
    for _weight, _position, tag in sorted(ranked):
        if found := _offered_for(tag, offered):
            return found
    return offered[0]


def _offered_for(tag: str, offered: tuple[str, ...]) -> str | None:
    """zh-TW and zh-HK read traditional characters unless they say Hans; any other zh simplified."""
    parts = tag.split("-")
    if parts[0] == "zh":
        traditional = "hans" not in parts and not {"hant", "tw", "hk", "mo"}.isdisjoint(parts)
        tag = "zh-hant" if traditional else "zh-hans"
    by_tag = {lang.lower(): lang for lang in offered}
    return by_tag.get(tag) or by_tag.get(parts[0])
