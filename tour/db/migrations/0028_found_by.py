"""Staff find parties by name, reading, address, telephone and code, however these are written."""

from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration
from tortoise.migrations.operations import Operation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from tour.contacts.finding import found_by
from tour.db.ddl import Sql

BATCH = 500
COLUMN = Sql("ALTER TABLE reservation ADD COLUMN found_by TEXT NOT NULL DEFAULT ''")
ROWS = """SELECT id, name, kana, email, phone, door_code FROM reservation
    WHERE id > {last} AND erased_at IS NULL ORDER BY id LIMIT {batch}"""


class FoldParties(Operation):
    reversible = False
    atomic = False

    def state_forward(self, app_label: str, state: State) -> None:
        """Rows only."""

    async def database_forward(  # the signature is Tortoise's
        self,
        app_label: str,  # noqa: ARG002
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        if state_editor is None:
            return
        client: Any = state_editor.client
        mark = "$1" if client.capabilities.dialect == "postgres" else "?1"
        last = 0
        while rows := await client.execute_query_dict(ROWS.format(last=last, batch=BATCH)):
            for row in rows:
                last = row.pop("id")
                words = found_by(*row.values())
                statement = f"UPDATE reservation SET found_by = {mark} WHERE id = {last}"  # noqa: S608
                await client.execute_query(statement, [words])


class Migration(TortoiseMigration):
    dependencies = [("models", "0027_telephone_of_a_place")]  # noqa: RUF012
    operations = [COLUMN, FoldParties()]  # noqa: RUF012
