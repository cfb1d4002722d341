"""Until when a code's letter may be waited for; of the codes that are on their way, not longer."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LATEST = Sql(
    "ALTER TABLE contact_check ADD COLUMN latest_at {instant} NOT NULL "
    "DEFAULT '1970-01-01 00:00:00+00:00'",
    "UPDATE contact_check SET latest_at = ends_at",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0032_news")]
    operations = [LATEST]
