"""The colours of `static/css/tokens.css` by name, where no style sheet is read: drawings, mails."""

import re
from functools import cache

from tour.settings import ROOT

_COLOUR = re.compile(r"^  --([\w-]+): (#[0-9a-f]{3,6}|rgb\([^)]*\));$", re.MULTILINE)


def colour(name: str) -> str:
    """`colour("link")` is what `var(--link)` is; KeyError for a name that the file does not set."""
    return colours()[name]


@cache
def colours() -> dict[str, str]:
    return dict(_COLOUR.findall(style()))


@cache
def style() -> str:
    """The file itself, for sheets that stand without it."""
    return (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")


def kind_colour(kind: str, tone: str) -> str:
    """`kind_colour("craft", "mid")` is `--kind-mid` of `.kind-craft`, "kind" its `--kind`.

    KeyError for a kind or a tone that there is not.
    """
    return _kind_colours()[kind, tone]


@cache
def _kind_colours() -> dict[tuple[str, str], str]:
    lines = re.findall(r"^\.kind-(\w+) \{ (.*) \}$", style(), re.MULTILINE)
    tones = re.compile(r"--(?:kind-)?(\w+): (#[0-9a-f]{6});")
    return {(kind, tone): value for kind, line in lines for tone, value in tones.findall(line)}
