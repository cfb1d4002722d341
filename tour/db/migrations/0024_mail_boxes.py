"""Who is told knows the mail box behind an address, whatever its spelling."""

from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration
from tortoise.migrations.operations import Operation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from tour.contacts.addresses import counting_key
from tour.db.ddl import Sql

MAIL_BOX = Sql(
    "ALTER TABLE recipient ADD COLUMN mail_box VARCHAR(254) NOT NULL DEFAULT ''",
    "CREATE INDEX recipient_mail_box ON recipient (mail_box) WHERE mail_box <> ''",
)


class FillMailBoxes(Operation):
    """What only Python can tell of an address, for the rows there are."""

    reversible = False
    atomic = False

    def state_forward(self, app_label: str, state: State) -> None:
        """No model changes by it."""

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        if state_editor is None:
            return
        client: Any = state_editor.client
        one, two = ("$1", "$2") if client.capabilities.dialect == "postgres" else ("?", "?")
        rows = await client.execute_query_dict("SELECT id, email FROM recipient WHERE email <> ''")
        for row in rows:
            await client.execute_query(
                f"UPDATE recipient SET mail_box = {one} WHERE id = {two}",  # noqa: S608
                [counting_key(row["email"]), row["id"]],
            )


class Migration(TortoiseMigration):
    dependencies = [("models", "0023_readers_of_plans")]  # noqa: RUF012
    operations = [MAIL_BOX, FillMailBoxes()]  # noqa: RUF012
