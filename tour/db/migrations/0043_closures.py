"""Regular days off beside the week; so far a place could only say so date by date."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

CLOSURES = Sql("ALTER TABLE site ADD COLUMN closures VARCHAR(200) NOT NULL DEFAULT ''")


class Migration(TortoiseMigration):
    dependencies = [("models", "0042_demonstrations")]
    operations = [CLOSURES]
