"""A plan knows the change that made it when that is sent again, after an answer that was lost."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LAST_CHANGE = Sql("ALTER TABLE itinerary ADD COLUMN last_change VARCHAR(64) NOT NULL DEFAULT ''")


class Migration(TortoiseMigration):
    dependencies = [("models", "0013_contact_keys")]
    operations = [LAST_CHANGE]
