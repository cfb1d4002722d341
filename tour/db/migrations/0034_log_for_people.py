"""What the app itself went on from the log's lines stands in columns and small tables now, so that
the log may be cut. Whatever today's log says is taken over."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

SINCE = {"sqlite": "datetime('now', '-30 days')", "postgres": "now() - interval '30 days'"}
SHOWN = (
    "'site.profile', 'site.hours', 'site.exception', 'programme.add', 'programme.change',"
    " 'programme.publish', 'photo.add', 'photo.describe'"
)

COLUMNS = Sql(
    "ALTER TABLE site ADD COLUMN withdrawn_at {instant}",
    "ALTER TABLE site ADD COLUMN looked_upto {ref} NOT NULL DEFAULT 0",
    "ALTER TABLE site_day ADD COLUMN stopped_slots {json} NOT NULL DEFAULT '[]'",
    "ALTER TABLE photo ADD COLUMN removed_at {instant}",
    "ALTER TABLE programme ADD COLUMN first_published_at {instant}",
    "ALTER TABLE programme ADD COLUMN removed_at {instant}",
    "ALTER TABLE programme ADD COLUMN removed_by VARCHAR(100) NOT NULL DEFAULT ''",
)

TABLES = Sql(
    """CREATE TABLE recent_edit (
        id {id},
        at {instant} NOT NULL,
        account_id {ref},
        who VARCHAR(100) NOT NULL,
        site_id {ref},
        action VARCHAR(40) NOT NULL,
        subject VARCHAR(20) NOT NULL,
        subject_id {ref} NOT NULL,
        before {json} NOT NULL,
        after {json} NOT NULL
    )""",
    "CREATE INDEX recent_edit_subject ON recent_edit (subject, subject_id)",
    "CREATE INDEX recent_edit_site ON recent_edit (site_id)",
    "CREATE INDEX recent_edit_at ON recent_edit (at)",
    """CREATE TABLE cover_kept (
        id {id},
        event_id {ref} NOT NULL UNIQUE REFERENCES event (id) ON DELETE CASCADE,
        cover {json} NOT NULL,
        taken_at {instant} NOT NULL
    )""",
    "CREATE INDEX audit_entry_at ON audit_entry (at)",
)

TAKE_OVER = Sql(
    """UPDATE programme SET first_published_at = (
        SELECT MIN(a.at) FROM audit_entry a WHERE a.subject = 'programme'
        AND a.subject_id = programme.id
        AND a.action IN ('programme.publish', 'programme.pause'))""",
    """UPDATE programme SET first_published_at = created_at
        WHERE first_published_at IS NULL AND is_published""",
    """UPDATE programme SET removed_at = (SELECT r.removed_at FROM removal r
        WHERE r.subject = 'programme' AND r.subject_id = programme.id)""",
    """UPDATE programme SET removed_by = COALESCE((SELECT r.who FROM removal r
        WHERE r.subject = 'programme' AND r.subject_id = programme.id), '')""",
    """UPDATE photo SET removed_at = (SELECT r.removed_at FROM removal r
        WHERE r.subject = 'photo' AND r.subject_id = photo.id)""",
    """UPDATE site SET withdrawn_at = (SELECT MAX(a.at) FROM audit_entry a
        WHERE a.subject = 'site' AND a.subject_id = site.id AND a.action = 'site.withdraw')
        WHERE NOT is_published""",
    "DROP TABLE removal",
)

FROM_SQLITE = Sql(
    """UPDATE site SET looked_upto = COALESCE((
        SELECT MAX(CAST(json_extract(a.after, '$.upto') AS INTEGER)) FROM audit_entry a
        WHERE a.site_id = site.id AND a.action IN ('site.approve', 'site.return')), 0)""",
    """UPDATE site_day SET stopped_slots = COALESCE((
        SELECT json_extract(a.after, '$.closed_slots') FROM audit_entry a
        WHERE a.subject = 'day' AND a.subject_id = site_day.id AND a.action = 'day.close'
        ORDER BY a.id DESC LIMIT 1), '[]') WHERE state = 'closed'""",
    """INSERT INTO cover_kept (event_id, cover, taken_at)
        SELECT a.subject_id, json_extract(a.before, '$.cover'), a.at FROM audit_entry a
        WHERE a.id IN (SELECT MAX(b.id) FROM audit_entry b JOIN event e ON e.id = b.subject_id
            WHERE b.subject = 'event' AND b.action = 'event.cover'
            AND json_type(b.before, '$.cover') = 'object'
            AND COALESCE(json_extract(b.after, '$.cover.name'), '')
                <> json_extract(b.before, '$.cover.name')
            GROUP BY b.subject_id)""",
    only="sqlite",
)

FROM_POSTGRES = Sql(
    """UPDATE site SET looked_upto = COALESCE((
        SELECT MAX((a.after ->> 'upto')::bigint) FROM audit_entry a
        WHERE a.site_id = site.id AND a.action IN ('site.approve', 'site.return')), 0)""",
    """UPDATE site_day SET stopped_slots = COALESCE((
        SELECT a.after -> 'closed_slots' FROM audit_entry a
        WHERE a.subject = 'day' AND a.subject_id = site_day.id AND a.action = 'day.close'
        ORDER BY a.id DESC LIMIT 1), '[]') WHERE state = 'closed'""",
    """INSERT INTO cover_kept (event_id, cover, taken_at)
        SELECT a.subject_id, a.before -> 'cover', a.at FROM audit_entry a
        WHERE a.id IN (SELECT MAX(b.id) FROM audit_entry b JOIN event e ON e.id = b.subject_id
            WHERE b.subject = 'event' AND b.action = 'event.cover'
            AND jsonb_typeof(b.before -> 'cover') = 'object'
            AND COALESCE(b.after -> 'cover' ->> 'name', '') <> b.before -> 'cover' ->> 'name'
            GROUP BY b.subject_id)""",
    only="postgres",
)


def _recent(dialect: str) -> str:
    """Of a month; longer what nobody has looked over yet, and how a draft came to be."""
    columns = "id, at, account_id, who, site_id, action, subject, subject_id, before, after"
    return f"""INSERT INTO recent_edit ({columns})
        SELECT {columns} FROM audit_entry a WHERE a.at > {SINCE[dialect]}
        OR (a.action IN ({SHOWN}) AND EXISTS (
            SELECT 1 FROM site s WHERE s.id = a.site_id AND s.looked_upto < a.id))
        OR (a.subject = 'programme' AND EXISTS (SELECT 1 FROM programme p
            WHERE p.id = a.subject_id AND p.first_published_at IS NULL))"""  # noqa: S608 - our own names


# The numbers go on behind those of the log: forms that are open now name a line of it.
RECENT_SQLITE = Sql(
    _recent("sqlite"),
    """INSERT INTO sqlite_sequence (name, seq) SELECT 'recent_edit', 0
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'recent_edit')""",
    """UPDATE sqlite_sequence SET seq = (SELECT COALESCE(MAX(id), 0) FROM audit_entry)
        WHERE name = 'recent_edit'""",
    only="sqlite",
)
RECENT_POSTGRES = Sql(
    _recent("postgres"),
    """SELECT setval(pg_get_serial_sequence('recent_edit', 'id'),
        (SELECT COALESCE(MAX(id), 0) + 1 FROM audit_entry), false)""",
    only="postgres",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0033_codes_that_wait")]
    operations = [
        COLUMNS,
        TABLES,
        TAKE_OVER,
        FROM_SQLITE,
        FROM_POSTGRES,
        RECENT_SQLITE,
        RECENT_POSTGRES,
    ]
