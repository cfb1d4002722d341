"""Which plans a change concerns: those with a stop at the place or in the session that changed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tour.changes import EVERY, Kind
from tour.changes.kinds import News
from tour.programmes.models import Slot

ALL_PLANS = (Kind.TOWN, Kind.EVENT)
"""An event's hours are those of its places."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Places and sessions that changed, by their ids."""

    sites: frozenset[int] = frozenset()
    slots: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sites or self.slots)

    def has(self, stops: Iterable[Mapping[str, Any]]) -> bool:
        """Whether a plan with these stops, as they are stored, goes there."""
        return any(
            stop.get("site_id") in self.sites or stop.get("slot_id") in self.slots for stop in stops
        )


async def concerned_by(
    news: Collection[News] | None, also: frozenset[int] = frozenset()
) -> Concerned | None:
    """What the news are about, and these sessions; None: every plan may be concerned."""
    if news is None or any(kind in ALL_PLANS or row == EVERY for kind, row in news):
        return None
    of_programmes = Slot.filter(programme_id__in=_rows(news, Kind.PROGRAMME))
    offered = {int(row["id"]) for row in await of_programmes.values("id")}
    return Concerned(
        frozenset(_rows(news, Kind.PLACE, Kind.DOOR)),
        frozenset(_rows(news, Kind.SESSION)) | offered | also,
    )


def _rows(news: Iterable[News], *kinds: Kind) -> list[int]:
    return [row for kind, row in news if kind in kinds]
