"""What a national holiday does to a place's week; so far it was a day like any other."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

RULE = Sql("ALTER TABLE site ADD COLUMN holiday_rule VARCHAR(20) NOT NULL DEFAULT 'none'")


class Migration(TortoiseMigration):
    dependencies = [("models", "0028_found_by")]
    operations = [RULE]
