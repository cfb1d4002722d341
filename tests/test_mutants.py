"""The slips that `make mutants` draws: small, readable to Python, and never of words."""

import ast
import inspect
from functools import cache
from pathlib import Path
from types import FunctionType

import pytest

from bench.mutants.applying import apply
from bench.mutants.covering import moved
from bench.mutants.slips import slips_in


def changes(source: str, kind: str) -> set[str]:
    """What such slips make of a function's body."""
    whole = "def f():\n" + "".join(f"    {line}\n" for line in source.splitlines())
    made = [slip.applied(whole) for slip in slips_in("f.py", whole) if slip.kind == kind]
    return {"\n".join(line[4:] for line in text.splitlines()[1:]) for text in made}


@pytest.mark.parametrize(
    ("source", "kind", "made"),
    [
        ("return a < b", "compare", {"return a <= b"}),
        ("return 0 <= a != b", "compare", {"return 0 < a != b", "return 0 <= a == b"}),
        ("return a is not None", "compare", {"return a is None"}),
        ("return a not in b", "compare", {"return a in b"}),
        ("x = await S.filter(at__lte=n)", "compare", {"x = await S.filter(at__lt=n)"}),
        ("return a and b", "and/or", {"return a or b"}),
        (
            "return a and b and c",
            "condition left out",
            {"return b and c", "return a and c", "return a and b"},
        ),
        ("return not a", "not", {"return a"}),
        ("return a + b", "reckoned", {"return a - b"}),
        ("return a + 'b'", "reckoned", set()),
        ("return min(a, b)", "bound left out", {"return a", "return b"}),
        ("return min(a, b - 1)", "bound left out", {"return a", "return (b - 1)"}),
        ("return min(a, b)", "min/max", {"return max(a, b)"}),
        ("return a[b].min(axis=0)", "min/max", {"return a[b].max(axis=0)"}),
        ("return a[1]", "one more", {"return a[2]"}),
        ("return True", "yes/no", {"return False"}),
        (
            "await S.filter(id=i, open=True)",
            "keyword left out",
            {"await S.filter(open=True)", "await S.filter(id=i)"},
        ),
        ("await give(seats)", "step left out", {"pass"}),
        ("n += 1", "step left out", {"pass"}),
        ("if late:\n    raise Gone", "guard left out", {"if False:\n    raise Gone"}),
        ("return q.order_by('id')", "order", {'return q.order_by("-id")'}),
    ],
)
def test_each_kind_is_one_small_change(source: str, kind: str, made: set[str]) -> None:
    assert changes(source, kind) == made


@pytest.mark.parametrize(
    "source",
    [
        '"""Words."""',
        "log.warning('late by %s', 3)",
        "return _('At most %(n)s', n=3)",
        "raise Gone(3)",
        "assert a > 3",
    ],
)
def test_words_and_logs_are_left_alone(source: str) -> None:
    whole = f"def f():\n    {source}\n"
    assert [slip for slip in slips_in("f.py", whole) if slip.kind != "step left out"] == []


def test_every_slip_of_this_file_can_be_read_and_is_shown_by_its_lines() -> None:
    with open(__file__, encoding="utf-8") as file:
        source = file.read()
    found = slips_in("test_mutants.py", source)
    assert len(found) > 5
    for slip in found:
        ast.parse(slip.applied(source))
        head, *lines = slip.diff(source).splitlines()
        assert head.startswith(f"test_mutants.py:{slip.line}")
        assert {line[0] for line in lines} <= set("+-")
        assert slip.span[0] <= slip.line <= slip.span[1]


def test_a_sql_text_slips_at_its_boundaries() -> None:
    source = "return 'UPDATE slot SET a = 1 WHERE b <= c AND d'"
    made = {line.partition("WHERE ")[2].rstrip("'") for line in changes(source, "sql")}
    assert made == {"b < c AND d", "b <= c OR d"}


def test_lines_are_followed_through_a_change() -> None:
    assert moved("a\nb\nc\n", "a\nx\nb\nc\n") == {1: 1, 2: 3, 3: 4}
    assert moved("a\nb\nc\n", "a\nB\nc\n") == {1: 1, 2: 2, 3: 3}
    assert moved("a\nb\nc\n", "a\nc\n") == {1: 1, 3: 2}


def counted(things: list[int]) -> int:
    """What `apply` is tried on."""
    return sum(1 for thing in things if thing > 3)


@cache
def kept_of(number: int) -> bool:
    return number > 3


class Counter:
    def __init__(self, least: int) -> None:
        self.least = least

    @property
    def is_met(self) -> bool:
        return self.least <= 3


counter_of = cache(Counter)
"""A class may be kept like a function, and has no code: a package of the browser's has such."""


def line_of(function: FunctionType) -> int:
    """The last of its lines."""
    lines, first = inspect.getsourcelines(function)
    return first + len(lines) - 1


def test_a_slip_is_put_into_functions_that_others_hold_already() -> None:
    held, counter = counted, Counter(3)
    path = Path(__file__)
    source = path.read_text("utf-8")
    slips = [s for s in slips_in(path.name, source) if s.kind == "compare"]
    off = next(s for s in slips if s.line == line_of(counted))
    met = next(s for s in slips if s.line == line_of(Counter.is_met.fget))
    kept = (held.__code__, Counter.is_met.fget.__code__)
    try:
        assert apply(off, source, path.parent) == 1
        assert held([3, 4]) == 2
        assert counter.is_met
        assert apply(met, source, path.parent) == 1
        assert not counter.is_met
    finally:
        held.__code__, Counter.is_met.fget.__code__ = kept
    assert (held([3, 4]), counter.is_met) == (1, True)


def test_what_a_function_has_kept_is_forgotten_with_its_slip() -> None:
    assert not kept_of(3)
    path = Path(__file__)
    source = path.read_text("utf-8")
    function = kept_of.__wrapped__
    slips = [s for s in slips_in(path.name, source) if s.kind == "compare"]
    kept = function.__code__
    try:
        assert apply(next(s for s in slips if s.line == line_of(function)), source, path.parent)
        assert kept_of(3)
    finally:
        function.__code__ = kept
        kept_of.cache_clear()
