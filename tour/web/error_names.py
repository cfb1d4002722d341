"""What fields are called in the list of what is wrong with a form.

"Please fill this in" alone does not say what. Each link of an error summary begins with the name
that its field has on the same page, so no form keeps a second list of its labels: what the reader
is told to look for is what stands there. A page without a summary is not looked at.
"""

import re
from html import escape
from html.parser import HTMLParser

from tour.i18n import translate

LINK = re.compile(r'<a href="#([^"]+)" data-names-field>')
NO_NAMES = ("field__required", "field__optional", "field__hint", "field__error")
"""Classes of what stands in a label without being its name."""
NAMING = ("label", "legend")


def with_names(page: str) -> str:
    """The page, each link of its error summary beginning with the name of its field."""
    if not LINK.search(page):
        return page
    found = _Names()
    found.feed(page)

    def link(match: re.Match[str]) -> str:
        name = found.names.get(match[1])
        return f"{match[0]}<b>{escape(name)}</b>{translate(': ')}" if name else match[0]

    return LINK.sub(link, page)


class _Names(HTMLParser):
    """Names by id: of labels `for` it, of the label or the legend around it, of an aria-label.

    What is told of a part of a group (a div with an id) is called as its group."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self._groups: list[tuple[str, str]] = []
        """(id, legend) of the fieldsets that are open; empty where they have none."""
        self._target: str | None = None
        self._text: list[str] = []
        self._silent: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given and given.get("aria-label"):
            self.names.setdefault(given["id"], given["aria-label"])
        if tag == "fieldset":
            self._groups.append((given.get("id", ""), ""))
        elif self._groups and tag == "div" and "id" in given:
            self.names.setdefault(given["id"], self._groups[-1][1])
        if tag in NAMING and self._target is None:
            is_group = tag == "legend" and self._groups
            self._target = self._groups[-1][0] if is_group else given.get("for", "")
            self._text = []
        elif self._target == "" and tag == "input":
            self._target = given.get("id", "")
        if self._target is not None and self._silent is None and given.get("class") in NO_NAMES:
            self._silent = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset" and self._groups:
            self._groups.pop()
        if tag == self._silent:
            self._silent = None
        elif tag in NAMING and self._target is not None:
            if name := " ".join("".join(self._text).split()):
                self.names.setdefault(self._target, name)
            if tag == "legend" and self._groups:
                self._groups[-1] = (self._groups[-1][0], name)
            self._target = None

    def handle_data(self, data: str) -> None:
        if self._target is not None and self._silent is None:
            self._text.append(data)
