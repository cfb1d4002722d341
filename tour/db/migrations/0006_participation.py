"""Staff ask a place to take part; its host says yes or no. Who takes part already said yes."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

ANSWERS = Sql(
    "ALTER TABLE participation ADD COLUMN answer VARCHAR(20) NOT NULL DEFAULT 'accepted'",
    "ALTER TABLE participation ADD COLUMN asked_at {instant}",
    "ALTER TABLE participation ADD COLUMN answered_at {instant}",
    "ALTER TABLE participation ADD COLUMN token_hash VARCHAR(64)",
    "CREATE UNIQUE INDEX participation_token ON participation (token_hash)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0005_itineraries")]
    operations = [ANSWERS]
