"""Secrets that are made on the first start and kept in `var/`, for the server's owner only."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from tour.settings import Settings

FILE = "secret-key"


def secret_key(settings: Settings) -> str:
    """The operator's key, else the one kept in `var/`, else a new one that is kept from now on."""
    return settings.secret_key or kept_secret(settings.var / FILE, secrets.token_urlsafe)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; of two processes that start at once and make one, the first wins."""
    if not path.exists():
        _keep(path, make())
    return path.read_text(encoding="ascii").strip()


def _keep(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
