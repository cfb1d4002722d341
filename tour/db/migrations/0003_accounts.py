"""People who sign in, what they changed, photos, a site's day, arrivals."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

AUDIT = Sql(
    """CREATE TABLE audit_entry (
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
    "CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_id)",
    "CREATE INDEX audit_entry_site ON audit_entry (site_id)",
    """CREATE TABLE removal (
        id {id},
        subject VARCHAR(20) NOT NULL,
        subject_id {ref} NOT NULL,
        site_id {ref},
        label VARCHAR(200) NOT NULL,
        who VARCHAR(100) NOT NULL,
        removed_at {instant} NOT NULL,
        UNIQUE (subject, subject_id)
    )""",
    "CREATE INDEX removal_site ON removal (site_id)",
)

ACCOUNTS = Sql(
    """CREATE TABLE account (
        id {id},
        email VARCHAR(254) NOT NULL UNIQUE,
        name VARCHAR(100) NOT NULL,
        role VARCHAR(20) NOT NULL,
        lang VARCHAR(20) NOT NULL,
        handle VARCHAR(90) NOT NULL UNIQUE,
        recipient_id {ref} NOT NULL REFERENCES recipient (id) ON DELETE RESTRICT,
        is_sample {bool} NOT NULL,
        created_at {instant} NOT NULL
    )""",
    "CREATE INDEX account_recipient ON account (recipient_id)",
    """CREATE TABLE membership (
        id {id},
        account_id {ref} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        created_at {instant} NOT NULL,
        UNIQUE (account_id, site_id)
    )""",
    "CREATE INDEX membership_site ON membership (site_id)",
    """CREATE TABLE account_session (
        id {id},
        account_id {ref} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        token_hash VARCHAR(64) NOT NULL UNIQUE,
        device VARCHAR(80) NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        ended_at {instant}
    )""",
    "CREATE INDEX account_session_account ON account_session (account_id)",
    """CREATE TABLE invitation (
        id {id},
        token_hash VARCHAR(64) NOT NULL UNIQUE,
        site_id {ref} REFERENCES site (id) ON DELETE CASCADE,
        role VARCHAR(20) NOT NULL,
        email VARCHAR(254) NOT NULL,
        recipient_id {ref} REFERENCES recipient (id) ON DELETE RESTRICT,
        invited_by VARCHAR(100) NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        accepted_at {instant},
        revoked_at {instant}
    )""",
    "CREATE INDEX invitation_site ON invitation (site_id)",
    "CREATE INDEX invitation_recipient ON invitation (recipient_id)",
    """CREATE TABLE sign_in_link (
        id {id},
        account_id {ref} REFERENCES account (id) ON DELETE CASCADE,
        invitation_id {ref} REFERENCES invitation (id) ON DELETE CASCADE,
        email VARCHAR(254) NOT NULL,
        token_hash VARCHAR(64) NOT NULL UNIQUE,
        browser_hash VARCHAR(64) NOT NULL,
        next_path VARCHAR(300) NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        used_at {instant}
    )""",
    "CREATE INDEX sign_in_link_account ON sign_in_link (account_id)",
    "CREATE INDEX sign_in_link_invitation ON sign_in_link (invitation_id)",
    "CREATE INDEX sign_in_link_email ON sign_in_link (email)",
    """CREATE TABLE passkey (
        id {id},
        account_id {ref} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        credential_id VARCHAR(1400) NOT NULL UNIQUE,
        public_key TEXT NOT NULL,
        sign_count BIGINT NOT NULL,
        name VARCHAR(80) NOT NULL,
        created_at {instant} NOT NULL
    )""",
    "CREATE INDEX passkey_account ON passkey (account_id)",
    """CREATE TABLE passkey_challenge (
        id {id},
        browser_hash VARCHAR(64) NOT NULL,
        challenge VARCHAR(90) NOT NULL,
        expires_at {instant} NOT NULL
    )""",
    "CREATE INDEX passkey_challenge_browser ON passkey_challenge (browser_hash)",
)

DOORS = Sql(
    """CREATE TABLE photo (
        id {id},
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        name VARCHAR(40) NOT NULL,
        width SMALLINT NOT NULL CHECK (width > 0),
        height SMALLINT NOT NULL CHECK (height > 0),
        alt VARCHAR(200) NOT NULL,
        translations {json} NOT NULL,
        position SMALLINT NOT NULL,
        created_at {instant} NOT NULL
    )""",
    "CREATE INDEX photo_site ON photo (site_id)",
    """CREATE TABLE site_day (
        id {id},
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        on_date DATE NOT NULL,
        state VARCHAR(20) NOT NULL,
        closed_minute SMALLINT CHECK (closed_minute BETWEEN 0 AND 1440),
        waiting_minutes SMALLINT NOT NULL CHECK (waiting_minutes BETWEEN 0 AND 240),
        walk_ins INT NOT NULL CHECK (walk_ins >= 0),
        walk_in_cap INT CHECK (walk_in_cap >= 0),
        UNIQUE (site_id, on_date),
        CHECK (walk_ins <= walk_in_cap)
    )""",
    """CREATE TABLE arrival (
        id {id},
        place_id {ref} NOT NULL UNIQUE REFERENCES place (id) ON DELETE CASCADE,
        arrived_at {instant} NOT NULL
    )""",
)


class Migration(TortoiseMigration):
    dependencies = [("models", "0001_initial")]
    operations = [AUDIT, ACCOUNTS, DOORS]
