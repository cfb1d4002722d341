"""The one way to change what people are shown: `edit`, and the news that it leaves for readers."""

from tour.audit.writing import cut as cut_log
from tour.changes.editing import Change, Part, edit, tell, together
from tour.changes.kinds import EVERY, Kind
from tour.changes.news import forget_news
from tour.changes.reading import NewsReader

__all__ = [
    "EVERY",
    "Change",
    "Kind",
    "NewsReader",
    "Part",
    "cut_log",
    "edit",
    "forget_news",
    "tell",
    "together",
]
