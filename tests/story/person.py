"""A person who tries everything: opens what is linked, fills in every form, sends it twice."""

import io
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import httpx
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Match, Route  # noqa: TID251 - the table is what is played through

from tests.story.page import Button, Field, Form, Page

ENOUGH_PAGES = 2
"""Addresses of one kind that one person opens: the third session tells nothing new."""
ENOUGH_STEPS = 2_000
WORST = 499
FIRST = re.compile(r"/undo/")
"""What can be taken back can be so for a moment only."""
LAST = re.compile(
    r"sign-in|sample|leave|revoke|remove|withdraw|visibility|stage|role|sign-out|end|cancel|forget"
)
"""What ends something comes after everything else."""
ANSWERS = {
    "email": "hanako@example.jp",
    "tel": "090-1234-5678",
    "url": "https://example.jp/",
    "date": "2026-12-20",
    "time": "10:00",
    "datetime-local": "2026-12-20T10:00",
    "number": "2",
    "kana": "きた はなこ",
}
NEEDED = {"email"}
"""Not required by the form, but nobody can be reached without it or a telephone."""


Answer = str | Callable[[], Awaitable[str]]
Body = list[tuple[str, str | bytes]]
Kind = tuple[str, frozenset[str], str, str]
"""A form and its button, without their numbers: the address's name, the fields, the button."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer to something sent: by whom, to which address of the table, with what result."""

    name: str
    status: int
    errors: tuple[str, ...] = ()


