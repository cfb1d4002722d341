"""One message for a day, also where its stops were reserved separately."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

LEAD = Sql(
    "ALTER TABLE delivery ADD COLUMN lead_id {ref} REFERENCES delivery (id) ON DELETE SET NULL",
    "CREATE INDEX delivery_lead ON delivery (lead_id)",
    "CREATE INDEX recipient_email ON recipient (email) WHERE email <> ''",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0008_booking_rules")]
    operations = [LEAD]
