"""Logs as one JSON object a line, without addresses, names or keys of anybody."""

import json
import logging
import traceback
from datetime import UTC, datetime

EXTRA = ("method", "page", "status", "ms", "service", "count", "seconds")
"""The only fields besides the message that a line may carry; none can hold personal data."""
TALKATIVE = ("tortoise", "tortoise.db_client", "aiosqlite", "asyncpg", "aiohttp", "asyncio")
"""These make up SQL with its values, or addresses, at debug level: they need not even try."""


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line["trace"] = _trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _trace(error: BaseException) -> str:
    """What went wrong where, without the errors' own words: a database's quote the row."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_trace(cause)}\n" if cause else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}{frames}{type(error).__module__}.{type(error).__qualname__}"


def _may_be_said(record: logging.LogRecord) -> bool:
    """Below a warning only what is ours, whatever level somebody gives to the root: libraries
    show what they work on, and a list of those that do is never complete."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "tour"


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every log to standard error as JSON lines; libraries speak from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.addFilter(_may_be_said)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("tour").setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
