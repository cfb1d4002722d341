"""Who was called by the beginning of their address has no name now; a name that was said stays."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

from tests.test_migrations import empty_url, fill  # noqa: F401 - a fixture
from tests.test_migrations_of_keys import execute
from tests.test_migrations_of_the_log import copies, migrate_to
from tour import db
from tour.accounts.models import Account, Invitation
from tour.audit.models import AuditEntry
from tour.changes.models import RecentEdit
from tour.programmes.models import Programme

NAMED, NAMELESS = 101, 102


async def test_no_local_part_is_a_name_and_every_name_stays(
    empty_url: str,  # noqa: F811
) -> None:
    await migrate_to(empty_url, "0003_accounts")  # the next ones do not ask for it by name
    await migrate_to(empty_url, "0036_answers_as_asked")
    async with db.opened(empty_url):
        await fill()
        await copies("account", 2, email="'Shokuin{n}@example.org'", handle="'h{n}'", role="'host'")
        await execute(
            f"UPDATE account SET name = '見本 職人', email = 'n@example.org' WHERE id = {NAMED}",
            f"UPDATE account SET name = 'Shokuin102' WHERE id = {NAMELESS}",
        )
        for table in ("audit_entry", "recent_edit"):
            await copies(table, 2, account_id="{n}")
            await execute(
                f"UPDATE {table} SET who = '見本 職人' WHERE id = {NAMED}",
                f"UPDATE {table} SET who = 'Shokuin102' WHERE id = {NAMELESS}",
            )
        await copies("invitation", 2, inviter_id="{n}", token_hash="'t{n}'", role="'host'")
        await copies("programme", 2, slug="'p{n}'")
        for table, column in (("invitation", "invited_by"), ("programme", "removed_by")):
            await execute(
                f"UPDATE {table} SET {column} = '見本 職人' WHERE id = {NAMED}",
                f"UPDATE {table} SET {column} = 'Shokuin102' WHERE id = {NAMELESS}",
            )
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        for number, name in ((NAMED, "見本 職人"), (NAMELESS, "")):
            assert (await Account.get(id=number)).name == name
            assert (await AuditEntry.get(id=number)).who == name
            assert (await RecentEdit.get(id=number)).who == name
            assert (await Invitation.get(id=number)).invited_by == name
            assert (await Programme.get(id=number)).removed_by == name
