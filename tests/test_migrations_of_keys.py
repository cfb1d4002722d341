"""Rows of older versions: who wrote an invitation, which mail box is proved, which is stopped."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

import pytest
from tortoise.connection import get_connection

from tests.test_migrations import empty_url, fill, migrate_to  # noqa: F401 - a fixture
from tour import db
from tour.accounts.models import Account, Invitation
from tour.notifications.models import Recipient

THEN = "2026-11-01T03:00:00+00:00"


async def execute(*statements: str) -> None:
    for statement in statements:
        await get_connection("default").execute_query(statement)


@pytest.mark.parametrize("names", [("One",), ("Two", "Two")])
async def test_an_invitation_finds_its_writer_where_the_name_is_one_persons(
    empty_url: str,  # noqa: F811
    names: tuple[str, ...],
) -> None:
    await migrate_to(empty_url, "0003_accounts")  # the next ones do not ask for it by name
    await migrate_to(empty_url, "0014_changes_sent_twice")
    async with db.opened(empty_url):
        await fill()
        await execute("DELETE FROM membership", "DELETE FROM account_session")
        for number, name in enumerate(names, start=100):
            await execute(
                "INSERT INTO account (id, email, name, role, lang, handle, recipient_id, is_sample,"
                f" created_at) SELECT {number}, 'a{number}@example.org', '{name}', 'host', 'ja',"
                f" 'h{number}', min(id), is_sample, '{THEN}' FROM account GROUP BY is_sample"
            )
        await execute(f"UPDATE invitation SET invited_by = '{names[0]}'")
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        [kept] = await Invitation.all().values("inviter_id")
        assert kept["inviter_id"] == (100 if len(names) == 1 else None)


async def test_who_had_proved_a_mail_box_or_stopped_letters_still_has(
    empty_url: str,  # noqa: F811
) -> None:
    await migrate_to(empty_url, "0003_accounts")
    await migrate_to(empty_url, "0019_words")
    async with db.opened(empty_url):
        await fill()
        columns = "lang, timezone, choices, created_at"
        for number, email, stopped in (
            (100, "Yui+kita@example.org", f"'{THEN}'"),
            (101, "typed@example.org", "NULL"),
            (102, "", f"'{THEN}'"),
            (103, "host@example.org", "NULL"),
        ):
            await execute(
                f"INSERT INTO recipient (id, token, email, stopped_at, {columns})"
                f" SELECT {number}, 't{number}', '{email}', {stopped}, {columns}"
                " FROM recipient WHERE id = (SELECT min(id) FROM recipient)"
            )
        await execute(
            "UPDATE reservation SET recipient_id = 101",
            f"UPDATE contact_check SET proved_at = '{THEN}'",
            "UPDATE account SET recipient_id = 103",
        )
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        kept = {one.id: one for one in await Recipient.filter(id__gte=100)}
        assert [kept[n].mail_box for n in (100, 101, 102)] == [
            "yui@example.org",
            "typed@example.org",
            "",
        ]
        assert kept[100].mail_stopped_at
        assert kept[100].proved_at is None
        assert kept[101].proved_at
        assert kept[102].mail_stopped_at is None, "there is no mail box to stop"
        [made] = await Account.filter(recipient_id=103).values("created_at")
        assert kept[103].proved_at == made["created_at"]
