"""Who enters a draw answers what the hosts of its choices ask."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

ANSWERS = Sql("ALTER TABLE draw_entry ADD COLUMN answers {json} NOT NULL DEFAULT '{{}}'")


class Migration(TortoiseMigration):
    dependencies = [("models", "0011_told_plans")]
    operations = [ANSWERS]
