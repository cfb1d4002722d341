"""Who is told knows the mail box behind an address, whatever its spelling."""

from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.contacts.addresses import counting_key
from tour.db.ddl import Change, Sql
from tour.db.plain import marked

MAIL_BOX = Sql(
    "ALTER TABLE recipient ADD COLUMN mail_box VARCHAR(254) NOT NULL DEFAULT ''",
    "CREATE INDEX recipient_mail_box ON recipient (mail_box) WHERE mail_box <> ''",
)


FILL = "UPDATE recipient SET mail_box = $1 WHERE id = $2"


class FillMailBoxes(Change):
    """What only Python can tell of an address, for the rows there are."""

    async def make(self, client: Any) -> None:
        rows = await client.execute_query_dict("SELECT id, email FROM recipient WHERE email <> ''")
        for row in rows:
            values = [counting_key(row["email"]), row["id"]]
            await client.execute_query(marked(FILL, client), values)


class Migration(TortoiseMigration):
    dependencies = [("models", "0023_readers_of_plans")]
    operations = [MAIL_BOX, FillMailBoxes()]
