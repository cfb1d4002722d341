"""What hosts ask and staff set: photo consent, draw pools, no-shows, contact check, retention."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

BOOKING_RULES = Sql(
    "ALTER TABLE programme ADD COLUMN asks_photo_consent {bool} NOT NULL DEFAULT {false}",
    "ALTER TABLE slot ADD COLUMN pools {json} NOT NULL DEFAULT '{{}}'",
    "ALTER TABLE booking_rules ADD COLUMN checks_contact {bool} NOT NULL DEFAULT {false}",
    "ALTER TABLE booking_rules ADD COLUMN releases_absent {bool} NOT NULL DEFAULT {false}",
    """ALTER TABLE booking_rules ADD COLUMN retention_days SMALLINT NOT NULL DEFAULT 30
        CHECK (retention_days BETWEEN 1 AND 365)""",
    "ALTER TABLE reservation ADD COLUMN photos_allowed {bool}",
    "ALTER TABLE reservation ADD COLUMN erased_at {instant}",
    "CREATE INDEX reservation_unerased ON reservation (id) WHERE erased_at IS NULL",
    "ALTER TABLE waitlist_entry ADD COLUMN answers {json} NOT NULL DEFAULT '[]'",
)
CONTACT_CHECKS = Sql(
    """CREATE TABLE contact_check (
        id {id},
        reservation_id {ref} NOT NULL UNIQUE REFERENCES reservation (id) ON DELETE CASCADE,
        code VARCHAR(6) NOT NULL,
        tries SMALLINT NOT NULL CHECK (tries >= 0),
        sends SMALLINT NOT NULL CHECK (sends > 0),
        started_at {instant} NOT NULL,
        ends_at {instant} NOT NULL,
        proved_at {instant},
        ended_at {instant},
        CHECK (proved_at IS NULL OR ended_at IS NULL)
    )""",
    """CREATE INDEX contact_check_open ON contact_check (ends_at)
        WHERE proved_at IS NULL AND ended_at IS NULL""",
    "DROP INDEX draw_entry_email",
    "DROP INDEX draw_entry_phone",
    """CREATE UNIQUE INDEX draw_entry_email ON draw_entry (draw_id, email_key)
        WHERE email_key <> '' AND status NOT IN ('left', 'unproved')""",
    """CREATE UNIQUE INDEX draw_entry_phone ON draw_entry (draw_id, phone_key)
        WHERE phone_key <> '' AND status NOT IN ('left', 'unproved')""",
)
RATE_COUNTS = Sql(
    """CREATE {unlogged} TABLE rate_count (
        key VARCHAR(43) PRIMARY KEY NOT NULL,
        tries INT NOT NULL,
        ends_at BIGINT NOT NULL
    )""",
    "CREATE INDEX rate_count_ends ON rate_count (ends_at)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0007_event_cover")]
    operations = [BOOKING_RULES, CONTACT_CHECKS, RATE_COUNTS]
