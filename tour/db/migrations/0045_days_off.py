"""Days of an event that were called off, and what was called off with a place."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

DAYS = Sql("ALTER TABLE event ADD COLUMN days_off {json} NOT NULL DEFAULT '[]'")
ON_POSTGRES = Sql(
    "ALTER TABLE call_off ALTER COLUMN event_id DROP NOT NULL",
    "ALTER TABLE call_off ADD COLUMN site_id {ref} REFERENCES site (id) ON DELETE CASCADE",
    only="postgres",
)
COLUMNS = "id, event_id, called_at, reason, before, slots, places, turns, undone_at"
ON_SQLITE = Sql(
    # No other table points to it.
    """CREATE TABLE call_off_new (
        id {id},
        event_id {ref} REFERENCES event (id) ON DELETE CASCADE,
        site_id {ref} REFERENCES site (id) ON DELETE CASCADE,
        called_at {instant} NOT NULL,
        reason TEXT NOT NULL,
        before {json} NOT NULL,
        slots {json} NOT NULL,
        places {json} NOT NULL,
        turns {json} NOT NULL,
        undone_at {instant}
    )""",
    f"INSERT INTO call_off_new ({COLUMNS}) SELECT {COLUMNS} FROM call_off",  # noqa: S608 - our own
    "DROP TABLE call_off",
    "ALTER TABLE call_off_new RENAME TO call_off",
    "CREATE INDEX call_off_event ON call_off (event_id, called_at)",
    only="sqlite",
)
SHAPES = Sql(
    # They have the shape of before: what was called off in this very minute stays so.
    "UPDATE call_off SET undone_at = called_at WHERE undone_at IS NULL",
    "CREATE INDEX call_off_site ON call_off (site_id)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0044_people_who_leave")]
    operations = [DAYS, ON_POSTGRES, ON_SQLITE, SHAPES]
