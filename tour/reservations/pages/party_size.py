"""What a form says of how many may come and what that comes to, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tour.i18n import translate, translate_plural
from tour.programmes.views import ProgrammeView
from tour.reservations.rules import people_in
from tour.reservations.standing.shown import PlaceView
from tour.web.forms import Form
from tour.words.prices import for_one, people_and_sum, to_pay


@dataclass(frozen=True, slots=True)
class PartySize:
    """`most`: how many can come together; `said`: that, and why where it is for want of seats.

    `sums`: what one, two, three … people pay, for the script that keeps the sum with the number;
    `sum`: that of the number in the form, `for_one` where it has none. Both are empty where
    different people may come to different times.
    """

    most: int
    said: str
    children: str
    """Who counts as a child: from which age on all of the sessions are for them."""
    for_one: str
    sums: tuple[str, ...]
    sum: str


def party_size(views: Sequence[ProgrammeView], form: Form, most: int | None = None) -> PartySize:
    """For all of these sessions together, each with the one slot that is wanted of it. `most`:
    another number than fits now, of whoever may wait for seats."""
    tightest = min(views, key=lambda view: view.max_party)
    fits = tightest.max_party if most is None else most
    said = up_to(fits) if most is not None else _said(tightest, len(views))
    price = to_pay((view.price_yen, 1) for view in views)
    return _with_sums(fits, said, _from_age(views), price, form)


def of_change(places: Sequence[PlaceView], own: int, form: Form) -> PartySize:
    """For a party of `own` people that holds these places: what it has stays its own."""
    room = [min(p.programme.party_limit, p.seats + p.slot.seats_left) for p in places]
    most = max(own, min(room, default=own))
    if len(places) != 1:
        return without_sum(most)
    programme = places[0].programme
    return _with_sums(most, up_to(most), _from_age([programme]), programme.price_yen, form)


def without_sum(most: int) -> PartySize:
    """Where it is not known yet which sessions they are."""
    return PartySize(most, up_to(most), _from_age([]), "", (), "")


def _from_age(views: Iterable[ProgrammeView]) -> str:
    lowest = max((view.min_age or 0 for view in views), default=0)
    return (
        translate("From %(age)s years", age=lowest)
        if lowest
        else translate("Up to junior high school")
    )


def _with_sums(most: int, said: str, children: str, price: int, form: Form) -> PartySize:
    sums = tuple(people_and_sum(n, to_pay([(price, n)])) for n in range(1, most + 1))
    people = people_in(form.values)
    chosen = sums[people - 1] if 1 <= people <= most else ""
    return PartySize(most, said, children, for_one(price), sums, chosen)


def up_to(most: int) -> str:
    """Where it is the host's limit, or the size of the session."""
    return translate_plural(
        "Up to %(num)d person can come together.",
        "Up to %(num)d people can come together.",
        most,
    )


def can_wait(most: int) -> str:
    """Of a queue, where nothing is reserved yet."""
    return translate_plural(
        "Up to %(num)d person can wait together.",
        "Up to %(num)d people can wait together.",
        most,
    )


def _said(view: ProgrammeView, sessions: int) -> str:
    """Whoever reads a smaller number than the session's page has is told of the seats."""
    slot = view.slots[0]
    is_for_want_of_seats = slot.can_reserve and slot.seats_left < view.party_limit
    if not is_for_want_of_seats:
        return up_to(view.max_party)
    few = translate_plural(
        "Only %(num)d seat is left, so up to %(num)d person can come.",
        "Only %(num)d seats are left, so up to %(num)d people can come.",
        view.max_party,
    )
    return few if sessions == 1 else translate("%(what)s: %(said)s", what=view.title, said=few)


def with_sum(sessions: int) -> str:
    """The words of the button once the number of people is known; the sum goes to `{sum}`."""
    if sessions == 1:
        return translate("Reserve: %(sum)s", sum="{sum}")
    return translate_plural(
        "Reserve %(num)d session: %(sum)s",
        "Reserve %(num)d sessions: %(sum)s",
        sessions,
        sum="{sum}",
    )
