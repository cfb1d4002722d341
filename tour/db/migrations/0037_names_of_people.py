"""People are called what they said they are called, never by the beginning of an address; and what
an invitation says of its writer."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

COLUMNS = Sql(
    "ALTER TABLE account ADD COLUMN office VARCHAR(100) NOT NULL DEFAULT ''",
    "ALTER TABLE invitation ADD COLUMN office VARCHAR(200) NOT NULL DEFAULT ''",
    "ALTER TABLE invitation ADD COLUMN note VARCHAR(400) NOT NULL DEFAULT ''",
    "ALTER TABLE sign_in_link ADD COLUMN name VARCHAR(100) NOT NULL DEFAULT ''",
)
BEFORE_THE_AT = {
    "sqlite": "substr(lower(email), 1, instr(email, '@') - 1)",
    "postgres": "split_part(lower(email), '@', 1)",
}
"""Until now an account got this as its name, and what it did stands under it."""


def _unnamed(dialect: str) -> Sql:
    local = f"SELECT substr({BEFORE_THE_AT[dialect]}, 1, 100) FROM account"  # noqa: S608 - our own
    by_number = "account_id AND lower(name) = lower(who)"
    return Sql(
        *(
            f"""UPDATE {table} SET who = '' WHERE account_id IS NOT NULL AND lower(who) =
            ({local} WHERE id = {by_number})"""  # noqa: S608 - our own
            for table in ("audit_entry", "recent_edit")
        ),
        f"""UPDATE invitation SET invited_by = '' WHERE inviter_id IS NOT NULL
        AND lower(invited_by) = ({local} WHERE id = inviter_id)""",  # noqa: S608 - our own
        f"""UPDATE programme SET removed_by = '' WHERE removed_by <> ''
        AND lower(removed_by) IN ({local} WHERE lower(name) = lower(removed_by))""",  # noqa: S608 - our own names
        f"""UPDATE account SET name = ''
        WHERE lower(name) = substr({BEFORE_THE_AT[dialect]}, 1, 100)""",  # noqa: S608 - our own
        only=dialect,
    )


class Migration(TortoiseMigration):
    dependencies = [("models", "0036_answers_as_asked")]
    operations = [COLUMNS, _unnamed("sqlite"), _unnamed("postgres")]
