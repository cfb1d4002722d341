"""Workers leave signs of life, so that the pages can say when there are none."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

HEARTBEAT = Sql(
    """
    CREATE TABLE heartbeat (
        id {id},
        process VARCHAR(80) NOT NULL UNIQUE,
        started_at {instant} NOT NULL,
        beaten_at {instant} NOT NULL
    )
    """
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0016_held_already")]
    operations = [HEARTBEAT]
