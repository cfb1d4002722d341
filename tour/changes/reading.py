"""The news, read: once for all who ask a process, and remembered for its caches.

A cache keeps the number that it stands at, asks what is new since, and drops what that concerns.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connection

from tour.changes.kinds import Kind, News
from tour.db import plain

MOST = 1000
"""Whoever is further behind than this many news reads everything again."""
REMEMBERED = 4 * MOST
NOTHING_YET = -1
NUMBER = "SELECT number FROM catalogue_revision WHERE id = 1"
NEWER = f"""
SELECT r.number AS last, n.number, n.kind, n.subject_id
FROM catalogue_revision r LEFT JOIN news n ON n.number > $1
WHERE r.id = 1 ORDER BY n.number LIMIT {MOST + 1}
"""  # noqa: S608 - a number of our own
Numbered = Sequence[tuple[int, News]]
Ask = Callable[[int], Awaitable[tuple[int, Numbered]]]


async def newest() -> int:
    """The number of the last news, as plain SQL: building the query cost more than answering it."""
    rows = await plain.fetch(NUMBER)
    return int(rows[0]["number"]) if rows else 0


async def news_after(number: int) -> tuple[int, Numbered]:
    """The last number and what is newer than `number`, of one instant."""
    rows = await plain.fetch(NEWER, number)
    told = [
        (int(row["number"]), (Kind(row["kind"]), int(row["subject_id"])))
        for row in rows
        if row["number"] is not None
    ]
    return (int(rows[0]["last"]) if rows else 0), told


def in_transaction() -> bool:
    """Whether the database is asked from inside of a transaction, which nobody else sees yet."""
    return isinstance(get_connection("default"), TransactionalDBClient)


class NewsReader:
    """The news of one process. `number` is that of the last it has read.

    Nobody is given an answer to a question that was put before theirs, so whoever changed something
    sees the change. In a rush a page in eight or so asks: it was a third of its cost.
    """

    def __init__(self, ask: Ask = news_after) -> None:
        self.number = NOTHING_YET
        self._ask = ask
        self._reading = asyncio.Lock()
        self._asked = 0
        self._answered = 0
        self._known_from = NOTHING_YET
        self._news: deque[tuple[int, News]] = deque()
        self._last: dict[Kind, int] = {}

    async def read(self) -> int:
        """Not from inside of a transaction: others would wait for its end, and it for them."""
        wanted = self._asked + 1
        async with self._reading:
            if self._answered < wanted:
                self._asked = asking = self._asked + 1
                self._learn(*await self._ask(self.number))
                self._answered = asking
            return self.number

    def since(self, number: int) -> frozenset[News] | None:
        """What is new after a number, of what has been read; None: too much, read everything."""
        if number < self._known_from or number == NOTHING_YET or number > self.number:
            return None
        return frozenset(news for each, news in self._news if each > number)

    def last_of(self, *kinds: Kind) -> int:
        """The number of the last news of these kinds, or of the whole town."""
        return max(self._last.get(kind, NOTHING_YET) for kind in (Kind.TOWN, *kinds))

    def _learn(self, number: int, told: Numbered) -> None:
        """Numbers have no gaps: where one is missing, news were forgotten while this slept."""
        if self.number == NOTHING_YET or number - self.number != len(told):
            self._news.clear()
            self._known_from = number
            self._last = dict.fromkeys(Kind, number)
        else:
            self._news.extend(told)
            self._last |= {kind: each for each, (kind, _row) in told}
        while len(self._news) > REMEMBERED:
            self._known_from = self._news.popleft()[0]
        self.number = number
