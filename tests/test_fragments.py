"""Parts of pages made once: the same values, the same text; another language, another text."""

import jinja2

from tour.i18n import current_language
from tour.web.fragments import MOST, Fragments

SOURCE = "{% macro card(name, seats) %}<b>{{ name }} {{ count() }} {{ seats }}</b>{% endmacro %}"


def card_macro(counter: list[int]) -> object:
    def count() -> int:
        counter.append(1)
        return len(counter)

    environment = jinja2.Environment(autoescape=True)
    return environment.from_string(SOURCE, globals={"count": count}).module.card


def test_the_same_values_are_rendered_once_and_escaped() -> None:
    made: list[int] = []
    once, card = Fragments(), card_macro(made)
    first = once(card, "<木版>", 3)
    assert first == "<b>&lt;木版&gt; 1 3</b>"
    assert once(card, "<木版>", 3) is first
    assert once(card, "<木版>", 2) == "<b>&lt;木版&gt; 2 2</b>"


def test_each_language_has_its_own() -> None:
    made: list[int] = []
    once, card = Fragments(), card_macro(made)
    for lang in ("ja", "en", "ja"):
        token = current_language.set(lang)
        once(card, "a", 1)
        current_language.reset(token)
    assert len(made) == 2


def test_what_nobody_asks_for_is_forgotten() -> None:
    made: list[int] = []
    once, card = Fragments(), card_macro(made)
    for seats in range(MOST + 1):
        once(card, "a", seats)
    once(card, "a", 0)
    assert len(made) == MOST + 2
