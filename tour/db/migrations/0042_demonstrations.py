"""A database that is a demonstration's says so; `tour/demo/mark.py` knows older ones."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

MARK = Sql("CREATE TABLE demonstration (id {id}, since {instant} NOT NULL)")


class Migration(TortoiseMigration):
    dependencies = [("models", "0041_phone_calls")]
    operations = [MARK]
