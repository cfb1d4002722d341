"""What a party pays on a day, in the reminders of that day: as it is when they leave, for prices
and numbers of people change after they were promised."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tour.i18n import lazy as _
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.words.prices import to_pay, yen


async def words(promised: Promised, _now: datetime) -> Words:
    """The reminder of a day (`evening:2026-12-05`) with the sum; as promised where all is free."""
    reader = await Recipient.get(id=promised.recipient_id)
    total = await _of_day(reader, date.fromisoformat(promised.subject))
    if not total:
        return Words(promised.message)
    price = _("Price: %(sum)s", sum=yen(total, reader.lang)).in_language(reader.lang)
    return Words(replace(promised.message, body=f"{promised.message.body}\n{price}"))


async def _of_day(reader: Recipient, day: date) -> int:
    """In yen, for what the reader's party holds on this day, as its own clock counts days."""
    begin = datetime.combine(day, time(), ZoneInfo(reader.timezone))
    held = Place.filter(
        reservation__recipient_id=reader.id,
        status=PlaceStatus.CONFIRMED,
        slot__starts_at__gte=begin,
        slot__starts_at__lt=begin + timedelta(days=1),
    )
    rows = await held.values_list("slot__programme__price_yen", "seats")
    return to_pay((int(price), int(seats)) for price, seats in rows)
