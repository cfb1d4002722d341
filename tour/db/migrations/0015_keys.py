"""An invitation knows who wrote it; a sign-in link has six digits to type beside it."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

INVITER = Sql(
    "ALTER TABLE invitation ADD COLUMN inviter_id {ref} REFERENCES account (id) ON DELETE SET NULL",
    "CREATE INDEX invitation_inviter ON invitation (inviter_id)",
    # Only where the name is one person's.
    """UPDATE invitation SET inviter_id = (
        SELECT min(a.id) FROM account a WHERE a.name = invitation.invited_by HAVING count(*) = 1
    )""",
)
CODE = Sql(
    "ALTER TABLE sign_in_link ADD COLUMN code_hash VARCHAR(64) NOT NULL DEFAULT ''",
    "ALTER TABLE sign_in_link ADD COLUMN tries SMALLINT NOT NULL DEFAULT 0",
    "CREATE INDEX sign_in_link_browser ON sign_in_link (browser_hash)",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0014_changes_sent_twice")]
    operations = [INVITER, CODE]
