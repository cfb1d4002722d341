"""How many are told, and by which way: said wherever something was sent, true when it is read."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.db.columns import ids_of
from tour.i18n import Text, current_language, translate, translate_plural
from tour.i18n import lazy as _
from tour.notifications import reach
from tour.notifications import told as outbox
from tour.notifications.reach import Way
from tour.notifications.states import Standing
from tour.reservations.models import Reservation
from tour.web.templates import day_text
from tour.words.ranges import clock

TELEPHONE, NOBODY = "telephone", "nobody"
WAYS: Mapping[str, Text] = {
    Way.MAIL: _("%(n)s by email"),
    Way.PUSH: _("%(n)s by push"),
    TELEPHONE: _("%(n)s to phone"),
    NOBODY: _("%(n)s that cannot be reached"),
}
MORNING_ENDS = 10
"""Until which hour of the town's clock something arrives "this morning"."""
OUT_OF_PLAY = (Standing.TAKEN_BACK, Standing.TOO_LATE)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many parties by which way: `Way.MAIL`, `Way.PUSH`, TELEPHONE or NOBODY."""

    by_way: Mapping[str, int]
    later_at: datetime | None = None
    """Until when what is not about today waits."""

    @property
    def parties(self) -> int:
        return sum(self.by_way.values())

    @property
    def to_phone(self) -> int:
        return self.by_way.get(TELEPHONE, 0) + self.by_way.get(NOBODY, 0)

    @property
    def ways(self) -> str:
        """30 by mail, 5 by push, 2 to phone."""
        said = [str(text.filled(n=n)) for way, text in WAYS.items() if (n := self.by_way.get(way))]
        return ("、" if current_language.get().startswith("ja") else ", ").join(said)

    @property
    def said(self) -> str:
        """37 parties: 30 by mail, 5 by push, 2 to phone."""
        total = translate_plural("%(num)d party", "%(num)d parties", self.parties)
        return translate("%(total)s: %(ways)s", total=total, ways=self.ways) if self.ways else total

    def later(self, zone: ZoneInfo, now: datetime) -> str:
        """When what waits for its hour arrives; empty where nothing waits."""
        if self.later_at is None:
            return ""
        local = self.later_at.astimezone(zone)
        days = (local.date() - now.astimezone(zone).date()).days
        at = clock(local)
        if days == 0:
            if local.hour < MORNING_ENDS:
                return translate("It arrives at %(time)s this morning.", time=at)
            return translate("It arrives today at %(time)s.", time=at)
        if days == 1 and local.hour < MORNING_ENDS:
            return translate("It arrives at %(time)s tomorrow morning.", time=at)
        day = day_text(local.date(), current_language.get())
        return translate("It arrives on %(day)s at %(time)s.", day=day, time=at)


async def of_keys(keys: Collection[str], *, now: datetime) -> Figures:
    """Of the messages of these keys, each party once; what was taken back is no message."""
    told = [one for one in await outbox.of_keys(keys, now=now) if one.standing not in OUT_OF_PLAY]
    with_phone = await _with_phone({one.recipient_id for one in told})
    ways: dict[int, str] = {}
    for one in told:
        ways[one.recipient_id] = str(one.way)
        if one.standing == Standing.UNREACHED:
            ways[one.recipient_id] = _by_hand(one.recipient_id, with_phone)
    later = [one.due_at for one in told if one.standing == Standing.LATER]
    return Figures(Counter(ways.values()), max(later, default=None))


async def expected(recipient_ids: Collection[int]) -> Figures:
    """Of a message that these would be sent now."""
    ways = await reach.ways(recipient_ids)
    silent = {reader for reader, way in ways.items() if not way.is_told}
    with_phone = await _with_phone(silent)
    return Figures(
        Counter(
            _by_hand(reader, with_phone) if reader in silent else str(way)
            for reader, way in ways.items()
        )
    )


def _by_hand(recipient_id: int, with_phone: Collection[int]) -> str:
    return TELEPHONE if recipient_id in with_phone else NOBODY


async def _with_phone(recipient_ids: Collection[int]) -> set[int]:
    known = Reservation.filter(recipient_id__in=list(recipient_ids)).exclude(phone="")
    return set(await ids_of(known, "recipient_id"))
