"""A code by mail that shows that a contact is real: the code, its tries, its end (decision 0012).

What is held meanwhile, and what becomes of it, is `pending`.
"""

import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.db import transaction
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import queries as messages
from tour.notifications import service as notifications
from tour.notifications.message import MADE_AS_IT_LEAVES, Message
from tour.notifications.sending.fan_out import BY_MAIL_ONLY
from tour.notifications.sending.wording import Promised, Words
from tour.notifications.service import Draft
from tour.reservations.errors import CheckEnded, TooManyChecks
from tour.reservations.messages import reminders
from tour.reservations.models import ContactCheck, DrawEntry, Place, Reservation
from tour.reservations.parties.parties import by_reference
from tour.reservations.states import Asked
from tour.reservations.wishes import Wish
from tour.words.ranges import clock

LASTS = timedelta(minutes=15)
"""From the letter to the code; only a letter that leaves late makes it later."""
LONGEST = timedelta(hours=2)
"""From the form to the code, however long no letter could leave: seats do not idle for ever."""
MOST_TRIES = 5
MOST_SENDS = 3
MOST_LAPSED, MOST_LAPSED_IN_ALL = 3, 6
"""Codes that one contact may let lapse in `LAPSED_WITHIN`, asked for from one network and from all:
a chain of them fills no mail box, and one stranger does not use them up for their owner."""
LAPSED_WITHIN = timedelta(hours=1)
A_MOMENT = timedelta(minutes=1)
"""What leaves within this left at once; and how often a letter that has not left is looked at."""
DIGITS = 6
TITLES = {
    Asked.RESERVATION: _("Not reserved yet: your code is %(code)s"),
    Asked.QUEUE: _("Not on the waiting list yet: your code is %(code)s"),
    Asked.DRAW: _("Not in the draw yet: your code is %(code)s"),
}
CODE_KEY = f"{BY_MAIL_ONLY}code"


async def check_may_begin(wish: Wish, *, now: datetime) -> None:
    """Raise BadInput without a mail address, TooManyChecks after too many lapsed ones. A code that
    never left, for want of a mail server, was not let lapse by anybody."""
    if not wish.party.email:
        missing = _("Here a code is sent by email before seats are yours. Please give an address.")
        raise BadInput(missing, {"email": missing})
    lapsed = ContactCheck.filter(
        reservation__email_key=wish.party.email_key,
        proved_at=None,
        started_at__gt=now - LAPSED_WITHIN,
    )
    codes = await lapsed.values("reservation__network", "reservation__recipient_id")
    unsent = await messages.held_up({code["reservation__recipient_id"] for code in codes}, CODE_KEY)
    networks = [
        code["reservation__network"]
        for code in codes
        if code["reservation__recipient_id"] not in unsent
    ]
    own = networks.count(wish.newcomer.network if wish.newcomer else "")
    if own >= MOST_LAPSED or len(networks) >= MOST_LAPSED_IN_ALL:
        raise TooManyChecks(
            _("Several codes to this address were not used. Please try again in an hour."),
            retry_after=int(LAPSED_WITHIN.total_seconds()),
        )


async def begin(reservation: Reservation, closes_at: datetime, *, now: datetime) -> None:
    """Write the code down and mail it, in the transaction that holds what it is for."""
    check = await ContactCheck.create(
        reservation=reservation,
        code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}",
        started_at=now,
        ends_at=min(now + LASTS, closes_at),
        latest_at=min(now + LONGEST, closes_at),
    )
    await _mail(reservation, check.latest_at, now)


async def send_again(reference: str, *, now: datetime) -> bool:
    """The same code once more, and whether it goes: not if it was sent too often, or is over.

    The end stays where it is once the letter has left.
    """
    reservation = await by_reference(reference)
    async with transaction():
        chosen = unanswered().filter(
            reservation_id=reservation.id, ends_at__gt=now, sends__lt=MOST_SENDS
        )
        if not await chosen.update(sends=F("sends") + 1):
            return False
        check = await ContactCheck.get(reservation_id=reservation.id)
        is_told = await messages.was_ever_told(reservation.recipient_id, CODE_KEY)
        await _mail(reservation, check.ends_at if is_told else check.latest_at, now)
    return True


async def counted(reservation_id: int, *, now: datetime) -> ContactCheck | None:
    """Count one try, before anything is compared; None when there is none left."""
    chosen = unanswered().filter(
        reservation_id=reservation_id, ends_at__gt=now, tries__lt=MOST_TRIES
    )
    if not await chosen.update(tries=F("tries") + 1):
        return None
    return await ContactCheck.get(reservation_id=reservation_id)


async def waits_for_letter(check: ContactCheck, recipient_id: int, *, now: datetime) -> bool:
    """Whether the code cannot have been read yet, as its letter has not left; what is held for it
    is then held a moment longer, to its bound."""
    is_untold = not await messages.was_ever_told(recipient_id, CODE_KEY)
    if now >= check.latest_at or not is_untold:
        return False
    if not await messages.is_on_its_way(recipient_id, CODE_KEY):
        return False
    await ContactCheck.filter(id=check.id).update(ends_at=min(now + A_MOMENT, check.latest_at))
    return True


async def words(promised: Promised, now: datetime) -> Words | None:
    """The code's letter as it leaves, with the time that is left from now."""
    found = unanswered().filter(reservation__recipient_id=promised.recipient_id)
    check = await found.order_by("-id").select_related("reservation__recipient").first()
    if check is None:
        return None
    ends_at, late = check.ends_at, min(now + LASTS, check.latest_at)
    if late > ends_at + A_MOMENT and not await messages.was_ever_told(
        promised.recipient_id, CODE_KEY
    ):
        ends_at = late
        await found.filter(id=check.id).update(ends_at=ends_at)
    if now >= ends_at:
        return None
    asked = await _asked(check.reservation_id)
    return Words(_letter(check.reservation, asked, check.code, ends_at))


async def _asked(reservation_id: int) -> Asked:
    if await DrawEntry.filter(reservation_id=reservation_id).exists():
        return Asked.DRAW
    has_places = await Place.filter(reservation_id=reservation_id).exists()
    return Asked.RESERVATION if has_places else Asked.QUEUE


def unanswered() -> QuerySet[ContactCheck]:
    """The checks that are still on, run out or not."""
    return ContactCheck.filter(proved_at=None, ended_at=None)


def is_right(check: ContactCheck, typed: str) -> bool:
    """Digits of any width, with or without spaces."""
    digits = "".join(unicodedata.normalize("NFKC", typed).split())
    return hmac.compare_digest(digits.encode(), check.code.encode())


def wrong_code(check: ContactCheck) -> BadInput:
    left = MOST_TRIES - check.tries
    problem = _("This is not the code. Tries left: %(n)s.", n=left)
    return BadInput(problem, {"code": problem})


def check_ended() -> CheckEnded:
    return CheckEnded(
        _("The time for the code is over, or it was wrong too often. The seats are free again.")
    )


async def _mail(reservation: Reservation, until: datetime, now: datetime) -> None:
    """The code is worth nothing a while after its letter left; what that says is made then."""
    draft = Draft(CODE_KEY, MADE_AS_IT_LEAVES, now, until)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


def _letter(reservation: Reservation, asked: Asked, code: str, ends_at: datetime) -> Message:
    lang = reservation.lang
    until = clock(ends_at.astimezone(reminders.zone_of(reservation)))
    return reminders.message(
        reservation,
        TITLES[asked].filled(code=code),
        [
            translate("Please type it on the page by %(time)s.", lang, time=until),
            translate("If you did not ask for it, you need not do anything.", lang),
        ],
    )
