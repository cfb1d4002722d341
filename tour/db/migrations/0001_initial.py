"""The first tables: catalogue, events, programmes, reservations, reminders, walking routes."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql

SITES = Sql(
    """CREATE TABLE craft (
        id VARCHAR(40) PRIMARY KEY NOT NULL,
        kind VARCHAR(20) NOT NULL,
        name VARCHAR(100) NOT NULL,
        name_kana VARCHAR(100) NOT NULL,
        romaji VARCHAR(100) NOT NULL,
        emblem VARCHAR(40) NOT NULL,
        translations {json} NOT NULL
    )""",
    """CREATE TABLE site (
        id {id},
        slug VARCHAR(80) NOT NULL UNIQUE,
        kind VARCHAR(20) NOT NULL,
        craft_id VARCHAR(40) REFERENCES craft (id) ON DELETE RESTRICT,
        name VARCHAR(200) NOT NULL,
        name_kana VARCHAR(200) NOT NULL,
        summary TEXT NOT NULL,
        description TEXT NOT NULL,
        access_note TEXT NOT NULL,
        translations {json} NOT NULL,
        address VARCHAR(300) NOT NULL,
        lat {real} CHECK (lat BETWEEN -90 AND 90),
        lon {real} CHECK (lon BETWEEN -180 AND 180),
        entrance_lat {real} CHECK (entrance_lat BETWEEN -90 AND 90),
        entrance_lon {real} CHECK (entrance_lon BETWEEN -180 AND 180),
        point_quality VARCHAR(20) NOT NULL,
        point_source VARCHAR(200) NOT NULL,
        access_features {json} NOT NULL,
        languages {json} NOT NULL,
        url VARCHAR(500) NOT NULL,
        is_sample {bool} NOT NULL,
        is_published {bool} NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        CHECK ((lat IS NULL) = (lon IS NULL)),
        CHECK ((entrance_lat IS NULL) = (entrance_lon IS NULL))
    )""",
    "CREATE INDEX site_craft ON site (craft_id)",
    """CREATE TABLE opening_hours (
        id {id},
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        weekday SMALLINT NOT NULL CHECK (weekday BETWEEN 0 AND 6),
        opens_minute SMALLINT NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
        closes_minute SMALLINT NOT NULL CHECK (closes_minute <= 2880),
        CHECK (opens_minute < closes_minute)
    )""",
    "CREATE INDEX opening_hours_site ON opening_hours (site_id)",
    """CREATE TABLE hours_exception (
        id {id},
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        on_date DATE NOT NULL,
        opens_minute SMALLINT CHECK (opens_minute BETWEEN 0 AND 1439),
        closes_minute SMALLINT CHECK (closes_minute <= 2880),
        note VARCHAR(200) NOT NULL,
        translations {json} NOT NULL,
        CHECK ((opens_minute IS NULL) = (closes_minute IS NULL)),
        CHECK (opens_minute < closes_minute)
    )""",
    "CREATE INDEX hours_exception_site ON hours_exception (site_id, on_date)",
    """CREATE TABLE station (
        id VARCHAR(40) PRIMARY KEY NOT NULL,
        name VARCHAR(100) NOT NULL,
        name_kana VARCHAR(100) NOT NULL,
        translations {json} NOT NULL,
        kind VARCHAR(20) NOT NULL,
        lat {real} NOT NULL,
        lon {real} NOT NULL
    )""",
    "CREATE TABLE catalogue_revision (id {id}, number BIGINT NOT NULL)",
    "INSERT INTO catalogue_revision (id, number) VALUES (1, 0)",
)

EVENTS = Sql(
    """CREATE TABLE event (
        id {id},
        slug VARCHAR(80) NOT NULL UNIQUE,
        title VARCHAR(200) NOT NULL,
        summary TEXT NOT NULL,
        description TEXT NOT NULL,
        translations {json} NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE NOT NULL,
        opens_minute SMALLINT NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
        closes_minute SMALLINT NOT NULL CHECK (closes_minute <= 2880),
        timezone VARCHAR(60) NOT NULL,
        booking_opens_at {instant},
        is_published {bool} NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        CHECK (starts_on <= ends_on),
        CHECK (opens_minute < closes_minute)
    )""",
    """CREATE TABLE participation (
        id {id},
        event_id {ref} NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        number SMALLINT NOT NULL CHECK (number > 0),
        role VARCHAR(20) NOT NULL,
        UNIQUE (event_id, site_id),
        UNIQUE (event_id, number)
    )""",
    "CREATE INDEX participation_site ON participation (site_id)",
)

PROGRAMMES = Sql(
    """CREATE TABLE programme (
        id {id},
        slug VARCHAR(80) NOT NULL UNIQUE,
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        event_id {ref} REFERENCES event (id) ON DELETE SET NULL,
        title VARCHAR(200) NOT NULL,
        summary TEXT NOT NULL,
        bring TEXT NOT NULL,
        translations {json} NOT NULL,
        minutes SMALLINT NOT NULL CHECK (minutes > 0),
        price_yen INT NOT NULL CHECK (price_yen >= 0),
        min_age SMALLINT CHECK (min_age >= 0),
        max_age SMALLINT CHECK (max_age >= min_age),
        max_party SMALLINT NOT NULL CHECK (max_party > 0),
        needs_adult {bool} NOT NULL,
        questions {json} NOT NULL,
        languages {json} NOT NULL,
        is_published {bool} NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL
    )""",
    "CREATE INDEX programme_site ON programme (site_id)",
    "CREATE INDEX programme_event ON programme (event_id)",
    """CREATE TABLE slot (
        id {id},
        programme_id {ref} NOT NULL REFERENCES programme (id) ON DELETE CASCADE,
        starts_at {instant} NOT NULL,
        ends_at {instant} NOT NULL,
        capacity SMALLINT NOT NULL CHECK (capacity >= 0),
        seats_taken SMALLINT NOT NULL,
        seats_kept SMALLINT NOT NULL CHECK (seats_kept >= 0),
        allocation VARCHAR(20) NOT NULL,
        status VARCHAR(20) NOT NULL,
        booking_opens_at {instant},
        booking_closes_at {instant} NOT NULL,
        CONSTRAINT slot_never_oversold CHECK (seats_taken BETWEEN 0 AND capacity - seats_kept),
        CHECK (starts_at < ends_at),
        UNIQUE (programme_id, starts_at)
    )""",
    "CREATE INDEX slot_starts_at ON slot (starts_at)",
    """CREATE TABLE booking_rules (
        id {id},
        event_id {ref} NOT NULL UNIQUE REFERENCES event (id) ON DELETE CASCADE,
        reservations_per_contact SMALLINT CHECK (reservations_per_contact > 0)
    )""",
)

NOTIFICATIONS = Sql(
    """CREATE TABLE recipient (
        id {id},
        token VARCHAR(40) NOT NULL UNIQUE,
        lang VARCHAR(20) NOT NULL,
        timezone VARCHAR(60) NOT NULL,
        email VARCHAR(254) NOT NULL,
        choices {json} NOT NULL,
        stopped_at {instant},
        created_at {instant} NOT NULL
    )""",
    """CREATE TABLE push_subscription (
        id {id},
        recipient_id {ref} NOT NULL REFERENCES recipient (id) ON DELETE CASCADE,
        endpoint VARCHAR(2048) NOT NULL,
        p256dh VARCHAR(120) NOT NULL,
        auth VARCHAR(40) NOT NULL,
        service VARCHAR(120) NOT NULL,
        created_at {instant} NOT NULL,
        UNIQUE (recipient_id, endpoint)
    )""",
    "CREATE INDEX push_subscription_endpoint ON push_subscription (endpoint)",
    """CREATE TABLE reminder (
        id {id},
        recipient_id {ref} NOT NULL REFERENCES recipient (id) ON DELETE CASCADE,
        key VARCHAR(80) NOT NULL,
        revision INT NOT NULL CHECK (revision > 0),
        title VARCHAR(200) NOT NULL,
        body TEXT NOT NULL,
        url VARCHAR(500) NOT NULL,
        actions {json} NOT NULL,
        due_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        status VARCHAR(20) NOT NULL,
        UNIQUE (recipient_id, key)
    )""",
    "CREATE INDEX reminder_due ON reminder (due_at) WHERE status = 'waiting'",
    """CREATE TABLE delivery (
        id {id},
        reminder_id {ref} NOT NULL REFERENCES reminder (id) ON DELETE CASCADE,
        revision INT NOT NULL,
        subscription_id {ref} REFERENCES push_subscription (id) ON DELETE SET NULL,
        service VARCHAR(120) NOT NULL,
        status VARCHAR(20) NOT NULL,
        attempts SMALLINT NOT NULL CHECK (attempts >= 0),
        next_attempt_at {instant} NOT NULL,
        problem VARCHAR(80) NOT NULL,
        finished_at {instant}
    )""",
    "CREATE INDEX delivery_reminder ON delivery (reminder_id)",
    "CREATE INDEX delivery_subscription ON delivery (subscription_id)",
    "CREATE INDEX delivery_due ON delivery (next_attempt_at) WHERE status = 'waiting'",
)

RESERVATIONS = Sql(
    """CREATE TABLE reservation (
        id {id},
        reference VARCHAR(40) NOT NULL UNIQUE,
        door_code VARCHAR(12) NOT NULL UNIQUE,
        name VARCHAR(100) NOT NULL,
        kana VARCHAR(100) NOT NULL,
        email VARCHAR(254) NOT NULL,
        phone VARCHAR(30) NOT NULL,
        adults SMALLINT NOT NULL CHECK (adults >= 0),
        children SMALLINT NOT NULL CHECK (children >= 0),
        lang VARCHAR(20) NOT NULL,
        email_key VARCHAR(254) NOT NULL,
        phone_key VARCHAR(20) NOT NULL,
        note TEXT NOT NULL,
        idempotency_key VARCHAR(80) NOT NULL UNIQUE,
        request_digest VARCHAR(64) NOT NULL,
        recipient_id {ref} NOT NULL REFERENCES recipient (id) ON DELETE RESTRICT,
        is_sample {bool} NOT NULL,
        consented_at {instant} NOT NULL,
        created_at {instant} NOT NULL,
        CHECK (adults + children > 0)
    )""",
    "CREATE INDEX reservation_recipient ON reservation (recipient_id)",
    "CREATE INDEX reservation_email_key ON reservation (email_key)",
    "CREATE INDEX reservation_phone_key ON reservation (phone_key)",
    """CREATE TABLE place (
        id {id},
        reservation_id {ref} NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,
        slot_id {ref} NOT NULL REFERENCES slot (id) ON DELETE RESTRICT,
        seats SMALLINT NOT NULL CHECK (seats > 0),
        status VARCHAR(20) NOT NULL,
        answers {json} NOT NULL,
        cancelled_at {instant},
        UNIQUE (reservation_id, slot_id)
    )""",
    "CREATE INDEX place_slot ON place (slot_id)",
    """CREATE TABLE waitlist_entry (
        id {id},
        reservation_id {ref} NOT NULL REFERENCES reservation (id) ON DELETE CASCADE,
        slot_id {ref} NOT NULL REFERENCES slot (id) ON DELETE RESTRICT,
        seats SMALLINT NOT NULL CHECK (seats > 0),
        status VARCHAR(20) NOT NULL,
        joined_at {instant} NOT NULL,
        offer_ends_at {instant},
        CHECK (status <> 'offered' OR offer_ends_at IS NOT NULL),
        UNIQUE (reservation_id, slot_id)
    )""",
    "CREATE INDEX waitlist_entry_queue ON waitlist_entry (slot_id, status, id)",
    "CREATE INDEX waitlist_entry_offer ON waitlist_entry (offer_ends_at) WHERE status = 'offered'",
    """CREATE TABLE draw (
        id {id},
        event_id {ref} REFERENCES event (id) ON DELETE SET NULL,
        status VARCHAR(20) NOT NULL,
        entries_close_at {instant} NOT NULL,
        draws_at {instant} NOT NULL,
        losers_first {bool} NOT NULL,
        commitment VARCHAR(64) NOT NULL,
        seed VARCHAR(64) NOT NULL,
        record {json} NOT NULL,
        created_at {instant} NOT NULL,
        CHECK (entries_close_at <= draws_at)
    )""",
    "CREATE INDEX draw_event ON draw (event_id)",
    """CREATE TABLE draw_slot (
        id {id},
        draw_id {ref} NOT NULL REFERENCES draw (id) ON DELETE CASCADE,
        slot_id {ref} NOT NULL UNIQUE REFERENCES slot (id) ON DELETE CASCADE,
        pools {json} NOT NULL
    )""",
    "CREATE INDEX draw_slot_draw ON draw_slot (draw_id)",
    """CREATE TABLE draw_entry (
        id {id},
        draw_id {ref} NOT NULL REFERENCES draw (id) ON DELETE CASCADE,
        reservation_id {ref} NOT NULL UNIQUE REFERENCES reservation (id) ON DELETE CASCADE,
        receipt VARCHAR(20) NOT NULL UNIQUE,
        ranking {json} NOT NULL,
        pools {json} NOT NULL,
        email_key VARCHAR(254) NOT NULL,
        phone_key VARCHAR(20) NOT NULL,
        status VARCHAR(20) NOT NULL,
        entered_at {instant} NOT NULL,
        won_slot_id {ref} REFERENCES slot (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX draw_entry_draw ON draw_entry (draw_id)",
    "CREATE INDEX draw_entry_slot ON draw_entry (won_slot_id)",
    """CREATE UNIQUE INDEX draw_entry_email ON draw_entry (draw_id, email_key)
        WHERE email_key <> '' AND status <> 'left'""",
    """CREATE UNIQUE INDEX draw_entry_phone ON draw_entry (draw_id, phone_key)
        WHERE phone_key <> '' AND status <> 'left'""",
)

ROUTES = Sql(
    """CREATE TABLE walking_route (
        id {id},
        slug VARCHAR(80) NOT NULL UNIQUE,
        event_id {ref} REFERENCES event (id) ON DELETE SET NULL,
        title VARCHAR(200) NOT NULL,
        summary TEXT NOT NULL,
        translations {json} NOT NULL,
        is_published {bool} NOT NULL
    )""",
    "CREATE INDEX walking_route_event ON walking_route (event_id)",
    """CREATE TABLE stop (
        id {id},
        walking_route_id {ref} NOT NULL REFERENCES walking_route (id) ON DELETE CASCADE,
        position SMALLINT NOT NULL,
        site_id {ref} NOT NULL REFERENCES site (id) ON DELETE CASCADE,
        stay_minutes SMALLINT NOT NULL,
        UNIQUE (walking_route_id, position)
    )""",
    "CREATE INDEX stop_site ON stop (site_id)",
)


class Migration(TortoiseMigration):
    initial = True
    operations = [SITES, EVENTS, PROGRAMMES, NOTIFICATIONS, RESERVATIONS, ROUTES]
