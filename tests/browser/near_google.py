"""Runs `tour` on a machine for which Google's push hosts are the fake service on loopback.

Names and ports are turned at the operating system's door; the app itself is as it ships.
"""

import os
import socket
import sys
from typing import Any

from tour.__main__ import main

GOOGLE = ("fcm.googleapis.com", "jmt17.google.com")
real_getaddrinfo = socket.getaddrinfo


def nearer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
    if host in GOOGLE and "FAKE_GOOGLE_PORT" in os.environ:
        host, port = "127.0.0.1", int(os.environ["FAKE_GOOGLE_PORT"])
    return real_getaddrinfo(host, port, *rest, **more)


if __name__ == "__main__":
    socket.getaddrinfo = nearer
    # uvloop resolves names by itself, past Python's door: serve on asyncio's own loop.
    sys.modules["uvloop"] = None  # type: ignore[assignment]
    main()
