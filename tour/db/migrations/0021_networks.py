"""A party knows, for two days and as a hash, from which network it came; who is told knows whether
their mail box is proved to be theirs, and stops letters apart from push."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

NETWORK = Sql(
    "ALTER TABLE reservation ADD COLUMN network VARCHAR(43) NOT NULL DEFAULT ''",
    "CREATE INDEX reservation_network ON reservation (network) WHERE network <> ''",
)
PROVED = Sql(
    "ALTER TABLE recipient ADD COLUMN proved_at {instant}",
    "ALTER TABLE recipient ADD COLUMN mail_stopped_at {instant}",
    "UPDATE recipient SET mail_stopped_at = stopped_at WHERE email <> ''",
    # Who typed a code, has an account, or was written to as the people of a place.
    """UPDATE recipient SET proved_at = (
        SELECT max(c.proved_at) FROM contact_check c
        JOIN reservation r ON r.id = c.reservation_id WHERE r.recipient_id = recipient.id
    )""",
    """UPDATE recipient SET proved_at = (
        SELECT min(a.created_at) FROM account a WHERE a.recipient_id = recipient.id
    ) WHERE EXISTS (SELECT 1 FROM account a WHERE a.recipient_id = recipient.id)""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0020_letters_that_wait")]
    operations = [NETWORK, PROVED]
