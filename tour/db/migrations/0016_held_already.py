"""What a contact holds already is not reserved once more unless it is chosen (decision 0018)."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

CHOICES = Sql(
    "ALTER TABLE reservation ADD COLUMN again {bool} NOT NULL DEFAULT {false}",
    "ALTER TABLE reservation ADD COLUMN split {bool} NOT NULL DEFAULT {false}",
)
CONTACT_IS_FREE = Sql(
    """CREATE FUNCTION contact_is_free(
        locks INT[], of_email TEXT, of_phone TEXT, wanted BIGINT,
        begins TIMESTAMPTZ, ends TIMESTAMPTZ, may_again BOOLEAN, may_split BOOLEAN
    ) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(locks[1], locks[i])
        FROM generate_series(2, cardinality(locks)) i;
        RETURN (may_again AND may_split) OR NOT EXISTS (
            SELECT 1 FROM reservation r
            JOIN place p ON p.reservation_id = r.id
            JOIN slot s ON s.id = p.slot_id
            WHERE (
                    (r.email_key = of_email AND of_email <> '')
                    OR (r.phone_key = of_phone AND of_phone <> '')
                )
                AND p.status = 'confirmed'
                AND CASE WHEN s.id = wanted THEN NOT may_again
                    ELSE NOT may_split AND s.starts_at < ends AND s.ends_at > begins END
        );
    END $$""",
    only="postgres",
)
"""Locks the contact (`locks`: the space, then keys), then looks at what it holds. In one statement
with the seats, yet with eyes of its own: each statement inside a volatile function sees what was
committed until it began, which is after the lock was had (PostgreSQL manual, "Function Volatility
Categories")."""


class Migration(TortoiseMigration):
    dependencies = [("models", "0015_keys")]
    operations = [CHOICES, CONTACT_IS_FREE]
