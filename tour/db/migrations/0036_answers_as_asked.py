"""Answers carry the wording of their question, so that it may be changed or taken out after them.

Until now an answer was known by its place in the list of its programme's questions: they are taken
for what they stand beside today. One that stands beside none keeps an empty wording.
"""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

TABLES = ("place", "waitlist_entry")
ASKED_SQLITE = """SELECT json_group_array(json_object(
        'text', COALESCE(json_extract(q.value, '$.text'), ''),
        'translations', json(COALESCE(json_extract(q.value, '$.translations'), '{{}}')),
        'answer', a.value))
    FROM json_each({answers}) a
    LEFT JOIN slot s ON s.id = {slot}
    LEFT JOIN programme p ON p.id = s.programme_id
    LEFT JOIN json_each(p.questions) q ON q.key = a.key
    WHERE a.value <> ''"""
ASKED_POSTGRES = """SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'text', COALESCE(p.questions -> (a.number - 1)::int ->> 'text', ''),
        'translations',
            COALESCE(p.questions -> (a.number - 1)::int -> 'translations', '{{}}'::jsonb),
        'answer', a.text) ORDER BY a.number), '[]'::jsonb)
    FROM jsonb_array_elements_text({answers}) WITH ORDINALITY a (text, number)
    LEFT JOIN slot s ON s.id = {slot}
    LEFT JOIN programme p ON p.id = s.programme_id
    WHERE a.text <> ''"""


def _asked(query: str, answers: str, slot: str) -> str:
    """The braces of the query stay doubled: `Sql` fills in its types afterwards."""
    return query.replace("{answers}", answers).replace("{slot}", slot)


ON_SQLITE = Sql(
    *(
        f"UPDATE {t} SET answers = ({_asked(ASKED_SQLITE, f'{t}.answers', f'{t}.slot_id')})"  # noqa: S608 - our own names
        " WHERE json_array_length(answers) > 0"
        for t in TABLES
    ),
    f"""UPDATE draw_entry SET answers = (
        SELECT json_group_object(
            g.key, json(({_asked(ASKED_SQLITE, "g.value", "CAST(g.key AS INTEGER)")})))
        FROM json_each(draw_entry.answers) g)
        WHERE json_type(answers) = 'object' AND answers <> '{{{{}}}}'""",  # noqa: S608 - our own names
    only="sqlite",
)
ON_POSTGRES = Sql(
    *(
        f"UPDATE {t} SET answers = ({_asked(ASKED_POSTGRES, f'{t}.answers', f'{t}.slot_id')})"  # noqa: S608 - our own names
        " WHERE jsonb_array_length(answers) > 0"
        for t in TABLES
    ),
    f"""UPDATE draw_entry SET answers = (
        SELECT jsonb_object_agg(
            g.key, ({_asked(ASKED_POSTGRES, "g.value", "g.key::bigint")}))
        FROM jsonb_each(draw_entry.answers) g)
        WHERE jsonb_typeof(answers) = 'object' AND answers <> '{{{{}}}}'::jsonb""",  # noqa: S608 - our own names
    only="postgres",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0035_revisions")]
    operations = [ON_SQLITE, ON_POSTGRES]
