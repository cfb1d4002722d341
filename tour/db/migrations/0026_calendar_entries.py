"""What calendars know of each place, so that what changed there replaces what they have."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

ENTRY = Sql(
    """CREATE TABLE calendar_entry (
        id {id},
        place_id {ref} NOT NULL UNIQUE REFERENCES place (id) ON DELETE CASCADE,
        digest VARCHAR(64) NOT NULL,
        sequence INT NOT NULL,
        changed_at {instant} NOT NULL,
        mailed_sequence INT,
        mailed_in VARCHAR(80) NOT NULL
    )"""
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0025_call_offs")]
    operations = [ENTRY]
