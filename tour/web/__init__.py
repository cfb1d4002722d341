"""What handlers share: rendering, the request's time and language, problem answers."""

from tour.web import addresses as _addresses  # noqa: F401 - before any table of addresses is made
from tour.web.render import lang, now, private, render, state

__all__ = ["lang", "now", "private", "render", "state"]
