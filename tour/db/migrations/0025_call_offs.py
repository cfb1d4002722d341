"""What a change of an event called off, so that it can be undone within a minute."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

CALL_OFFS = Sql(
    """CREATE TABLE call_off (
        id {id},
        event_id {ref} NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        called_at {instant} NOT NULL,
        reason TEXT NOT NULL,
        before {json} NOT NULL,
        slots {json} NOT NULL,
        places {json} NOT NULL,
        turns {json} NOT NULL,
        undone_at {instant}
    )""",
    "CREATE INDEX call_off_event ON call_off (event_id, called_at)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0024_mail_boxes")]
    operations = [CALL_OFFS]
