"""Whoever had answered has answered for the days that the event had; hosts' mail is their work."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.test_migrations import empty_url  # noqa: F401 - a fixture
from tests.test_migrations_of_keys import execute
from tests.test_migrations_of_the_log import copies, filled, older
from tour import db
from tour.accounts.models import Account
from tour.events.models import Participation
from tour.notifications.models import Recipient


@pytest.mark.parametrize("answer", ["accepted", "declined", "invited"])
async def test_answers_are_kept_by_day_and_hosts_mail_is_told_apart(
    empty_url: str,  # noqa: F811
    answer: str,
) -> None:
    await older(empty_url)
    async with db.opened(empty_url):
        await filled()
        first = NOON.date()
        await copies("recipient", 1, token="'visitor'")
        await execute(
            f"UPDATE event SET starts_on = '{first}', ends_on = '{first + timedelta(days=1)}'",
            f"UPDATE participation SET role = 'host', answer = '{answer}',"
            f" answered_at = '{NOON.isoformat(sep=' ')}'",
        )
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        part = await Participation.first()
        assert part
        said = {"2026-12-01": answer == "accepted", "2026-12-02": answer == "accepted"}
        assert part.answered_for == (None if answer == "invited" else said)
        assert (part.word, part.answer_by, part.answered_by, part.comment) == ("", None, "", "")
        working = set(await Recipient.filter(is_working=True).values_list("id", flat=True))
        assert set(await Account.all().values_list("recipient_id", flat=True)) <= working
        assert working
        assert 101 not in working
