"""The news by row, so that a process reads anew only what has changed. Their number goes on from
that of the catalogue's revision."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

NEWS = Sql(
    """CREATE TABLE news (
        number BIGINT PRIMARY KEY NOT NULL,
        kind VARCHAR(20) NOT NULL,
        subject_id INT NOT NULL,
        at {instant} NOT NULL
    )""",
    "CREATE INDEX news_at ON news (at)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0031_parking")]
    operations = [NEWS]
