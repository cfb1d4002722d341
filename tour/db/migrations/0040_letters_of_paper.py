"""People without a mail address: a telephone number, and a letter on paper that lets them in."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

PAPER = Sql(
    "ALTER TABLE account ADD COLUMN phone VARCHAR(40) NOT NULL DEFAULT ''",
    """CREATE TABLE sign_in_letter (
        id {id},
        account_id {ref} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        code_hash VARCHAR(64) NOT NULL UNIQUE,
        made_by VARCHAR(100) NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        used_at {instant},
        revoked_at {instant}
    )""",
    "CREATE INDEX sign_in_letter_account ON sign_in_letter (account_id)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0039_photos_that_wait")]
    operations = [PAPER]
