"""What happens at the door: who is late, how many came, what was taken back, who walks in."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

SAID = Sql(
    "ALTER TABLE place ADD COLUMN late_minutes SMALLINT CHECK (late_minutes BETWEEN 0 AND 240)",
    "ALTER TABLE place ADD COLUMN said_at {instant}",
)
ARRIVALS = Sql(
    "ALTER TABLE arrival ADD COLUMN people SMALLINT CHECK (people > 0)",
    "ALTER TABLE arrival ADD COLUMN taken_back_at {instant}",
)
SLOTS = Sql(
    "ALTER TABLE slot ADD COLUMN releases_absent {bool} NOT NULL DEFAULT {false}",
    "ALTER TABLE slot ADD COLUMN walk_ins SMALLINT NOT NULL DEFAULT 0 CHECK (walk_ins >= 0)",
    "ALTER TABLE slot ADD COLUMN delay_minutes SMALLINT NOT NULL DEFAULT 0",
    "ALTER TABLE site_day ADD COLUMN delay_minutes SMALLINT NOT NULL DEFAULT 0",
)
PHONES = Sql(
    """CREATE TABLE door_phone (
        id {id},
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        key VARCHAR(40) NOT NULL,
        seen_at {instant} NOT NULL,
        left_at {instant},
        UNIQUE (site_id, key)
    )""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0017_heartbeats")]
    operations = [SAID, ARRIVALS, SLOTS, PHONES]
