"""When a model course was last saved: of two people who save at once, one is told."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

VERSIONS = Sql(
    """ALTER TABLE walking_route ADD COLUMN updated_at {instant} NOT NULL
        DEFAULT '2026-01-01 00:00:00+00:00'""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0009_messages_of_a_day")]
    operations = [VERSIONS]
