"""What one process of all does is known by a lease."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LEASE = Sql(
    """
    CREATE TABLE lease (
        name VARCHAR(40) PRIMARY KEY NOT NULL,
        holder VARCHAR(80) NOT NULL,
        ends_at {real} NOT NULL
    )
    """
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0029_holiday_rule")]
    operations = [LEASE]
