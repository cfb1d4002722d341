"""What a place wants known before somebody comes."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

WHAT_TO_EXPECT = Sql("ALTER TABLE site ADD COLUMN what_to_expect TEXT NOT NULL DEFAULT ''")


class Migration(TortoiseMigration):
    dependencies = [("models", "0045_days_off")]
    operations = [WHAT_TO_EXPECT]
