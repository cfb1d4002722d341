"""What a site's log says has changed for visitors, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tour.changes.models import RecentEdit
from tour.i18n import translate
from tour.programmes import editing as programmes
from tour.programmes.models import Programme
from tour.sites.editing import photos
from tour.sites.models import Photo
from tour.staff.log.labels import SILENT
from tour.staff.log.values import shown


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`of` is the session or photo that the field belongs to; empty for the place's own.

    `picture` is the name of a photo's files.
    """

    of: str
    name: str
    before: str
    after: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Things:
    """The sessions and photos that entries are about, as they stand now.

    `public_since` has the entry with which a session first went public. A draft is its host's own:
    what was written in it is to be looked over from then on, whatever was looked at before.
    """

    titles: Mapping[int, str]
    public_since: Mapping[int, int]
    photos: Mapping[int, Photo]

    def is_waiting(self, entry: RecentEdit, upto: int) -> bool:
        """Whether visitors see it, and nobody has looked at it, who looked up to `upto`."""
        if entry.subject == programmes.SUBJECT:
            since = self.public_since.get(entry.subject_id)
            return since is not None and max(since, entry.id) > upto
        if entry.subject == photos.SUBJECT and entry.subject_id not in self.photos:
            return False
        return entry.id > upto

    def name_of(self, subject: str, subject_id: int) -> str:
        if subject == programmes.SUBJECT:
            return self.titles.get(subject_id, "–")
        return translate("Photo") if subject == photos.SUBJECT else ""

    def picture_of(self, subject: str, subject_id: int) -> str:
        photo = self.photos.get(subject_id) if subject == photos.SUBJECT else None
        return str(photo.name) if photo else ""


async def things_of(entries: Iterable[RecentEdit]) -> Things:
    ids: dict[str, set[int]] = {}
    for entry in entries:
        ids.setdefault(entry.subject, set()).add(entry.subject_id)
    sessions = await Programme.filter(id__in=list(ids.get(programmes.SUBJECT, ())))
    pictures = await Photo.filter(id__in=list(ids.get(photos.SUBJECT, ())))
    return Things(
        {p.id: str(p.title) for p in sessions},
        await _public_since(sessions),
        {photo.id: photo for photo in pictures},
    )


async def _public_since(sessions: Sequence[Programme]) -> dict[int, int]:
    """Those that went public long ago, or were made public, have been so before all edits."""
    since = {
        session.id: 0 for session in sessions if session.is_published or session.first_published_at
    }
    logged = RecentEdit.filter(
        subject=programmes.SUBJECT,
        subject_id__in=[session.id for session in sessions],
        action=programmes.PUBLISHED,
    )
    for entry in await logged.order_by("-id"):
        since[entry.subject_id] = entry.id
    return since


def difference(entries: Sequence[RecentEdit], things: Things) -> list[FieldChange]:
    """Field by field from before the first change to after the last; what came back is left out."""
    before: dict[tuple[str, int, str], Any] = {}
    after: dict[tuple[str, int, str], Any] = {}
    for entry in entries:
        for name in {**entry.before, **entry.after}:
            field = (entry.subject, entry.subject_id, name)
            before.setdefault(field, entry.before.get(name))
            after[field] = entry.after.get(name)
    return [
        _change(field, before[field], after[field], things)
        for field in after
        if before[field] != after[field] and field[2] not in SILENT
    ]


def _change(field: tuple[str, int, str], before: Any, after: Any, things: Things) -> FieldChange:
    subject, subject_id, name = field
    return FieldChange(
        things.name_of(subject, subject_id),
        name,
        shown(name, before),
        shown(name, after),
        things.picture_of(subject, subject_id),
    )
