"""A place that is held no more knows who ended it, and why."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

WHO = Sql(
    "ALTER TABLE place ADD COLUMN ended_by VARCHAR(20) NOT NULL DEFAULT ''",
    "ALTER TABLE place ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    """UPDATE place SET ended_by = CASE
        WHEN status = 'released' THEN 'nobody-came'
        WHEN slot_id IN (SELECT id FROM slot WHERE status = 'cancelled') THEN 'host'
        WHEN reservation_id IN (
            SELECT reservation_id FROM contact_check WHERE ended_at IS NOT NULL
        ) THEN 'code'
        ELSE 'party' END
    WHERE status IN ('cancelled', 'released')""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0021_networks")]
    operations = [WHO]
