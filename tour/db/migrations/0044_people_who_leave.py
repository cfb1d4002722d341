"""People who leave, and addresses that change: an account ends without going from the log."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LEAVING = Sql(
    "ALTER TABLE account ADD COLUMN ended_at {instant}",
    "ALTER TABLE account ADD COLUMN ended_by VARCHAR(100) NOT NULL DEFAULT ''",
    """CREATE TABLE address_change (
        id {id},
        account_id {ref} NOT NULL UNIQUE REFERENCES account (id) ON DELETE CASCADE,
        recipient_id {ref} NOT NULL REFERENCES recipient (id) ON DELETE RESTRICT,
        email VARCHAR(254) NOT NULL,
        code_hash VARCHAR(64) NOT NULL,
        tries SMALLINT NOT NULL DEFAULT 0,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL
    )""",
    "CREATE INDEX address_change_recipient ON address_change (recipient_id)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0043_closures")]
    operations = [LEAVING]
