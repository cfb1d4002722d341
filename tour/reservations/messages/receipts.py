"""What a confirmation says beside the times: everything that a party needs on the day, also on
paper and without a network. Its head, its links and the number to ring are the mail's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.i18n import lazy as _
from tour.i18n import localized, translate, translate_plural
from tour.notifications.message import Action, Message
from tour.notifications.sending.wording import Promised, Words
from tour.programmes.entries import SlotEntry
from tour.programmes.models import Slot
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.sites.texts import ON_TICKET, OWN, headed
from tour.web.templates import day_text
from tour.words.prices import in_all, to_pay, yen
from tour.words.ranges import clock

MOST_OTHERS = 3


async def words(promised: Promised, now: datetime) -> Words | None:
    """The confirmation as it leaves, which may be days later where a mail box had to be proved:
    the party and its sessions as they are then; nothing when none is left."""
    mine = Reservation.filter(recipient_id=promised.recipient_id, erased_at=None)
    party = await mine.order_by("-id").select_related("recipient").first()
    if party is None:
        return Words(promised.message) if promised.message.title else None
    held = Place.filter(reservation_id=party.id, status=PlaceStatus.CONFIRMED)
    places = await held.select_related("slot__programme__site")
    if not places:
        return None
    mark = reminders.HOLDS_NOW.in_language(party.lang)
    changed, is_of_change, _held = promised.message.body.partition(mark)
    news = [f"{changed}{mark}"] if is_of_change else []
    said = _message(party, places, news, now)
    return Words(replace(said, title=promised.message.title or said.title))


def _message(
    party: Reservation, places: Sequence[Place], news: Sequence[str], now: datetime
) -> Message:
    lang, lines, zone = party.lang, [*news], reminders.zone_of(party)
    ordered = reminders.in_order(place.slot for place in places)
    seats = {place.slot_id: place.seats for place in places}
    for slot in ordered:
        lines += [reminders.line(slot, lang, zone, with_day=True, with_end=True)]
        lines += [*_details(slot, seats[slot.id], lang), ""]
    lines += _all_together(places, lang)
    lines += _of_party(party, ordered, zone, now)
    way = reminders.WAY.format(slug=ordered[0].programme.site.slug)
    action = Action(translate("Show the way", lang), way)
    return reminders.message(party, reminders.CONFIRMED, lines, action)


def _details(slot: Slot, people: int, lang: str) -> list[str]:
    """Of one session, with programme and site: where it is, what to bring, what those who come to
    it pay."""
    programme, site = slot.programme, slot.programme.site
    own, bring = {name: getattr(site, name) for name in OWN}, {"bring": programme.bring}
    said = [
        (translate("Where", lang), localized(own, "address", lang, site.translations)),
        *headed(ON_TICKET, own, site.translations, lang),
        (translate("Bring", lang), localized(bring, "bring", lang, programme.translations)),
        (translate("Price", lang), in_all(programme.price_yen, people, lang)),
    ]
    return [name + translate(": ", lang) + text for name, text in said if text]


def _all_together(places: Sequence[Place], lang: str) -> list[str]:
    """What several sessions come to; of one it has been said."""
    if len(places) < 2:
        return []
    total = to_pay((place.slot.programme.price_yen, place.seats) for place in places)
    return [
        translate("%(num)d sessions together: %(sum)s", lang, num=len(places), sum=yen(total, lang))
    ]


def _of_party(
    reservation: Reservation, slots: Sequence[Slot], zone: ZoneInfo, now: datetime
) -> list[str]:
    """Who comes, what they say at the door, and until when the page can change it."""
    lang = reservation.lang
    said = [
        (translate("Party", lang), party_text(reservation.adults, reservation.children, lang)),
        (translate("Name", lang), reservation.name),
        (translate("Reservation number", lang), reservation.door_code),
    ]
    colon = translate(": ", lang)
    return [*(name + colon + text for name, text in said), *_until(slots, zone, lang, now)]


ALONE = _("You can change or cancel on your page until %(when)s.")
FIRST = _("You can change or cancel on your page; the first session until %(when)s.")
LATER = _("You can still change or cancel the later ones on your page; the next until %(when)s.")


def _until(slots: Sequence[Slot], zone: ZoneInfo, lang: str, now: datetime) -> list[str]:
    """Nothing where it is too late for all of them."""
    cut_offs = [slot.booking_closes_at for slot in slots if slot.booking_closes_at > now]
    if not cut_offs:
        return []
    some_are_late = FIRST if len(cut_offs) == len(slots) else LATER
    said = ALONE if len(slots) == 1 else some_are_late
    when = _when(min(cut_offs), zone, lang)
    return [said.filled(when=when).in_language(lang)]


def that_fit(coming: Sequence[SlotEntry], seats: int) -> list[SlotEntry]:
    """The first few of these times that have room for so many."""
    return [slot for slot in coming if slot.seats_left >= seats][:MOST_OTHERS]


def other_times(coming: Sequence[SlotEntry], people: int, zone: ZoneInfo, lang: str) -> list[str]:
    """A line with the next times of a session that was called off, or none."""
    times = [_when(slot.starts_at, zone, lang) for slot in that_fit(coming, people)]
    name = translate("Other times", lang)
    said = name + translate(": ", lang) + translate("; ", lang).join(times)
    return [said] if times else []


def party_text(adults: int, children: int, lang: str | None = None) -> str:
    """3人（子ども1）, or 3 people (1 child)."""
    people = translate_plural("%(num)d person", "%(num)d people", adults + children, lang)
    if not children:
        return people
    some = translate_plural("%(num)d child", "%(num)d children", children, lang)
    return translate("%(people)s (%(children)s)", lang, people=people, children=some)


def people_at(seats: int, made: Reservation) -> str:
    """The party, or how many of it where that was changed for this place alone."""
    if seats == made.party_size:
        return party_text(made.adults, made.children)
    return party_text(seats, 0)


def _when(moment: datetime, zone: ZoneInfo, lang: str) -> str:
    local = moment.astimezone(zone)
    return f"{day_text(local.date(), lang)} {clock(local)}"
