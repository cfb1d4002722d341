"""No request costs more than its page: every address, with every name that its code reads.

The addresses are those of the app's own table, and the names are found in the code that reads them,
so that a new page or a new field cannot be forgotten. What is measured is the process's time above
an ordinary request, the least of a few tries, and the size of the answer.
"""

import ast
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route  # noqa: TID251 - the table is what is tested

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.parts import exchange
from tests.test_roles import address, make_everything, table, values_of
from tour.accounts.roles import Role
from tour.limits.counting import RateLimits
from tour.settings import ROOT
from tour.web.forms import MOST_TEXT
from tour.web.gate.bounds import LONGEST_ADDRESS

pytestmark = pytest.mark.once("the process's own time")

CPU_SECONDS = 0.05
ANSWER_BYTES = 1_000_000
TRIES = 6
"""On a busy machine a measure may be too high; it is never too low."""
MANY, LONG = 10_000, 100_000
FIELDS_AT_ONCE = 3
"""Every form takes as many, and together they are just not too much to be looked at."""
LISTS = frozenset({"getlist"})
READ = LISTS | {"get", "text", "whole", "clock", "_point", "texts", "_people", "_end_point"}
MEANT = {
    "kind": "craft",
    "access": "wheelchair",
    "from": "139.7379,35.7531",
    "to": "139.7379,35.7541",
    "stop": "139.7379,35.7537",
    "bbox": "139.7,35.7,139.8,35.8",
    "date": "2026-12-05",
    "slot": "1",
    "must": "site-1",
    "lang": "en",
}
"""Values that are looked up, not left out at once."""
ATTACKS: dict[str, Callable[[int], str]] = {
    "marks": lambda size: "か" + "\u3099\u0323" * (size // 2),
    "blanks": lambda size: "10:00" + " " * size + "-" + " -" * 50,
    "quotes": lambda size: '<"&' * (size // 3),
    "nested": lambda size: "[" * (size // 2) + '{"a":' * (size // 10),
}


@cache
def names_in(module: str, readers: frozenset[str] = READ) -> tuple[str, ...]:
    """Every name that this code, or what it imports, asks a form, an address or an object for."""
    trees = [tree_of(module)]
    trees += [tree for name in _imported(trees[0]) if (tree := tree_of(name))]
    found = {name for tree in trees if tree for name in _names(tree, readers)}
    return tuple(sorted(found))


@cache
def tree_of(module: str) -> ast.AST | None:
    path = ROOT / f"{module.replace('.', '/')}.py"
    return ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else None


def _imported(tree: ast.AST | None) -> Iterator[str]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tour"):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _names(tree: ast.AST, readers: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if getattr(called, "attr", getattr(called, "id", "")) in readers:
                yield from (text for part in node.args[:2] for text in _texts(part))
        elif readers is READ and isinstance(node, ast.Assign) and _is_names(node.targets[0]):
            yield from _texts(node.value)


def _is_names(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.endswith("FIELDS")


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        is_text = isinstance(inner, ast.Constant) and isinstance(inner.value, str)
        if is_text and inner.value[:1].islower() and inner.value.isidentifier():
            yield inner.value


def test_the_names_are_found_where_they_are_read() -> None:
    assert {"q", "kind", "access", "seats", "near", "page"} <= set(names_in("tour.pages.handlers"))
    assert {"kana", "name", "email", "phone", "note"} <= set(
        names_in("tour.reservations.parties.forms")
    )
    assert {"from", "to", "stop", "bbox"} <= set(names_in("tour.routes.courses.handlers"))
    assert {"kind", "access", "stop"} <= {
        *names_in("tour.pages.handlers", LISTS),
        *names_in("tour.routes.courses.handlers", LISTS),
    }


class Weighing:
    """Sends what no page of ours would, and says what cost too much."""

    def __init__(self, app: Starlette, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self.faults: list[str] = []
        self.sent = 0

    async def weigh(self, label: str, usual: tuple[float, int], *sent: Any, **more: Any) -> None:
        most, size = usual[0] + CPU_SECONDS, usual[1] + ANSWER_BYTES
        for _try in range(TRIES):
            seconds, answer = await self.measure(*sent, **more)
            if seconds <= most or seconds > 40 * CPU_SECONDS:
                break
        self.sent += 1
        if seconds > most or len(answer.content) > size or answer.status_code >= 500:
            figures = f"{seconds * 1000:.0f} ms, {len(answer.content)} bytes"
            self.faults.append(f"{label}: {answer.status_code}, {figures}")

    async def measure(self, *sent: Any, **more: Any) -> tuple[float, httpx.Response]:
        """Of one request, whatever was counted of those before."""
        exchange(self.app, rate_limits=RateLimits("of this request"))
        began = time.process_time()
        answer = await self.client.request(*sent, **more)
        return time.process_time() - began, answer

    async def usual(self, method: str, path: str) -> tuple[float, int]:
        tries = [await self.measure(method, path) for _try in range(2)]
        return min(seconds for seconds, _answer in tries), len(tries[0][1].content)


def queries(names: Sequence[str], lists: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(what it is, query): longer than an address may be, as long as it may be, repeated."""
    room = LONGEST_ADDRESS - 200
    yield "too long", urlencode(dict.fromkeys(names[:1] or ("q",), "x" * LONG))[:60_000]
    for attack, make in ATTACKS.items():
        each = room // max(1, len(names))
        yield attack, "&".join(_fitting(name, make(each), each) for name in names)
    for name in lists:
        pair = urlencode({name: MEANT.get(name, "1")})
        yield f"many {name}", "&".join([pair] * (room // (len(pair) + 1)))


def _fitting(name: str, text: str, room: int) -> str:
    """As many characters as fit, none of them broken."""
    share = len(urlencode({"": text[:100]})) / max(1, len(text[:100]))
    return urlencode({name: text[: max(0, int((room - len(name) - 2) / share))]})


def forms(names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what it is, how httpx sends it), with each name in one of each kind."""
    for attack, make in ATTACKS.items():
        for first in range(0, len(names), FIELDS_AT_ONCE):
            some = names[first : first + FIELDS_AT_ONCE]
            text = make((MOST_TEXT - 1_000) // FIELDS_AT_ONCE)
            yield f"{attack} {some}", {"files": dict.fromkeys(some, (None, text))}
    pairs = urlencode([(names[0], "1")] * MANY)
    yield "many", {"content": pairs, "headers": {"Content-Type": FORM}}
    yield "long", {"content": pairs[:2] + "x" * 300_000, "headers": {"Content-Type": FORM}}


def objects(names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same for JSON, where a name may stand inside of `contact` or `party`."""
    for attack in ("marks", "blanks"):
        for name in names:
            sent = {name: ATTACKS[attack](15_000)}
            body = json.dumps({**sent, "contact": sent}, ensure_ascii=False)
            yield f"{attack} {name}", {"content": body.encode()}
    for attack in ("quotes", "nested"):
        sent = dict.fromkeys(names, ATTACKS[attack](30_000 // len(names)))
        yield attack, {"json": {**sent, "contact": sent, "party": sent}}
    many = {name: [MEANT.get(name, "1")] * 400 for name in names[:10]}
    yield "many", {"json": many}
    yield "deep", {"content": b'{"a":' * MANY + b"1" + b"}" * MANY}


FORM = "application/x-www-form-urlencoded"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
async def test_no_address_costs_more_than_its_page(app: Starlette, part: int) -> None:
    values = await make_everything(app)
    account = await make_account("admin@example.org", Role.ADMINISTRATOR)
    async with browser(app) as client:
        weighing = Weighing(app, client)
        for name, route in list(table(app).items())[part::4]:
            await sign_in_as(client, account)
            if name != "publishing:print":  # seconds of drawing, in a lane: tests/limits
                await weigh_route(weighing, route, address(route, values_of(name, values)))
    assert not weighing.faults, "\n".join(weighing.faults)
    assert weighing.sent > 200


async def weigh_route(weighing: Weighing, route: Route, path: str) -> None:
    module = route.endpoint.__module__
    names, method = names_in(module), next(iter((route.methods or set()) - {"HEAD"}))
    usual = await weighing.usual(method, path)
    if method == "GET":
        for attack, query in queries(names, names_in(module, LISTS)):
            await weighing.weigh(f"{route.name} {attack}", usual, method, f"{path}?{query}")
        return
    is_json = route.name.startswith("api:") or "passkey" in route.name
    for attack, body in (objects if is_json else forms)(names or ("a",)):
        await weighing.weigh(f"{route.name} {attack}", usual, method, path, **body)
