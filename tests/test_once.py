"""What stood in several places, each a little different, stands in one: the others ask it."""

import re

import pytest

from tour.settings import ROOT

ONCE = {
    "a number is read": (
        r"\.is(decimal|digit|numeric)\(",
        {"web/gate/bounds.py", "accounts/signing_in/passkeys.py"},
    ),
    "an address is kept from others": (r"\bno-referrer\b", {"web/render.py"}),
    "a QR code is drawn": (r"\bsegno\.make\(", {"web/qr.py"}),
    "words are filled": (r"\bText\([^()]*\.message\b", {"i18n.py"}),
    "the database is asked what it is": (r"\.dialect\b", {"db/plain.py", "db/ddl.py"}),
}
"""What it looks like, and where in `tour/` it may. Bytes of a header, and a host that is no name,
are not numbers that anybody reads."""


@pytest.mark.parametrize("what", ONCE)
def test_is_in_one_place(what: str) -> None:
    pattern, places = re.compile(ONCE[what][0]), ONCE[what][1]
    files = sorted((ROOT / "tour").rglob("*.py"))
    found = {str(f.relative_to(ROOT / "tour")) for f in files if pattern.search(f.read_text())}
    assert found == places


UNREASONED = re.compile(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)$", re.MULTILINE)


def test_what_the_checkers_are_told_to_leave_has_its_reason() -> None:
    files = sorted((ROOT / "tour").rglob("*.py"))
    assert [str(file) for file in files if UNREASONED.search(file.read_text())] == []
