"""The window as the first page shows it, in the reader's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tour.events.entries import EventEntry
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.pages.town_now import TownNow
from tour.pages.window import chips
from tour.pages.window.chips import Chip, Near
from tour.pages.window.rules import ANYTHING, Offer, Traits, sessions, turns, window
from tour.pages.window.stock import stock_of
from tour.programmes.entries import ProgrammeEntry
from tour.programmes.views import SlotCard
from tour.web.templates import duration

LONGEST = {"ja": 32, "zh": 32, "ko": 40}
"""Letters of a headline; of the languages with spaces twice as many."""
LONGEST_ELSEWHERE = 80
SENTENCE_ENDS = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Pane:
    """One session in the window. `is_first`: today's, which is seen first and largest."""

    slot: SlotCard
    headline: str
    title: str
    """Of the session; empty where the headline is made of it."""
    reasons: tuple[Text, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class Window:
    """`count`: of sessions that meet what was chosen; `opens_at`: when they can be reserved, where
    none can yet; `event_slug`: of the event that all are of, else empty."""

    panes: tuple[Pane, ...]
    count: int
    chips: tuple[Chip, ...]
    near: tuple[Near, ...]
    is_narrowed: bool
    day: date | None
    opens_at: datetime | None
    event_slug: str


def window_view(town: TownNow, event: EventEntry | None, query: Mapping[str, str]) -> Window:
    stock, wish = stock_of(town, event), chips.read(query)
    met = [offer for offer in stock.offers if wish.lets(offer)]
    chosen = window(met, turns(stock.programme_ids, town.today))
    count = sessions(met)
    return Window(
        panes=tuple(_panes(town, chosen, says_roof=_roofs_differ(stock.offers))),
        count=count,
        chips=tuple(chips.chips(stock.offers, wish, town.lang)),
        near=() if count else tuple(chips.near(stock.offers, wish, town.lang)),
        is_narrowed=wish != ANYTHING,
        day=wish.day,
        opens_at=stock.opens_at,
        event_slug=event.slug if event and stock.is_of_event else "",
    )


def _roofs_differ(offers: Sequence[Offer]) -> bool:
    """What stands on every pane says nothing: as its chip, it is there where it tells apart."""
    return len({offer.traits.is_indoors for offer in offers}) > 1


def _panes(town: TownNow, chosen: Sequence[Offer], *, says_roof: bool) -> Iterator[Pane]:
    for offer in chosen:
        slots = town.board.by_site[offer.traits.site_id]
        card = town.slot(next(slot for slot in slots if slot.id == offer.slot_id))
        programme = town.board.programmes[offer.traits.programme_id]
        if card:
            is_first = offer is chosen[0]
            said = _short(programme, town.lang)
            yield Pane(
                slot=card,
                headline=headline(said or card.programme_title, programme.minutes, town.lang),
                title=card.programme_title if said else "",
                reasons=_reasons(offer.traits, says_roof=says_roof),
                is_first=is_first,
            )


def _reasons(traits: Traits, *, says_roof: bool) -> tuple[Text, ...]:
    """Why one might take it, beside its seats and its price: each is true of it."""
    found = []
    if traits.min_age:
        found.append(_("From %(age)s years", age=traits.min_age))
    elif traits.for_children:
        found.append(_("Children too"))
    if traits.is_indoors and says_roof:
        found.append(chips.FLAGS["indoors"])
    return tuple(found)


def _short(programme: ProgrammeEntry, lang: str) -> str:
    """Its host's first sentence, if that is short enough to be read at a glance; else nothing."""
    sentence = SENTENCE_ENDS.split(programme.text("summary", lang).strip(), maxsplit=1)[0]
    return sentence if len(sentence) <= LONGEST.get(lang[:2], LONGEST_ELSEWHERE) else ""


def headline(what: str, minutes: int, lang: str) -> str:
    """はがきを一枚摺ります。60分。 木版を摺る、60分。 A sentence stays one."""
    time = duration(minutes)
    if SENTENCE_ENDS.search(what):
        return translate("%(sentence)s %(time)s.", lang, sentence=what, time=time)
    return translate("%(title)s, %(time)s.", lang, title=what, time=time)
