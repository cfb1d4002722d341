"""The ASGI app for servers that import it by name: `uvicorn tour.asgi:app --factory`."""

import os

from starlette.applications import Starlette

from tour.app import create_app
from tour.routes.proposals import make_ready
from tour.settings import ROOT, Settings

ENV_FILE = ROOT / ".env"


def app() -> Starlette:
    """The app by the environment's settings; the database must be migrated already."""
    make_ready()
    return create_app(Settings.from_environ(os.environ, ENV_FILE))
