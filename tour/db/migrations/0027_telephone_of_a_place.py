"""Whom visitors ring on the day: the place itself."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

PHONE = Sql("ALTER TABLE site ADD COLUMN phone VARCHAR(60) NOT NULL DEFAULT ''")


class Migration(TortoiseMigration):
    dependencies = [("models", "0026_calendar_entries")]
    operations = [PHONE]
