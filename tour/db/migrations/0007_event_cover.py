"""An event's cover picture: the names of its files and what it shows, in each language."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql


class Migration(TortoiseMigration):
    dependencies = [("models", "0006_participation")]
    operations = [Sql("ALTER TABLE event ADD COLUMN cover {json}")]
