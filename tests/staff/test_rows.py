"""How the staff's pages are told what they are: each case of each state, chosen in one place."""

from dataclasses import fields, replace
from datetime import date

import pytest

from tour.accounts.roles import Role
from tour.i18n import lazy as _
from tour.reservations.lists.parties import ListedParty
from tour.staff.events.form import ShownPart, shown_part
from tour.staff.import_choices import MOST_SHOWN, SHORT, Group, ShownRow
from tour.staff.people.page import PersonLine
from tour.staff.queries import EventLine, SiteLine, Tended
from tour.staff.reservations.parties import Dealing, dealing
from tour.staff.today import EXAMPLES, Example, Matter, Work, grouped
from tour.web.forms import Form

NOBODY = dict.fromkeys(field.name for field in fields(ListedParty))


@pytest.mark.parametrize("is_expected", [True, False])
@pytest.mark.parametrize("may_change", [True, False])
def test_what_can_be_done_about_a_session_of_a_party(is_expected: bool, may_change: bool) -> None:
    expected = Dealing.CANCEL if may_change else Dealing.NOTHING
    party = ListedParty(**{**NOBODY, "is_expected": is_expected})
    assert dealing(party, may_change) == (expected if is_expected else Dealing.ENDED)


@pytest.mark.parametrize(
    ("hosts", "invited", "may_invite", "tended"),
    [
        (2, 0, True, Tended.HOSTS),
        (1, 1, False, Tended.HOSTS),
        (0, 1, True, Tended.INVITED),
        (0, 1, False, Tended.INVITED),
        (0, 0, True, Tended.TO_INVITE),
        (0, 0, False, Tended.NOBODY),
    ],
)
def test_who_looks_after_a_place(
    hosts: int, invited: int, may_invite: bool, tended: Tended
) -> None:
    site = SiteLine(1, "sample", "見本", "craft", "", True, False, hosts, invited)
    assert site.tended(may_invite) == tended


@pytest.mark.parametrize(
    ("is_me", "is_managed", "sessions", "may_change_role", "may_sign_out"),
    [
        (False, True, 1, True, True),
        (False, True, 0, True, False),
        (True, True, 1, False, True),
        (False, False, 1, False, False),
        (True, False, 1, False, False),
    ],
)
def test_what_can_be_done_about_a_person(
    is_me: bool, is_managed: bool, sessions: int, may_change_role: bool, may_sign_out: bool
) -> None:
    line = (1, "", "", "", Role.HOST, "", (), sessions, is_me, is_managed, False)
    person = PersonLine(*line)
    assert (person.may_change_role, person.may_sign_out) == (may_change_role, may_sign_out)


def test_a_matter_leads_to_everything_it_counts() -> None:
    """What does not stand open is folded, or on a page that has it all."""
    examples = tuple(Example(str(number)) for number in range(EXAMPLES + 3))
    assert Matter("full", 7, examples).first + Matter("full", 7, examples).rest == examples
    assert Matter("full", 2, examples[:2]).rest == ()
    assert Matter("rough", 90, examples[:EXAMPLES], all_shown="rough").rest == ()
    assert Matter("calls", 90, examples[:EXAMPLES], all_page="staff:calls").rest == ()


def test_what_is_to_do_is_grouped_and_the_rest_is_calm() -> None:
    full, rough, absent = Matter("full", 2), Matter("rough", 0), Matter("absent", 1)
    seen = grouped([full, rough, absent])
    assert seen.to_do == [(Work.GUESTS, [absent]), (Work.SEATS, [full])]
    assert seen.calm == [rough]


def test_an_event_of_one_day_has_no_last_day() -> None:
    first, last = date(2026, 11, 3), date(2026, 11, 4)
    event = EventLine(1, "autumn", "", first, first, True, 0, None)
    assert event.last_day is None
    assert replace(event, ends_on=last).last_day == last


@pytest.mark.parametrize(
    ("total", "is_short", "more"),
    [(1, True, 0), (SHORT, True, 0), (SHORT + 1, False, 0), (MOST_SHOWN + 5, False, 5)],
)
def test_a_long_list_of_rows_is_folded_and_cut(total: int, is_short: bool, more: int) -> None:
    row = ShownRow(2, "見本", (), None, is_taken=True)
    group = Group(_("New"), (row,) * min(total, MOST_SHOWN), total)
    assert (group.is_short, group.more) == (is_short, more)


def test_a_list_with_a_row_that_makes_one_doubt_stands_open() -> None:
    doubtful = ShownRow(2, "見本", (), _("New"), is_taken=False)
    assert Group(_("New"), (doubtful,), SHORT + 1).is_short


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, ShownPart(is_nearby=False, answers=False)),
        ({"role-7": "host"}, ShownPart(is_nearby=False, answers=False)),
        ({"role-7": "host", "answer-7": "invited"}, ShownPart(is_nearby=False, answers=True)),
        ({"role-7": "nearby", "answer-7": "accepted"}, ShownPart(is_nearby=True, answers=False)),
        ({"role-8": "nearby", "answer-8": "accepted"}, ShownPart(is_nearby=False, answers=False)),
    ],
)
def test_a_place_that_is_only_shown_answers_nothing(
    values: dict[str, str], shown: ShownPart
) -> None:
    assert shown_part(Form(values), 7) == shown
