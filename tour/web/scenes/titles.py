"""What each scene shows, in words, and which one stands for a place."""

from collections.abc import Mapping
from dataclasses import dataclass

from tour.i18n import Text
from tour.i18n import lazy as _

SCENES: Mapping[str, Text] = {
    "gear": _("Drawing: cutting a gear"),
    "woodblock": _("Drawing: printing with woodblocks"),
}
"""By the name of its file in `static/scenes`: a craft's emblem, or a kind."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`file` is an asset's name; `alt` is said of the drawing where it is not mere decoration."""

    file: str
    alt: Text


def scene_of(kind: str, emblem: str = "") -> Scene | None:
    """The scene of a craft, else its kind's; None where neither is drawn."""
    name = emblem if emblem in SCENES else kind
    return Scene(f"scenes/{name}.svg", SCENES[name]) if name in SCENES else None
