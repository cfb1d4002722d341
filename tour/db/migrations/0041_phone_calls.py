"""Who was told by telephone what no message could tell; and messages found by what they say."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

CALLS = Sql(
    """CREATE TABLE phone_call (
        id {id},
        reminder_id {ref} NOT NULL UNIQUE REFERENCES reminder (id) ON DELETE CASCADE,
        revision INT NOT NULL,
        state VARCHAR(20) NOT NULL,
        who VARCHAR(100) NOT NULL,
        at {instant} NOT NULL
    )""",
    "CREATE INDEX reminder_key ON reminder (key)",
    """CREATE INDEX reminder_unreached ON reminder (expires_at)
        WHERE status IN ('unreachable', 'failed', 'muted', 'held')""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0040_letters_of_paper")]
    operations = [CALLS]
