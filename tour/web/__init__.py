"""What handlers share: rendering, the request's time and language, problem answers."""

from tour.parts import parts_of
from tour.web import addresses as _addresses  # noqa: F401 - before any table of addresses is made
from tour.web.render import lang, now, private, render

__all__ = ["lang", "now", "parts_of", "private", "render"]
