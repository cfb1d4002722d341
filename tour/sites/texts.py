"""What a place says of itself, each text declared once.

The host's form and its limits, the log's words, the import's columns, the town's file, the page,
the ticket, search and the API are made from this list. A new text is a column (model, migration)
and an entry here; `docs/decisions/0027-texts-of-a-place.md` has the whole way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize
from urllib.parse import urlsplit

from tour.contacts.telephones import read_telephone
from tour.i18n import Text, localized
from tour.i18n import lazy as _
from tour.sites.finding.search import Found
from tour.words.names import is_seen, written

ENGLISH = "_en"
"""Ends the name of a text in English: of a form's field, of a column, of what the log keeps."""
BARE = re.compile(r"(?://)?(?:[\w-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE)
"""A host and perhaps a path, as leaflets print a website. A mail address is none."""


class Group(StrEnum):
    """Where a text stands in its host's form, in this order."""

    FIRST = "first"
    WAY = "way"
    VISIT = "visit"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteText:
    """One text. Nothing has a default that a newcomer could forget to think of."""

    name: str
    """Of its column, and of its field in forms, files and the log."""
    label: Text
    group: Group
    longest: int
    """Characters; twice as many in English."""
    is_translated: bool
    headers: tuple[str, ...]
    """What 観光施設一覧 calls it, in both of its generations; empty where it has no such column."""
    headers_en: tuple[str, ...] = ()
    found_by: Found | None
    """What search calls it; None where nobody would search by it."""
    heading: Text | None
    """Over its row under "How to get here" on the page, or over a section of its own where it
    `is_apart`; None where it has no heading."""
    on_ticket: bool
    """Whether those who have reserved read it on tickets and in mails, too, under its heading."""
    in_api: bool
    is_required: bool = False
    is_apart: bool = False
    lines: int = 1
    """The height of its box in the form; what has one line is kept in one."""
    input: str = "text"
    """The kind of its field in HTML, where it has one line."""
    hint: Text | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of it: its own, and the one in English."""
        return (self.name, self.name + ENGLISH) if self.is_translated else (self.name,)

    def longest_of(self, field: str) -> int:
        return self.longest if field == self.name else 2 * self.longest

    def written(self, typed: str) -> str:
        """As it is kept, wherever it came from: in NFC, without what nobody can see."""
        text = typed.replace("\r\n", "\n").replace("\r", "\n")
        if self.lines == 1:
            text = text.replace("\n", " ")
        text = normalize("NFC", written(text)).strip()
        if self.input == "url":
            return _with_scheme(text)
        return (read_telephone(text) or text) if self.input == "tel" else text

    def problem(self, field: str, text: str) -> Text | None:
        """What is wrong with a text as it is kept, if anything."""
        if self.is_required and field == self.name and not is_seen(text):
            return _("Please fill this in.")
        if len(text) > (most := self.longest_of(field)):
            return _("At most %(n)s characters.", n=most)
        if self.input == "url" and text and not _is_whole(text):
            return _("Give a whole address, such as https://example.jp/.")
        if self.input == "tel" and read_telephone(text) is None:
            return _("Give the phone number with its area code (such as 03-1234-5678).")
        return None


TEXTS = (
    SiteText(
        name="name",
        label=_("Name of the place"),
        group=Group.FIRST,
        longest=200,
        is_translated=True,
        headers=("名称",),
        headers_en=("名称_英語", "名称_英字"),
        found_by=Found.NAME,
        heading=None,
        on_ticket=False,
        in_api=True,
        is_required=True,
    ),
    SiteText(
        name="name_kana",
        label=_("Reading in kana"),
        group=Group.FIRST,
        longest=200,
        is_translated=False,
        headers=("名称_カナ",),
        found_by=None,  # it is how the name is read
        heading=None,
        on_ticket=False,
        in_api=True,
    ),
    SiteText(
        name="summary",
        label=_("In one sentence"),
        group=Group.FIRST,
        longest=300,
        is_translated=True,
        headers=(),
        found_by=Found.SUMMARY,
        heading=None,
        on_ticket=False,
        in_api=False,
        lines=2,
    ),
    SiteText(
        name="description",
        label=_("About the place"),
        group=Group.FIRST,
        longest=4000,
        is_translated=True,
        headers=("説明",),
        headers_en=("説明_英語",),
        found_by=Found.TEXT,
        heading=None,
        on_ticket=False,
        in_api=False,
        lines=6,
    ),
    SiteText(
        name="address",
        label=_("Address"),
        group=Group.WAY,
        longest=300,
        is_translated=True,
        headers=("住所", "所在地_連結表記"),
        found_by=Found.ADDRESS,
        heading=_("Address"),
        on_ticket=False,
        in_api=True,
    ),
    SiteText(
        name="access_note",
        label=_("The way to the door"),
        group=Group.WAY,
        longest=4000,
        is_translated=True,
        headers=("アクセス方法",),
        found_by=Found.TEXT,
        heading=_("Entrance"),
        on_ticket=True,
        in_api=False,
        lines=3,
    ),
    SiteText(
        name="parking",
        label=_("Parking"),
        group=Group.VISIT,
        longest=500,
        is_translated=True,
        headers=("駐車場情報",),
        found_by=Found.TEXT,
        heading=_("Parking"),
        on_ticket=True,
        in_api=True,
        lines=2,
        hint=_("For cars and bicycles: where, how many, what it costs, or that there is none."),
    ),
    SiteText(
        name="what_to_expect",
        label=_("What to expect"),
        group=Group.VISIT,
        longest=500,
        is_translated=True,
        headers=(),
        found_by=None,  # "no pictures" is not what somebody wants who looks for pictures
        heading=_("Before you come"),
        on_ticket=True,
        in_api=True,
        is_apart=True,
        lines=3,
        hint=_(
            "Sounds, smells, steps, clothes, whether photos may be taken. For example: “The "
            "press is loud; we lend earplugs. Please wear closed shoes. No photos.”"
        ),
    ),
    SiteText(
        name="phone",
        label=_("Phone on the day"),
        group=Group.CONTACT,
        longest=60,
        is_translated=False,
        headers=(),
        found_by=None,
        heading=None,
        on_ticket=False,
        in_api=False,
        input="tel",
        hint=_("Only people who have reserved, and staff, see it; it is never on the public page."),
    ),
    SiteText(
        name="url",
        label=_("Website"),
        group=Group.CONTACT,
        longest=500,
        is_translated=False,
        headers=("URL",),
        found_by=None,
        heading=None,
        on_ticket=False,
        in_api=False,
        input="url",
    ),
)
"""In the order of the form. No file brings `phone`: whom to ring on the day is the host's word. The
number of a file is kept for the staff (`Site.office_phone`)."""

FIELDS = {field: text for text in TEXTS for field in text.names}
"""Every field, the English ones too, and the text that it belongs to."""
OWN = tuple(text.name for text in TEXTS)
TRANSLATED = tuple(text.name for text in TEXTS if text.is_translated)
WAY = tuple(text for text in TEXTS if not text.is_apart)
APART = tuple(text for text in TEXTS if text.is_apart)
ON_TICKET = tuple(text for text in TEXTS if text.on_ticket)
IN_API = tuple(text for text in TEXTS if text.in_api)
SEARCHED = tuple(text.name for text in TEXTS if text.found_by)


def stored(own: Mapping[str, str], english: Mapping[str, str]) -> dict[str, str]:
    """A place's texts by field."""
    return {
        field: (own if field == text.name else english).get(text.name, "")
        for field, text in FIELDS.items()
    }


def headed(
    texts: Iterable[SiteText],
    own: Mapping[str, str],
    translations: Mapping[str, Mapping[str, str]],
    lang: str,
) -> Iterator[tuple[str, str]]:
    """(heading, text) of those that have a heading, where there is something to say."""
    for text in texts:
        if text.heading and (said := localized(own, text.name, lang, translations)):
            yield text.heading.in_language(lang), said


def _with_scheme(url: str) -> str:
    """www.example.jp as a browser's address line takes it, over https; anything else as it is."""
    return f"https://{url.removeprefix('//')}" if BARE.fullmatch(url) else url


def _is_whole(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as half an IPv6 address
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc
