"""Questions to a walking engine over HTTP: each has a time limit, and a silent engine a rest.

Called in threads. Nothing is followed, no answer is read without end.
"""

import http.client
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tour.routes.paths import NoAnswer

log = logging.getLogger("tour.routes")

REST_SECONDS = 20.0
"""After a failure nobody waits for the engine for so long."""

LARGEST_ANSWER = 16_000_000
_CHUNK = 1 << 16
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    json: Any


class EngineClient:
    """One engine at `url`; `monotonic` is the clock of its time limits."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._folder = parts.path.rstrip("/")
        self._secure = parts.scheme == "https"
        self._monotonic = monotonic
        self._rests_until = float("-inf")

    def ask(self, path: str, question: Mapping[str, Any], limit: float) -> Answer:
        """The answer within `limit` seconds, or NoAnswer, after which the engine has a rest."""
        if self._monotonic() < self._rests_until:
            raise NoAnswer
        try:
            return self._post(path, json.dumps(question).encode(), self._monotonic() + limit)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            self._rests_until = self._monotonic() + REST_SECONDS
            log.warning("the walk engine does not answer: %s", type(exc).__name__)
            raise NoAnswer from exc

    def _post(self, path: str, body: bytes, deadline: float) -> Answer:
        connection = self._connection(self._left(deadline))
        try:
            connection.request("POST", self._folder + path, body, _HEADERS)
            socket = connection.sock
            answer = connection.getresponse()
            raw = bytearray()
            while chunk := answer.read1(_CHUNK):
                raw += chunk
                if len(raw) > LARGEST_ANSWER:
                    raise ValueError("too large")
                socket.settimeout(self._left(deadline))
        finally:
            connection.close()
        if answer.status >= 500:
            raise ValueError(f"status {answer.status}")
        return Answer(answer.status, json.loads(raw))

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=seconds)

    def _left(self, deadline: float) -> float:
        left = deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left
