"""What can be wrong with a database for a while, told apart from a fault of ours.

Whoever asked is answered 503 and may ask again; the log says which of these it was.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from tour.errors import Unavailable
from tour.patience import KeptTooLong

SQLITE = {
    sqlite3.SQLITE_BUSY: "the file is locked by another program",
    sqlite3.SQLITE_LOCKED: "a table is locked",
    sqlite3.SQLITE_READONLY: "the file cannot be written",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_NOTADB: "the file is no database",
}
"""By primary result code, https://sqlite.org/rescode.html."""

POSTGRES = {
    "08": "the connection was lost",
    "25006": "it can only be read",
    "25P03": "a transaction stood still for too long",
    "40": "two transactions were in each other's way",
    "53100": "its disk is full",
    "53300": "it takes no more connections",
    "53": "it is short of something",
    "55P03": "a row stayed locked",
    "55006": "something is in use",
    "57014": "a statement took too long",
    "57": "it is being stopped or started",
    "58": "its disk cannot be read or written",
    "XX001": "its files are damaged",
}
"""By SQLSTATE, or the class that is its beginning (PostgreSQL's documentation, appendix A)."""

LENGTHS = (5, 2)
CROWDED = "too many wait for a connection"


@contextmanager
def naming_troubles() -> Iterator[None]:
    """Raise Unavailable, which names it, for what is wrong with the database and not with us."""
    try:
        yield
    except Exception as exc:
        if trouble := trouble_of(exc):
            raise Unavailable(f"database: {trouble}") from exc
        raise


@contextmanager
def naming_timeout(trouble: str) -> Iterator[None]:
    """Raise Unavailable for a wait that took too long."""
    try:
        yield
    except TimeoutError as exc:
        raise Unavailable(f"database: {trouble}") from exc


def trouble_of(error: Exception) -> str | None:
    """In a few words of our own: a database's message may show values."""
    # Tortoise puts what a driver raised into an exception of its own.
    first = error.args[0] if error.args else None
    cause = first if isinstance(first, Exception) else error
    if isinstance(cause, sqlite3.Error):
        return SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(cause, asyncpg.PostgresError):
        state = cause.sqlstate or ""
        return next((POSTGRES[state[:n]] for n in LENGTHS if state[:n] in POSTGRES), None)
    if isinstance(cause, asyncpg.InterfaceError):  # of its many meanings only one is not our fault
        return "the connection was lost" if "clos" in str(cause) else None
    if isinstance(cause, asyncpg.InternalClientError):  # of one that is lost in mid-sentence
        return "the connection was lost"
    if isinstance(cause, KeptTooLong):
        return "its locks kept a page for too long"
    if isinstance(cause, TimeoutError):
        return "it does not answer in time"
    return "it cannot be reached" if isinstance(cause, OSError) else None
