"""One person is one contact: addresses and telephones are read again as forms read them today.

Before, `<hanako@…>`, `hanako@…,` and `mailto:hanako@…` were kept, mailed and counted as three.
"""

from collections.abc import Callable
from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.contacts.addresses import counting_key, read_address
from tour.contacts.telephones import read_telephone, telephone_key
from tour.db.ddl import Change
from tour.db.plain import marked

BATCH = 500
Row = dict[str, Any]
Reading = Callable[[Row], Row]


class ReadAgain(Change):
    """Give each row of a table what `reading` makes of it. A row that it leaves as it is is not
    written; `unless` ends the statement where another row has the first value already."""

    def __init__(
        self, table: str, columns: tuple[str, ...], reading: Reading, unless: str = ""
    ) -> None:
        self.table, self.columns, self.reading, self.unless = table, columns, reading, unless

    async def make(self, client: Any) -> None:
        last = 0
        while rows := await client.execute_query_dict(
            f"SELECT * FROM {self.table} WHERE id > {last} ORDER BY id LIMIT {BATCH}"  # noqa: S608 - our own names
        ):
            for row in rows:
                await self._write(client, row)
            last = rows[-1]["id"]

    async def _write(self, client: Any, row: Row) -> None:
        read = self.reading(row)
        values = [read[column] for column in self.columns]
        if values == [row[column] for column in self.columns]:
            return
        given = ", ".join(f"{c} = ${n}" for n, c in enumerate(self.columns, start=1))
        unless = self.unless.format(value="CAST($1 AS VARCHAR(254))")
        statement = f"UPDATE {self.table} SET {given} WHERE id = {row['id']} {unless}"  # noqa: S608 - our own names
        await client.execute_query(marked(statement, client), values)


def _party(row: Row) -> Row:
    email = read_address(row["email"]) or row["email"]
    phone = read_telephone(row["phone"]) or row["phone"]
    return {
        "email": email,
        "phone": phone,
        "email_key": counting_key(email) or row["email_key"],
        "phone_key": telephone_key(phone) or row["phone_key"],
    }


def _entry(row: Row) -> Row:
    address = read_address(row["email_key"]) or row["email_key"]
    return {
        "email_key": counting_key(address) or row["email_key"],
        "phone_key": telephone_key(row["phone_key"]) or row["phone_key"],
    }


def _recipient(row: Row) -> Row:
    return {"email": read_address(row["email"]) or row["email"]}


def _account(row: Row) -> Row:
    email = read_address(row["email"])
    return {"email": email.lower() if email else row["email"]}


UNLESS_TAKEN = """AND NOT EXISTS (SELECT 1 FROM account AS other
    WHERE other.id <> account.id AND other.email = {value})"""
UNLESS_ENTERED = """AND NOT EXISTS (SELECT 1 FROM draw_entry AS other
    WHERE other.id <> draw_entry.id AND other.draw_id = draw_entry.draw_id
    AND other.COLUMN = {value} AND other.status NOT IN ('left', 'unproved'))"""
"""Who entered a draw twice under the old rules keeps both chances, and the second its old key."""


class Migration(TortoiseMigration):
    dependencies = [("models", "0012_draw_answers")]
    operations = [
        ReadAgain("reservation", ("email", "phone", "email_key", "phone_key"), _party),
        ReadAgain(
            "draw_entry", ("email_key",), _entry, UNLESS_ENTERED.replace("COLUMN", "email_key")
        ),
        ReadAgain(
            "draw_entry", ("phone_key",), _entry, UNLESS_ENTERED.replace("COLUMN", "phone_key")
        ),
        ReadAgain("recipient", ("email",), _recipient),
        ReadAgain("account", ("email",), _account, UNLESS_TAKEN),
        ReadAgain("invitation", ("email",), _account),
    ]
