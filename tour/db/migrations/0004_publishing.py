"""Published versions of an event's map."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

PUBLISHING = Sql(
    """CREATE TABLE map_version (
        id {id},
        event_id {ref} NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        number INT NOT NULL CHECK (number > 0),
        published_at {instant} NOT NULL,
        published_by VARCHAR(200) NOT NULL,
        ended_at {instant},
        content {json} NOT NULL,
        UNIQUE (event_id, number)
    )""",
    "CREATE UNIQUE INDEX map_version_shown ON map_version (event_id) WHERE ended_at IS NULL",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0003_accounts")]
    operations = [PUBLISHING]
