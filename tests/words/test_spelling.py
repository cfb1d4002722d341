"""Japanese is spelt one way: signs full width, no line begins with a dot, figures in digits."""

import re

import pytest

from tests.words import texts
from tour.settings import ROOT

J = r"[\u3040-\u30ff\u4e00-\u9fff々○」』）。、]"
SIGNS = {
    "a bracket beside Japanese": rf"{J}\(|\({J}|{J}\)|\){J}",
    "a colon beside Japanese": rf"{J}:(?!//)(?=\s|{J}|$)",
    "a question or exclamation mark": rf"{J}[?!]",
    "a comma or full stop": rf"{J}[,.](?=\s|{J}|$)",
    "a line that begins with a dot": r"(?m)^・.",
    "a space after a full-width mark": r"[：？！、。] (?=\S)",
    "a question without its mark": r"(です|ます|ません|でした)か(。|$)",
    "a figure of four digits without its comma": r"(?<![\d/.-])[1-9]\d{3,}(?=円|人|組|件|行)",
}
MAY = {
    "西,南,東,北": "how the API is asked for a box",
    "経度,": "and for a point",
}
"""Texts that may break a rule, by what stands in them, and why."""


def said() -> list[texts.Said]:
    """Messages and guides, and the town's own texts; Markdown has brackets of its own."""
    return [text for text in texts.japanese() if texts.JAPANESE.search(text[1])]


@pytest.mark.parametrize("rule", SIGNS)
def test_signs_are_full_width_beside_japanese(rule: str) -> None:
    wrong = [
        (where, text)
        for where, text in said()
        if not where.startswith("README")
        and not where.endswith(".html")
        and not any(part in text for part in MAY)
        and re.search(SIGNS[rule], texts.without_placeholders(text))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("a bracket beside Japanese", "遅れ(分)"),
        ("a colon beside Japanese", "外れるもの: 体験"),
        ("a question or exclamation mark", "参加しますか?"),
        ("a comma or full stop", "はい, 参加します"),
        ("a line that begins with a dot", "・2日間"),
        ("a space after a full-width mark", "例： 第2水曜"),
        ("a question without its mark", "参加しますか"),
        ("a figure of four digits without its comma", "約2000行"),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: str, text: str) -> None:
    assert re.search(SIGNS[rule], text)


def test_no_template_joins_texts_by_a_sign_of_one_language() -> None:
    joined = re.compile(r"\}\}(</\w+>)?: |[}%]\}, (?!\{%)|join\(\", \"\)| \(\{\{")
    pages = (ROOT / "templates").rglob("*.html")
    found = [
        (page.name, line.strip()[:120])
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if joined.search(line) and "style=" not in line and "{#" not in line
    ]
    assert found == []
