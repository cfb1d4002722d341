"""The two ends of a park's hillside lift are no stations, as which they had been kept."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LIFT_STOPS = Sql(
    """UPDATE station SET kind = 'lift' WHERE kind = 'monorail'
    AND id IN ('asukayama-park-entrance', 'asukayama-summit')"""
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0046_what_to_expect")]
    operations = [LIFT_STOPS]
