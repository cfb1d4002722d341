"""Each browser that is told of a plan is a reader of its own, in its own language."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

READERS = Sql(
    """CREATE TABLE itinerary_reader (
        id {id},
        itinerary_id {ref} NOT NULL REFERENCES itinerary (id) ON DELETE CASCADE,
        recipient_id {ref} NOT NULL UNIQUE REFERENCES recipient (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX itinerary_reader_itinerary ON itinerary_reader (itinerary_id)",
    "INSERT INTO itinerary_reader (itinerary_id, recipient_id)"
    " SELECT id, recipient_id FROM itinerary WHERE recipient_id IS NOT NULL",
    "DROP INDEX itinerary_recipient",
    "ALTER TABLE itinerary DROP COLUMN recipient_id",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0022_who_ended_it")]
    operations = [READERS]
