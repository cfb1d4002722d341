"""Letters live as long as they matter: which services are away, and what goes first."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

CIRCUITS = Sql(
    """CREATE TABLE circuit (
        service VARCHAR(120) PRIMARY KEY NOT NULL,
        accepted_at {instant},
        failing_since {instant},
        retry_at {instant},
        tries INT NOT NULL DEFAULT 0,
        problem VARCHAR(80) NOT NULL DEFAULT ''
    )""",
)
DELIVERIES = Sql(
    "ALTER TABLE delivery ADD COLUMN urgency SMALLINT NOT NULL DEFAULT 2",
    "ALTER TABLE delivery ADD COLUMN unfinished SMALLINT NOT NULL DEFAULT 0",
    "ALTER TABLE delivery ADD COLUMN uncertain SMALLINT NOT NULL DEFAULT 0",
    "ALTER TABLE delivery ADD COLUMN mail_at {instant}",
    "CREATE INDEX delivery_urgent ON delivery (urgency, next_attempt_at) WHERE status = 'waiting'",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0019_words")]
    operations = [CIRCUITS, DELIVERIES]
