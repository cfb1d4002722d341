"""Parts of pages that are the same whenever their values are the same.

A list of places is the same forty lines a place, rendered for every visitor. What a macro makes
depends on its values and the language only, so it is made once and kept while it is asked for.
"""

from collections import OrderedDict
from typing import Any

from jinja2.runtime import Macro
from markupsafe import Markup

from tour.i18n import current_language

MOST = 4096


class Fragments:
    """`once(macro, value, …)` in a template; the values are hashable (frozen dataclasses)."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()

    def __call__(self, macro: Macro, *values: Any) -> Markup:
        key = (macro.name, current_language.get(), values)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = Markup(macro(*values))  # noqa: S704 - a macro escapes
            while len(self._made) > MOST:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(key)
        return made
