"""The ASGI app for servers that import it by name: `uvicorn tour.asgi:app --factory`."""

import multiprocessing
import os
import signal
import threading

from starlette.applications import Starlette

from tour.app import create_app
from tour.routes.days.proposals import make_ready
from tour.settings import ENV_FILE, Settings


def app() -> Starlette:
    """The app by the environment's settings; the database must be migrated already."""
    _end_with_parent()
    make_ready()
    return create_app(Settings.from_environ(os.environ, ENV_FILE))


def _end_with_parent() -> None:
    """One of several web processes ends when the process that started them does, however it ended:
    a new start would find the port taken, and old code would go on working."""
    if parent := multiprocessing.parent_process():

        def wait() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=wait, name="end-with-parent", daemon=True).start()
