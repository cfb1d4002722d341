"""Colours stand in one file; every other style sheet, the printed ones too, uses their names."""

import re
from pathlib import Path

import pytest

from tour.publishing.drawing import marks
from tour.settings import ROOT
from tour.web import tokens

STYLES = ROOT / "static/css"
TOKENS = STYLES / "tokens.css"
NAMES = "white|black|silver|gr[ae]y|red|green|blue|navy|teal|orange|yellow"
LITERAL = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|color)a?\("
    rf"|:[^;{{}}]*\b(?:{NAMES})\b",
    re.IGNORECASE,
)
SETS = re.compile(r"(--[\w-]+):")
USES = re.compile(r"var\((--[\w-]+)")
OTHERS = sorted(STYLES.glob("*.css"))
QUOTED = re.compile(
    r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b(?!;)|\b(?:rgb|hsl)a?\("
    rf"""|["'](?:{NAMES})["']""",
    re.IGNORECASE,
)
"""As they stand in scripts, drawings and mails; not &#39; and not an anchor such as #fees."""
WRITTEN = sorted(
    path
    for folder, ending in (("tour", "py"), ("templates", "html"), ("static/js", "js"))
    for path in (ROOT / folder).rglob(f"*.{ending}")
    if path != ROOT / "tour/web/tokens.py"  # it is what reads them
)


def literals(css: str) -> list[str]:
    return LITERAL.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


@pytest.mark.parametrize("file", OTHERS, ids=lambda file: file.name)
def test_no_other_file_names_a_colour(file: Path) -> None:
    if file != TOKENS:
        assert literals(file.read_text("utf-8")) == []


def written(source: str) -> list[str]:
    return QUOTED.findall(source)


def test_nothing_that_is_drawn_or_mailed_names_one_either() -> None:
    found = {str(path.relative_to(ROOT)): written(path.read_text("utf-8")) for path in WRITTEN}
    assert {file: colours for file, colours in found.items() if colours} == {}


@pytest.mark.parametrize(
    "source",
    [
        "color: '#fff'",
        'fill="#3f3c37"',
        '<p style="color:#4C5552">',
        'stroke="rgb(0 0 0)"',
        '"white"',
    ],
)
def test_the_search_finds_it_in_scripts_drawings_and_mails(source: str) -> None:
    assert written(source)


def test_every_name_that_is_drawn_in_is_set() -> None:
    asked = re.compile(r"""\bcolour\(["']([\w-]+)["']\)""")
    names = {name for path in WRITTEN for name in asked.findall(path.read_text("utf-8"))}
    assert len(names) > 20
    assert names <= set(tokens.colours())


@pytest.mark.parametrize(
    "css", ["a { color: #fff; }", "a { border: 1px solid RGB(0 0 0 / 4%); }", "a { fill: navy }"]
)
def test_the_search_finds_one(css: str) -> None:
    assert literals(css)
    assert literals(f"/* {css} */ a {{ color: var(--ink); }}") == []


def test_every_name_that_is_used_is_set() -> None:
    sheets = [file.read_text("utf-8") for file in OTHERS]
    sheets += [file.read_text("utf-8") for file in (ROOT / "templates").rglob("*.html")]
    sheets += [file.read_text("utf-8") for file in (ROOT / "static/js").glob("*.js")]
    known = {name for sheet in sheets for name in re.findall(r"(--[\w-]+)['\"]?[:,]", sheet)}
    assert {name for file in OTHERS for name in USES.findall(file.read_text("utf-8"))} <= known


@pytest.mark.parametrize("name", ["sheet.css", "archive.css"])
def test_what_stands_without_the_tokens_brings_those_it_uses(name: str) -> None:
    css = marks.colour_rules() + (STYLES / name).read_text("utf-8")
    assert set(USES.findall(css)) <= set(SETS.findall(css))
