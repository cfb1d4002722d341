"""Who saved a plan may be told what becomes of it."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

RECIPIENT = Sql(
    "ALTER TABLE itinerary ADD COLUMN recipient_id {ref} REFERENCES recipient (id)"
    " ON DELETE SET NULL",
    "CREATE INDEX itinerary_recipient ON itinerary (recipient_id)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0010_course_versions")]
    operations = [RECIPIENT]
