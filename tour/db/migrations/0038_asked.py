"""What a place was asked with an event, for which days it has answered, and who said so; the
telephone numbers that a town's file brings; and whose mail is their work for a place.

Whoever has answered has answered for the days that the event has now: dates could be changed so far
without asking anybody again, and nothing tells which.
"""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

COLUMNS = Sql(
    "ALTER TABLE participation ADD COLUMN word TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE participation ADD COLUMN answer_by DATE",
    "ALTER TABLE participation ADD COLUMN phoned_at {instant}",
    "ALTER TABLE participation ADD COLUMN answered_for {json}",
    "ALTER TABLE participation ADD COLUMN answered_by VARCHAR(100) NOT NULL DEFAULT ''",
    "ALTER TABLE participation ADD COLUMN comment TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE site ADD COLUMN office_phone VARCHAR(60) NOT NULL DEFAULT ''",
    "ALTER TABLE recipient ADD COLUMN is_working {bool} NOT NULL DEFAULT {false}",
)
ANSWERED = "answered_at IS NOT NULL AND answer <> 'invited' AND role = 'host'"
FROM_SQLITE = Sql(
    f"""UPDATE participation SET answered_for = (
        WITH RECURSIVE days (day, last) AS (
            SELECT date(e.starts_on), date(e.ends_on) FROM event e WHERE e.id = event_id
            UNION ALL SELECT date(day, '+1 day'), last FROM days WHERE day < last
        )
        SELECT json_group_object(day, json(CASE WHEN answer = 'accepted' THEN 'true'
            ELSE 'false' END)) FROM days
    ) WHERE {ANSWERED}""",  # noqa: S608 - our own words
    "UPDATE recipient SET is_working = 1 WHERE id IN (SELECT recipient_id FROM account)",
    """UPDATE recipient SET is_working = 1 WHERE id IN (
        SELECT recipient_id FROM invitation WHERE recipient_id IS NOT NULL)""",
    only="sqlite",
)
FROM_POSTGRES = Sql(
    f"""UPDATE participation p SET answered_for = (
        SELECT jsonb_object_agg(to_char(day, 'YYYY-MM-DD'), p.answer = 'accepted')
        FROM event e, generate_series(e.starts_on, e.ends_on, interval '1 day') AS day
        WHERE e.id = p.event_id
    ) WHERE {ANSWERED}""",  # noqa: S608 - our own words
    "UPDATE recipient SET is_working = TRUE WHERE id IN (SELECT recipient_id FROM account)",
    """UPDATE recipient SET is_working = TRUE WHERE id IN (
        SELECT recipient_id FROM invitation WHERE recipient_id IS NOT NULL)""",
    only="postgres",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0037_names_of_people")]
    operations = [COLUMNS, FROM_SQLITE, FROM_POSTGRES]
