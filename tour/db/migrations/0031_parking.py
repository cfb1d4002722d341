"""Where cars and bicycles can stand at a place."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

PARKING = Sql("ALTER TABLE site ADD COLUMN parking TEXT NOT NULL DEFAULT ''")


class Migration(TortoiseMigration):
    dependencies = [("models", "0030_leases")]
    operations = [PARKING]
