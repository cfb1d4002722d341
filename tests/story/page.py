"""A page as a browser without scripts has it: its links, its forms, and what a person reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

UNTRUE = re.compile(
    r"\bundefined\b|\bNone\b(?!\.)|\bnan\b|\{\{|\}\}|\{%|%\(\w+\)s|&lt;Text|Text\("
    r"|\b\d{4}-\d{2}-\d{2}\b"
)
"""What no sentence contains, but a page with a hole in it does; and days as machines write them."""
SILENT = {"script", "style", "template"}


@dataclass(slots=True)
class Field:
    """`options` are a select's, or what a radio button or a tick box would send."""

    name: str
    type: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    required: bool = False
    lowest: str = ""
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it may send a value of its own, or to another address."""

    name: str
    value: str
    action: str


@dataclass(slots=True)
class Form:
    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    is_multipart: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(re.sub(r"\d+", "0", item.name) for item in self.fields)


class Page(HTMLParser):
    """`url` is where it came from; forms and links have whole addresses."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.errors: list[str] = []
        """What is said to be wrong with a field."""
        self._error = False
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._silent = 0
        self._outside: list[tuple[str, Field | Button]] = []
        self.feed(text)
        for form_id, item in self._outside:
            for form in self.forms:
                if form.id == form_id:
                    _put(form, item)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def holes(self) -> list[str]:
        """What stands on the page that nobody wrote."""
        return [found[0] for found in UNTRUE.finditer(self.text)]

    def posts(self) -> Iterator[tuple[Form, Button]]:
        """Every button of every form that sends something."""
        for form in self.forms:
            if form.method == "post":
                for button in form.buttons or [Button("", "", form.action)]:
                    yield form, button

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("id", "").endswith("-error"):
            self._error = True
        if tag in SILENT:
            self._silent += 1
        elif tag == "a" and (href := given.get("href")):
            self._link(href)
        elif tag == "form":
            self._form = Form(
                urljoin(self.url, given.get("action") or self.url),
                given.get("method", "get").lower(),
                given.get("id", ""),
                is_multipart=given.get("enctype") == "multipart/form-data",
            )
            self.forms.append(self._form)
        elif tag in ("input", "textarea", "select", "button"):
            self._control(tag, given, {name for name, _value in attrs})
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.chosen.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag in ("p", "div", "span"):
            self._error = False

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        elif not self._silent and data.strip():
            self.words.append(data.strip())
            if self._error:
                self.errors.append(data.strip())

    def _link(self, href: str) -> None:
        whole = urljoin(self.url, href).partition("#")[0]
        if urlsplit(whole).netloc == urlsplit(self.url).netloc:
            self.links.append(whole)

    def _control(self, tag: str, given: dict[str, str], names: set[str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if "disabled" in names:
            return
        if tag == "button" or (tag == "input" and kind in ("submit", "image")):
            if kind == "submit":
                action = given.get("formaction")
                button = Button(
                    given.get("name", ""),
                    given.get("value", ""),
                    urljoin(self.url, action) if action else "",
                )
                self._put(given, button)
            return
        if not given.get("name"):
            return
        item = Field(given["name"], tag if tag != "input" else kind, required="required" in names)
        item.lowest, item.accept = given.get("min", ""), given.get("accept", "")
        if kind in ("radio", "checkbox") and tag == "input":
            value = given.get("value", "on")
            item.options = [value]
            item.chosen = [value] if "checked" in names else []
        elif tag == "input":
            item.value = given.get("value", "")
        self._put(given, item)
        if tag == "select":
            self._select = item
        elif tag == "textarea":
            self._area = item

    def _put(self, given: dict[str, str], item: Field | Button) -> None:
        if form_id := given.get("form"):
            self._outside.append((form_id, item))
        elif self._form is not None:
            _put(self._form, item)


def _put(form: Form, item: Field | Button) -> None:
    if isinstance(item, Button):
        form.buttons.append(item)
        return
    for known in form.fields:
        if known.name == item.name and known.type == item.type == "radio":
            known.options += item.options
            known.chosen += item.chosen
            return
    form.fields.append(item)
