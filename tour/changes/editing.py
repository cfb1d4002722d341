"""One verb of a host, of staff, an import or the command line: nothing of it can be forgotten.

    async with edit(actor, Subject("slot", slot_id), "slot.capacity", now=now) as change:
        slot = await change.lock(Slot, slot_id, programme__site_id=site_id)
        change.before, change.after = {"capacity": slot.capacity}, {"capacity": capacity}
        await Slot.filter(id=slot.id).update(capacity=capacity)

The block is a transaction. At its end a line goes into the log and among the recent edits, and the
news of what changed to every process that keeps a copy of it. What the verb reads in order to
write it, it reads inside.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

from tour.audit import writing
from tour.audit.noted import Noted
from tour.audit.service import Actor, Line, Subject
from tour.changes import news
from tour.changes.kinds import EVERY, Kind, News, news_of
from tour.changes.models import RecentEdit
from tour.db import transaction
from tour.errors import NotFound
from tour.i18n import Text
from tour.i18n import lazy as _

Row = TypeVar("Row", bound=Model)
Fields = Mapping[str, Any]


class _Alike(Exception):
    """Ends a block whose change is none."""


class Part:
    """A part of a change. Whoever is handed one is inside of its transaction, and may write."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.news: set[News] = set()

    async def lock(
        self,
        model: type[Row],
        row_id: int,
        *,
        among: QuerySet[Row] | None = None,
        missing: Text | None = None,
        **where: Any,
    ) -> Row:
        """The row as it is now, nobody else's to change until this change ends; NotFound (with the
        words of `missing`) where there is none, or not one that `where` describes. `among`: where
        the model itself does not show all.

        On PostgreSQL a row lock; on SQLite the transaction holds the only write lock already.
        """
        rows = model.all() if among is None else among
        chosen = rows.filter(id=row_id, **where)
        own = chosen.select_for_update(no_key=True, of=(model._meta.db_table,))
        found = await own.first()
        if found is None:
            raise NotFound(missing or _("It is not here any more. It may have been removed."))
        return found

    def told(self, kind: Kind, ids: Iterable[int]) -> None:
        """What changed, and pages show, beside the subjects of the lines."""
        self.news.update((kind, row_id) for row_id in ids)


class Change(Part):
    """What one verb changes. It sets `before` and `after`, fields by name with values that are
    JSON; of these the log keeps what differs."""

    def __init__(self, actor: Actor, subject: Subject | None, action: str, now: datetime) -> None:
        super().__init__(now)
        self.actor, self.subject, self.action = actor, subject, action
        self.before: Fields = {}
        self.after: Fields | None = None
        self.is_nothing = False
        self._lines: list[Line] = []
        self._entry: RecentEdit | None = None

    def line(
        self, subject: Subject, before: Fields, after: Fields, *, action: str | None = None
    ) -> None:
        """One more line in the log, for a verb that changes several things."""
        self._lines.append(Line(action or self.action, subject, before, after))

    def nothing(self) -> None:
        """All was as wanted already: no line, no news."""
        self.is_nothing = True

    def only_if_different(self) -> None:
        """A form that was sent as it was shown changes nothing: `before` and `after` are alike, so
        all that the block has written is taken back, even who saved the row last, and it ends."""
        if self.before == self.after:
            raise _Alike

    @property
    def entry(self) -> RecentEdit:
        """The line about the subject itself, once it is written: at the end of the block."""
        if self._entry is None:
            raise RuntimeError(f"{self.action}: nothing was written")
        return self._entry

    async def write(self) -> RecentEdit:
        """Write the line about the subject before the end, for a verb that needs its number."""
        if self.subject is None or self.after is None:
            raise RuntimeError(f"{self.action}: it does not say what it has changed")
        line = Line(self.action, self.subject, self.before, self.after)
        self._entry = _recent(await writing.note(self.actor, line, now=self.now))
        await self._entry.save()
        self._tell(self.subject)
        return self._entry

    async def finish(self) -> None:
        """Write the lines. Raises RuntimeError where a verb has forgotten to say what it did."""
        if self.is_nothing:
            return
        if self.after is not None and self._entry is None:
            await self.write()
        elif self._entry is None and not self._lines:
            raise RuntimeError(f"{self.action}: it says neither what changed nor that nothing did")
        entries = await writing.note_each(self.actor, self._lines, now=self.now)
        if entries:
            await RecentEdit.bulk_create(map(_recent, entries), batch_size=writing.BATCH)
        for each in self._lines:
            self._tell(each.subject)

    def _tell(self, subject: Subject) -> None:
        if found := news_of(subject):
            self.news.add(found)


def _recent(entry: Noted) -> RecentEdit:
    """The line of the log once more."""
    names = RecentEdit._meta.db_fields - {"id"}
    return RecentEdit(**{name: getattr(entry, name) for name in names})


_open: ContextVar[Part | None] = ContextVar("open", default=None)


@asynccontextmanager
async def edit(
    actor: Actor, subject: Subject | None, action: str, *, now: datetime
) -> AsyncIterator[Change]:
    """Transaction, log line and news of one verb; `subject` may be set inside, for what is made.

    Inside of another `edit` it is a part of that one, with a line of its own: the news of both are
    told at the end of the outer one, so that nobody waits for their number any longer than that.
    """
    change = Change(actor, subject, action, now)
    with suppress(_Alike):
        async with _telling(change):
            yield change
            await change.finish()


@asynccontextmanager
async def together(*, now: datetime) -> AsyncIterator[Part]:
    """Several verbs in one transaction, or what no line of the log is about, such as loading a
    demonstration. What it writes itself it tells by `told`."""
    part = Part(now)
    async with _telling(part):
        yield part


async def tell(kind: Kind, row_id: int = EVERY, *, now: datetime) -> None:
    """News of what no row says: the streets are there now, words are known."""
    async with together(now=now) as part:
        part.told(kind, [row_id])


@asynccontextmanager
async def _telling(part: Part) -> AsyncIterator[None]:
    outer = _open.get()
    async with transaction():
        token = _open.set(part)
        try:
            yield
        finally:
            _open.reset(token)
        if outer is None:
            await news.append(part.news, now=part.now)
    if outer is not None:
        outer.news |= part.news
