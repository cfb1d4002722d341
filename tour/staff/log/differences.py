"""What a site's log says has changed for visitors, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tour.changes.models import RecentEdit
from tour.geo import Point, distance_m
from tour.i18n import translate
from tour.programmes import editing as programmes
from tour.programmes.models import Programme
from tour.sites.editing import photos
from tour.sites.models import Photo
from tour.staff.log.labels import SILENT, field_label
from tour.staff.log.values import is_hours, shown
from tour.web.templates import metres

POINTS = frozenset({"entrance", "point"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`of` is the session or photo that the field belongs to; empty for the place's own. `label`,
    `before` and `after` are in the reader's words; what was empty is empty.

    `picture` is the name of a photo's files.
    """

    of: str
    name: str
    label: str
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
    changed = [
        _change(field, before[field], after[field], things)
        for field in after
        if before[field] != after[field] and field[2] not in SILENT
    ]
    return [change for change in changed if change.before != change.after]


def _change(field: tuple[str, int, str], before: Any, after: Any, things: Things) -> FieldChange:
    subject, subject_id, name = field
    said = _moved(before, after) if name in POINTS else None
    # Of what is new, a box that is not ticked says nothing: it was never another.
    is_unsaid = before is None and after in (False, "", []) and not is_hours(name)
    return FieldChange(
        of=things.name_of(subject, subject_id),
        name=name,
        label=field_label(name, subject),
        before="" if said or is_unsaid else shown(name, before),
        after=said or ("" if is_unsaid else shown(name, after)),
        picture=things.picture_of(subject, subject_id),
    )


def _moved(before: Any, after: Any) -> str | None:
    """How far a pin has gone: nobody reads degrees. None where it came, went, or cannot be read."""
    try:
        was, now_is = (_point(each) for each in (before, after))
    except (TypeError, ValueError):
        return None
    return translate("moved by %(far)s", far=metres(distance_m(was, now_is)))


def _point(logged: Any) -> Point:
    lat, lon = (float(part) for part in str(logged).split(","))
    return Point(lat=lat, lon=lon)
