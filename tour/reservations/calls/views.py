"""A call as whoever rings reads it, and a page of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.states import CallState
from tour.reservations.calls.calls import Call
from tour.reservations.messages.receipts import party_text

PAGE = 100
CHOICES: Mapping[CallState, Text] = {
    CallState.TOLD: _("Phoned, told"),
    CallState.NO_ANSWER: _("Nobody answered"),
    CallState.DONE: _("Done otherwise"),
}


@dataclass(frozen=True, slots=True)
class CallView:
    id: int
    party_id: int
    name: str
    kana: str
    people: str
    phone: str
    """As it is read; empty where they left none."""
    tel: str
    """As it is dialled, without an extension."""
    language: str
    """Which they read; empty where it is the town's."""
    sentence: str
    words: str
    """What somebody wrote to all of them."""
    day: datetime | None
    """Of the first session that it is about."""
    shown: str
    """The state that this page has."""
    noted: str
    who: str
    at: datetime | None
    choices: tuple[tuple[str, Text, bool], ...]
    """(what the tap says, its label, whether it is so now: then it takes that back)."""

    @classmethod
    def of(cls, call: Call, town_lang: str) -> Self:
        party, tick = call.party, call.tick
        return cls(
            id=call.id,
            party_id=party.id,
            name=party.name,
            kana=party.kana,
            people=party_text(party.adults, party.children),
            phone=party.phone,
            tel=dialled(party.phone),
            language="" if party.lang.partition("-easy")[0] == town_lang else call.language,
            sentence=str(call.saying.sentence),
            words=call.saying.words,
            day=call.slots[0].starts_at if call.slots else None,
            shown=call.state,
            noted=str(CHOICES[tick.state]) if tick else "",
            who=tick.who if tick else "",
            at=tick.at if tick else None,
            choices=tuple(
                ("" if state == call.state else str(state), label, state == call.state)
                for state, label in CHOICES.items()
                if party.phone or state == CallState.DONE
            ),
        )


@dataclass(frozen=True, slots=True)
class CallList:
    """At most `PAGE` of each kind; the figures are of all."""

    to_ring: tuple[CallView, ...]
    without_number: tuple[CallView, ...]
    settled: tuple[CallView, ...]
    open_count: int
    """Those to ring; not those without a number."""
    pages: int
    page: int

    @property
    def is_empty(self) -> bool:
        return not (self.to_ring or self.without_number or self.settled)

    @classmethod
    def of(cls, calls: Sequence[Call], town_lang: str, page: int = 1) -> Self:
        to_ring = [call for call in calls if call.is_open and call.can_be_rung]
        silent = [call for call in calls if call.is_open and not call.can_be_rung]
        settled = [call for call in calls if not call.is_open]
        longest = max(len(to_ring), len(silent), len(settled))
        pages = max(1, -(-longest // PAGE))
        page = min(max(page, 1), pages)

        def shown(of_kind: Sequence[Call]) -> tuple[CallView, ...]:
            part = of_kind[(page - 1) * PAGE : page * PAGE]
            return tuple(CallView.of(call, town_lang) for call in part)

        return cls(shown(to_ring), shown(silent), shown(settled), len(to_ring), pages, page)


def dialled(phone: str) -> str:
    """The digits of 03-1234-5678 内線12, without its extension."""
    first = phone.partition("内線")[0].partition("/")[0].strip()
    return ("+" if first.startswith("+") else "") + re.sub(r"[^0-9]", "", first)
