"""Other parts for a running app, where a test needs them."""

from dataclasses import replace
from typing import Any

from starlette.applications import Starlette


def exchange(app: Starlette, **others: Any) -> None:
    app.state.parts = replace(app.state.parts, **others)
