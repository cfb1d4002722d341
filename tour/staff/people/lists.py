"""A pasted list of whom to invite, a place and a mail address a line: read whole, or told by line
what is wrong with it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from tour.contacts.addresses import likely_meant, read_address
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.models import Site
from tour.staff.people.page import LINE
from tour.web.forms import Form
from tour.words.folding import fold

MOST_LINES = 50
LONGEST_LINE = 400
BETWEEN = re.compile(r"[\s,、;:：；，]+")
QUOTES = "\"'「」“”"


@dataclass(frozen=True, slots=True)
class ListLine:
    """`number` is as its writer counts, empty lines too."""

    number: int
    site: Site
    email: str

    @property
    def field(self) -> str:
        return field_of(self.number)


def field_of(number: int) -> str:
    return f"{LINE}{number}"


def about_line(number: int, problem: Text) -> Text:
    return _("Line %(n)s: %(problem)s", n=number, problem=problem)


def read_list(text: str, sites: Iterable[Site]) -> tuple[list[ListLine], Form]:
    """The lines, and the form with what is wrong with each that is not among them."""
    known = _by_name(sites)
    typed = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    lines: dict[tuple[int, str], ListLine] = {}
    errors: dict[str, Text] = {}
    for number, line in typed[:MOST_LINES]:
        read = _read(number, line, known)
        if isinstance(read, Text):
            errors[field_of(number)] = about_line(number, read)
        else:
            lines.setdefault((read.site.id, read.email), read)
    if not typed:
        errors["list"] = _("Write a place and an email address in each line.")
    if len(typed) > MOST_LINES:
        errors["list"] = _("At most %(n)s lines at once.", n=MOST_LINES)
    return list(lines.values()), Form({"list": text}, errors)


def _read(number: int, line: str, known: dict[str, list[Site]]) -> ListLine | Text:
    """A line, or what is wrong with it."""
    plain = normalize("NFKC", line[:LONGEST_LINE]).strip()
    words = [word for word in BETWEEN.split(plain) if word]
    address = next((word for word in reversed(words) if "@" in word), "")
    email = read_address(address)
    if email is None:
        return _("there is no email address in it.")
    if meant := likely_meant(email.lower()):
        return _("did you mean %(address)s?", address=meant)
    name = plain.replace(address, " ", 1).strip(QUOTES + " \t,、;:：；，")
    places = known.get(fold(name), [])
    if not places:
        return _("no place is called “%(name)s”.", name=name[:60])
    if len(places) > 1:
        return _("several places are called so. Write the last part of its page's address.")
    return ListLine(number, places[0], email.lower())


def _by_name(sites: Iterable[Site]) -> dict[str, list[Site]]:
    """By what people may call a place: its names, and its page's address."""
    known: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        english = site.translations.get("en", {}).get("name", "")
        for name in {fold(called) for called in (site.name, english, site.slug) if called}:
            known[name].append(site)
    return known
