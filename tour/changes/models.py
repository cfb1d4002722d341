"""The news: which rows have changed, in the order in which the changes became true. And the edits
of late, for whoever goes on from them: an undo, a merge of two forms, a second look."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from tour.audit.noted import Noted


class NewsNumber(Model):
    """The number of the last news. One row, locked by whoever adds to them until it commits: so
    numbers become visible in their order, without a gap, and a reader misses none."""

    id = fields.IntField(primary_key=True)
    number = fields.BigIntField(default=0)

    class Meta:
        table = "catalogue_revision"


class News(Model):
    """A row that has changed; `subject_id` 0: all rows of the kind. Kept for as long as a process
    may sleep and then still read only what is new."""

    number = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(max_length=20)
    subject_id = fields.IntField()
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "news"


class RecentEdit(Noted):
    """A line of the log of late, for the app itself: what it was before can be undone, two forms of
    one page can be merged, and staff look it over. It goes when nobody needs it any more; the log
    is for people, and nothing here depends on it."""

    class Meta:
        table = "recent_edit"
