"""What calendars show counts its own changes, so that reading a calendar need not write one down.

A trigger for each table, as no writer can forget it: hosts, staff, imports, parties, plain SQL.
"""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

SHOWN = {
    "place": ("status", "seats", "reason"),
    "slot": ("starts_at", "ends_at"),
    "programme": ("title", "bring", "translations"),
    "site": (
        *("name", "address", "access_note", "translations"),
        *("lat", "lon", "entrance_lat", "entrance_lon"),
    ),
}
COLUMNS = Sql(
    *(f"ALTER TABLE {table} ADD COLUMN revision INT NOT NULL DEFAULT 0" for table in SHOWN),
    *(f"ALTER TABLE {table} ADD COLUMN revised_at {{instant}}" for table in SHOWN),
)
FLOOR = Sql(
    # One more than calendars have: what changed since they were last read was not counted yet.
    """UPDATE place SET
        revision = (SELECT e.sequence + 1 FROM calendar_entry e WHERE e.place_id = place.id),
        revised_at = (SELECT e.changed_at FROM calendar_entry e WHERE e.place_id = place.id)
        WHERE id IN (SELECT place_id FROM calendar_entry)""",
    "ALTER TABLE calendar_entry DROP COLUMN digest",
    "ALTER TABLE calendar_entry DROP COLUMN sequence",
    "ALTER TABLE calendar_entry DROP COLUMN changed_at",
)


def _differs(table: str, unlike: str) -> str:
    return " OR ".join(f"OLD.{column} {unlike} NEW.{column}" for column in SHOWN[table])


ON_SQLITE = Sql(
    *(
        f"""CREATE TRIGGER {table}_revision AFTER UPDATE OF {", ".join(columns)} ON {table}
        WHEN {_differs(table, "IS NOT")}
        BEGIN
            UPDATE {table} SET revision = revision + 1,
            revised_at = strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') WHERE id = NEW.id;
        END"""  # noqa: S608 - our own names
        for table, columns in SHOWN.items()
    ),
    only="sqlite",
)
ON_POSTGRES = Sql(
    """CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.revision := OLD.revision + 1;
        NEW.revised_at := clock_timestamp();
        RETURN NEW;
    END $$""",
    *(
        f"""CREATE TRIGGER {table}_revision BEFORE UPDATE OF {", ".join(columns)} ON {table}
        FOR EACH ROW WHEN ({_differs(table, "IS DISTINCT FROM")})
        EXECUTE FUNCTION count_revision()"""
        for table, columns in SHOWN.items()
    ),
    only="postgres",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0034_log_for_people")]
    operations = [COLUMNS, FLOOR, ON_SQLITE, ON_POSTGRES]
