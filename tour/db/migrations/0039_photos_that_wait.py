"""A photo that was sent without a description waits for it, for a day, instead of being lost."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

WAITING = Sql(
    """CREATE TABLE photo_waiting (
        id {id},
        account_id {ref} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        name VARCHAR(40) NOT NULL,
        width SMALLINT NOT NULL,
        height SMALLINT NOT NULL,
        alt VARCHAR(200) NOT NULL DEFAULT '',
        alt_en VARCHAR(200) NOT NULL DEFAULT '',
        created_at {instant} NOT NULL,
        UNIQUE (account_id, site_id, name)
    )""",
    "CREATE INDEX photo_waiting_site ON photo_waiting (site_id)",
    "CREATE INDEX photo_waiting_name ON photo_waiting (name)",
    "CREATE INDEX photo_waiting_created ON photo_waiting (created_at)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0038_asked")]
    operations = [WAITING]