@dataclass
class Person:
    """Reads in one language; knows the app only by what its pages show."""

    app: Starlette
    client: httpx.AsyncClient
    who: str
    wait: Callable[[], None]
    """Between two things that are done; nobody sends forty forms in a minute."""
    arrive: Callable[[], Awaitable[None]]
    """Come (back) to what one may do, after signing out or leaving."""
    done: set[Kind]
    """Kinds of forms that somebody has sent already; shared, so that each is sent by one."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What is written into a field of that name, or into that of one form ("route:name")."""
    may_send: Callable[[str], bool] = lambda _name: True
    """By the address's name: what is somebody else's part of the story is left alone."""
    opened: Counter[str] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    to_open: list[str] = field(default_factory=list)
    to_do: list[tuple[str, Form, Button]] = field(default_factory=list)
    must_open: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    async def explore(self, *starts: str) -> None:
        """Open and send until nothing new is found; a second time everything is new again."""
        await self.arrive()
        self.opened.clear()
        self.seen.clear()
        self.must_open += [str(self.client.base_url.join(start)) for start in starts]
        for _step in range(ENOUGH_STEPS):
            while self.to_open and not self._is_new(self.to_open[0]):
                self.to_open.pop(0)
            if self.must_open:
                await self.open(self.must_open.pop())
            elif self.to_open:
                await self.open(self.to_open.pop(0))
            elif self.to_do:
                self.to_do.sort(key=_rank)
                await self.try_form(*self.to_do.pop(0))
            else:
                return
        raise AssertionError(f"{self.who}: the story does not end")

    def _is_new(self, url: str) -> bool:
        """Whether it is ours, was not opened, and few of its kind were."""
        name = self.name_of("GET", url)
        return bool(name) and url not in self.seen and self.opened[name] < ENOUGH_PAGES

    async def open(self, url: str) -> Page | None:
        """Open a page and note its links and forms."""
        if not self.name_of("GET", url):
            return None
        self.seen.add(url)
        self.opened[self.name_of("GET", url)] += 1
        return self.note(await self.client.get(url), "GET", url)

    async def read_again(self, *languages: str) -> None:
        """One page of each kind that this person has seen, in every language."""
        await self.arrive()
        for url in {self.name_of("GET", url): url for url in sorted(self.seen)}.values():
            for lang in languages:
                mark = "&" if "?" in url else "?"
                self.note(await self.client.get(f"{url}{mark}lang={lang}"), "GET", url)

    def note(self, answer: httpx.Response, method: str, url: str) -> Page | None:
        """What is wrong with an answer, and where it leads on."""
        if answer.has_redirect_location:
            target = str(answer.url.join(answer.headers["location"]))
            if urlsplit(target).netloc == self.client.base_url.netloc.decode():
                self.must_open.append(target.partition("#")[0])
            return None
        where = f"{self.who}: {method} {url}"
        if answer.status_code > WORST:
            self.faults.append(f"{where} answered {answer.status_code}")
        if "text/html" not in answer.headers.get("content-type", ""):
            return None
        page = Page(url, answer.text)
        if page.holes:
            self.faults.append(f"{where} says {', '.join(sorted(set(page.holes)))}")
        self.to_open += page.links
        for form, button in page.posts():
            kind = self._kind(form, button)
            if kind not in self.done and self.may_send(kind[0]) and answer.status_code == 200:
                self.done.add(kind)
                self.to_do.append((url, form, button))
        return page

    def _kind(self, form: Form, button: Button) -> Kind:
        target = button.action or form.action
        value = re.sub(r"\d+", "0", button.value)
        return self.name_of("POST", target), form.names, button.name, value

    async def try_form(self, url: str, form: Form, button: Button) -> None:
        """Optional fields empty, then filled; each twice; then Back, and sent from there again."""
        await self.arrive()
        for is_full in (False, True):
            body = await self.filled(form, button, is_full=is_full)
            for _time in ("once", "and again before the answer is read"):
                await self.send(form, button, body)
            back = self.note(await self.client.get(url), "GET", url)
            kind = self._kind(form, button)
            for found, its_button in back.posts() if back else ():
                if self._kind(found, its_button) == kind:
                    again = await self.filled(found, its_button, is_full=is_full)
                    await self.send(found, its_button, again)
                    break

    async def send(self, form: Form, button: Button, body: Body) -> httpx.Response:
        self.wait()
        target = button.action or form.action
        if form.is_multipart:
            parts = [
                (
                    name,
                    (name if value else "", value) if isinstance(value, bytes) else (None, value),
                )
                for name, value in body
            ]
            answer = await self.client.post(target, files=parts)
        else:
            plain = [(name, value) for name, value in body if isinstance(value, str)]
            answer = await self.client.post(
                target,
                content=urlencode(plain),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        page = self.note(answer, "POST", target)
        errors = tuple(page.errors) if page else ()
        self.sent.append(Sent(self.name_of("POST", target), answer.status_code, errors))
        return answer

    async def filled(self, form: Form, button: Button, *, is_full: bool) -> Body:
        """What a browser sends when everything, or only what must be, is filled in."""
        route = self.name_of("POST", button.action or form.action)
        body: Body = []
        for item in form.fields:
            answer = self.answers.get(f"{route}:{item.name}", self.answers.get(item.name))
            if callable(answer):
                answer = await answer()
            wanted = is_full or item.required or item.name in NEEDED
            body += [(item.name, value) for value in _values(item, answer, wanted=wanted)]
        if button.name:
            body.append((button.name, button.value))
        return body

    def name_of(self, method: str, url: str) -> str:
        """What the URL table calls the address; empty for what it does not have."""
        asked = method, urlsplit(url).path
        if asked not in self.names:
            self.names[asked] = self._looked_up(*asked)
        return self.names[asked]

    def _looked_up(self, method: str, path: str) -> str:
        scope = {"type": "http", "method": method, "path": path}
        for route in self.app.routes:
            if isinstance(route, Route) and route.matches(scope)[0] == Match.FULL:
                return str(route.name)
        return ""


def _rank(found: tuple[str, Form, Button]) -> int:
    _url, form, button = found
    target = f"{urlsplit(button.action or form.action).path} {button.name} {button.value}"
    return 0 if FIRST.search(target) else 2 if LAST.search(target) else 1


def _values(item: Field, answer: str | None, *, wanted: bool) -> Sequence[str | bytes]:
    """What a field sends: what is there, or a person's answer where one is wanted."""
    match item.type:
        case "hidden":
            return [item.value]
        case "radio" | "checkbox":
            if item.chosen or not wanted:
                return item.chosen
            return item.options if item.type == "checkbox" else item.options[-1:]
        case "select":
            filled = [option for option in item.options if option]
            if item.chosen or not wanted or not filled:
                return item.chosen or item.options[:1]
            return [filled[_number_in(item.name) % len(filled)]]
        case "file":
            return [_file(item) if wanted else b""]
    if not wanted:
        return [""]
    return [(item.value or _words(item)) if answer is None else answer]


def _words(item: Field) -> str:
    if item.type == "number" and item.lowest:
        return item.lowest
    return ANSWERS.get(item.type, ANSWERS.get(item.name, "見本 ことば"))


def _number_in(name: str) -> int:
    """Of `stop3` the 3, so that a row of choices is not all the same one."""
    found = re.search(r"\d+$", name)
    return int(found[0]) if found else 0


def _file(item: Field) -> bytes:
    if "image" not in item.accept:
        return "名称,緯度,経度\n見本の場所,35.75,139.73\n".encode()
    picture = io.BytesIO()
    Image.new("RGB", (1_200, 800), (120, 90, 60)).save(picture, "JPEG")
    return picture.getvalue()
