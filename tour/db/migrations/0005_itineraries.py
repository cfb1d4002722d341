"""The days that visitors plan, and what they reserved from them."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

ITINERARIES = Sql(
    """CREATE TABLE itinerary (
        id {id},
        edit_token VARCHAR(40) NOT NULL UNIQUE,
        show_token VARCHAR(40) NOT NULL UNIQUE,
        on_date DATE NOT NULL,
        wish {json} NOT NULL,
        stops {json} NOT NULL,
        before {json},
        findings {json} NOT NULL,
        version INT NOT NULL CHECK (version > 0),
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL
    )""",
    "CREATE INDEX itinerary_on_date ON itinerary (on_date)",
    """CREATE TABLE itinerary_reservation (
        id {id},
        itinerary_id {ref} NOT NULL REFERENCES itinerary (id) ON DELETE CASCADE,
        reservation_id {ref} NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,
        UNIQUE (itinerary_id, reservation_id)
    )""",
    "CREATE INDEX itinerary_reservation_reservation ON itinerary_reservation (reservation_id)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0004_publishing")]
    operations = [ITINERARIES]
