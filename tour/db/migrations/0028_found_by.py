"""Staff find parties by name, reading, address, telephone and code, however these are written."""

from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.contacts.finding import found_by
from tour.db.ddl import Change, Sql
from tour.db.plain import marked

BATCH = 500
COLUMN = Sql("ALTER TABLE reservation ADD COLUMN found_by TEXT NOT NULL DEFAULT ''")
ROWS = """SELECT id, name, kana, email, phone, door_code FROM reservation
    WHERE id > {last} AND erased_at IS NULL ORDER BY id LIMIT {batch}"""


class FoldParties(Change):
    async def make(self, client: Any) -> None:
        last = 0
        while rows := await client.execute_query_dict(ROWS.format(last=last, batch=BATCH)):
            for row in rows:
                last = row.pop("id")
                words = found_by(*row.values())
                statement = f"UPDATE reservation SET found_by = $1 WHERE id = {last}"  # noqa: S608 - our own names
                await client.execute_query(marked(statement, client), [words])


class Migration(TortoiseMigration):
    dependencies = [("models", "0027_telephone_of_a_place")]
    operations = [COLUMN, FoldParties()]
