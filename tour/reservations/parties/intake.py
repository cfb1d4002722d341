"""How a party's form or body comes in: counted (decisions 0013 and 0022), then as a wish.

By contact is counted only what was really done: a stranger who types somebody's address into forms
that come to nothing takes nothing from them.
"""

from collections.abc import Sequence

from starlette.requests import Request

from tour.accounts import guards
from tour.accounts.roles import Permission
from tour.errors import TooManyRequests
from tour.i18n import lazy as _
from tour.limits.counting import BY_CROWD, Limit, client_of, count, count_in_a_crowd, limits
from tour.reservations.parties import known_devices
from tour.reservations.parties.forms import ReserveForm, answers_in, choice_in
from tour.reservations.rules import Newcomer, Party
from tour.reservations.wishes import Wish
from tour.web import lang, parts_of

BY_CONTACT = Limit(20, 3600)
"""Reservations of one contact, from devices that know it."""
UNPROVED = Limit(2, 3600)
"""Of one contact, from devices that do not: above it a code by mail is asked for."""
MINUTE, TEN_MINUTES = 60, 600


async def count_try(request: Request, what: str) -> None:
    """Count one form of this address."""
    await count(request, what)


async def count_code(request: Request) -> None:
    """Count one code of this address, behind which a crowd may type theirs."""
    await count_in_a_crowd(request, "code")


async def count_wish(request: Request, what: str, party: Party | None) -> Newcomer | None:
    """Count one form that would reserve; whether somebody unknown sends it, and in what crowd.

    None for a device that has proved this contact before, for staff, and where the operator has
    switched the watch off. Raises TooManyRequests.
    """
    client = client_of(request)
    if await _is_for_somebody(request):
        await count(request, what)
        return None
    forms = [(BY_CROWD, f"{what}:{client}")]
    if party and known_devices.is_known(request, party):
        beyond = await limits(request).watch(forms, _of_contact(party, BY_CONTACT), refusing=1)
        if any(beyond):
            raise TooManyRequests(
                _("You have made many reservations just now. Please go on in an hour."),
                retry_after=BY_CONTACT.seconds,
            )
        return None
    most = parts_of(request).settings.rush
    if not most:
        await limits(request).watch(forms, refusing=1)
        return None
    looked_at = [*_of_crowd(client, most), *(_of_contact(party, UNPROVED) if party else ())]
    beyond = await limits(request).watch(forms, [_phones(most), *looked_at], refusing=1)
    _forms, are_phones_busy, *rest = beyond
    network = limits(request).name_of_today(f"network:{client}")
    return Newcomer(network, is_busy=any(rest), are_phones_busy=are_phones_busy)


async def take_in(request: Request, what: str, slot_ids: Sequence[int], form: ReserveForm) -> Wish:
    """Count a form, and read its wish. Raises TooManyRequests, or BadInput for what is wrong."""
    newcomer = await count_wish(request, what, form.party)
    form.check()
    return wish_of(request, slot_ids, form, newcomer)


def wish_of(
    request: Request,
    slot_ids: Sequence[int],
    form: ReserveForm,
    newcomer: Newcomer | None,
    *,
    language: str = "",
) -> Wish:
    """The wish of a form without errors, in the reader's language unless another is asked for."""
    assert form.party is not None  # noqa: S101 - callers have looked at the errors
    return Wish(
        slot_ids=tuple(slot_ids),
        party=form.party,
        lang=language or lang(request),
        timezone=parts_of(request).town.timezone.key,
        idempotency_key=form.value("idempotency_key"),
        note=form.value("note"),
        answers=answers_in(form.values, slot_ids),
        photos_allowed=form.photos_allowed,
        choice=choice_in(form.values),
        newcomer=newcomer,
        is_known=known_devices.is_known(request, form.party),
    )


async def _is_for_somebody(request: Request) -> bool:
    """Whether staff reserve on behalf of people who ring them: many, from one desk."""
    who = await guards.visitor_account(request)
    return who is not None and who.may(Permission.CHANGE_RESERVATIONS)


async def count_made(request: Request, party: Party) -> None:
    """Count what was admitted: of a contact, for devices that know it and for others apart."""
    if await _is_for_somebody(request):
        return
    if known_devices.is_known(request, party):
        await limits(request).watch(_of_contact(party, BY_CONTACT))
    elif most := parts_of(request).settings.rush:
        made = [*_of_crowd(client_of(request), most), *_of_contact(party, UNPROVED)]
        await limits(request).watch([*made, *([] if party.email else [_phones(most)])])


def _of_crowd(client: str, most: int) -> list[tuple[Limit, str]]:
    """What newcomers were admitted to: everywhere, and from one network."""
    return [(Limit(most, MINUTE), "wishes"), (Limit(most, TEN_MINUTES), f"wishes:{client}")]


def _phones(most: int) -> tuple[Limit, str]:
    """Parties without a mail box, everywhere."""
    return Limit(most, TEN_MINUTES), "phones"


def _of_contact(party: Party, limit: Limit) -> list[tuple[Limit, str]]:
    kind = "known" if limit is BY_CONTACT else "unproved"
    keys = (party.email_key, party.phone_key)
    return [(limit, f"{kind}:{key}") for key in keys if key]
