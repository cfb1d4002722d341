"""Parts of pages that are the same whenever their values are the same.

A list of places is the same forty lines a place, rendered for every visitor. What a macro makes
depends on its values and the language only, so it is made once and kept while it is asked for.
What is kept is bounded in bytes, too: a search form is made anew for each word that anybody types.
"""

import sys
from collections import OrderedDict
from typing import Any

from jinja2.runtime import Macro
from markupsafe import Markup

from tour.i18n import current_language

MOST = 4096
MOST_BYTES = 12_000_000


class Fragments:
    """`once(macro, value, …)` in a template; the values are hashable (frozen dataclasses)."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()
        self.size = 0

    def __call__(self, macro: Macro, *values: Any) -> Markup:
        key = (macro.name, current_language.get(), values)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = Markup(macro(*values))  # noqa: S704 - a macro escapes
            self.size += sys.getsizeof(made)
            while len(self._made) > MOST or self.size > MOST_BYTES:
                _key, dropped = self._made.popitem(last=False)
                self.size -= sys.getsizeof(dropped)
        else:
            self._made.move_to_end(key)
        return made
