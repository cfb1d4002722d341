"""What goes to a mail box that nobody has shown yet to read: anybody may have typed it.

It gets one confirmation a day, of a reservation or of giving it up, whoever asks for how many, no
test, and `MOST_LETTERS` a day in all: a thousand reservations with somebody's address, called off,
are no thousand letters. Once its reader has stopped letters it gets none; those of visitors, and
those of people who tend a place or are staff, are stopped apart. What is held back waits
for the reader: the link at the end of each letter carries a key that no page shows (`reader_key`),
and a button there, or a code that comes back, proves the mail box. News of what was reserved is not
held back before that number; codes and links to sign in have limits of their own.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from tour.contacts.addresses import counting_key
from tour.db.plain import Row, fetch, numbers
from tour.notifications.models import PushSubscription, Recipient, Reminder
from tour.notifications.schedule import SAID_ONCE
from tour.notifications.states import ReminderStatus
from tour.notifications.urgency import urgency_sql
from tour.seal import Seal

RECEIPT, TEST, GIVEN_UP = "receipt", "test", "given-up:"
"""Keys of what a party's own buttons cause; the last one begins them."""
ONCE_IN = timedelta(days=1)
MOST_LETTERS = 10
"""In `ONCE_IN`, of all kinds but codes and links: more than a day with several sessions makes."""
MOST_TESTS = 3
TESTS_IN = timedelta(hours=1)
KEY_LETTERS = 32
BY_OWN_BUTTONS = f"{{key}} IN ('{RECEIPT}', '{TEST}') OR {{key}} LIKE '{GIVEN_UP}%'"
CANDIDATES = f"""
SELECT r.id, r.key, t.mail_box, t.email,
    CASE WHEN {BY_OWN_BUTTONS.format(key="r.key")} THEN 1 ELSE 0 END AS is_asked_for,
    EXISTS (SELECT 1 FROM recipient o
        WHERE o.mail_box = t.mail_box AND o.mail_stopped_at IS NOT NULL
            AND o.is_working = t.is_working AND o.proved_at IS NOT NULL) AS is_stopped,
    EXISTS (SELECT 1 FROM recipient o
        JOIN reminder e ON e.recipient_id = o.id
        JOIN delivery d ON d.reminder_id = e.id
        WHERE o.mail_box = t.mail_box AND e.due_at > $1
            AND ({BY_OWN_BUTTONS.format(key="e.key")})
            AND d.service = 'mail' AND d.status IN ('waiting', 'together', 'sent')) AS has_had_one,
    (SELECT COUNT(*) FROM recipient o
        JOIN reminder e ON e.recipient_id = o.id
        JOIN delivery d ON d.reminder_id = e.id
        WHERE o.mail_box = t.mail_box AND e.due_at > $1
            AND e.key NOT LIKE 'mail:%' AND e.key NOT LIKE 'asked:%'
            AND d.service = 'mail' AND d.status IN ('waiting', 'sent')) AS letters
FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE r.id IN ({{ids}}) AND t.proved_at IS NULL AND t.mail_box <> ''
    AND r.key NOT LIKE 'mail:%' AND r.key NOT LIKE 'asked:%'
    AND NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = t.id)
ORDER BY {urgency_sql("r.key")}, r.id
"""  # noqa: S608 - words of our own


async def held_back(reminder_ids: Sequence[int], now: datetime) -> set[int]:
    """Which of these are not mailed before their mail box is proved."""
    rows = await fetch(CANDIDATES.format(ids=numbers(reminder_ids)), now - ONCE_IN)
    held, written_to = set(), set()
    letters: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        is_asked_for = bool(row["is_asked_for"])
        had_one = row["has_had_one"] or row["mail_box"] in written_to
        new = letters[row["mail_box"]] | {_letter_of(row)}
        is_too_many = row["letters"] + len(new) > MOST_LETTERS
        is_again = row["key"] == TEST or (is_asked_for and had_one)
        if row["is_stopped"] or is_again or is_too_many:
            held.add(row["id"])
            continue
        letters[row["mail_box"]] = new
        if is_asked_for:
            written_to.add(row["mail_box"])
    return held


def _letter_of(row: Row) -> str:
    """What of one mail box has the same is one letter: to one address, of one spelling, what is
    said once (see `fan_out`)."""
    kind = str(row["key"]).partition(":")[0]
    return f"{row['key']} {row['email']}" if kind in SAID_ONCE else str(row["id"])


async def prove(recipient_id: int, *, now: datetime) -> None:
    """Its reader did what only they can: what was held back goes, for all who gave this mail box.

    In the caller's transaction.
    """
    reader = await Recipient.get(id=recipient_id)
    if not reader.mail_box:
        return
    unproved = Recipient.filter(mail_box=reader.mail_box, proved_at=None)
    ids = [int(row["id"]) for row in await unproved.values("id")]
    await Recipient.filter(id__in=ids).update(proved_at=now)
    held = Reminder.filter(recipient_id__in=ids, status=ReminderStatus.HELD, expires_at__gt=now)
    await (
        held.exclude(key=TEST)
        .exclude(key__startswith=GIVEN_UP)
        .update(status=ReminderStatus.WAITING)
    )


async def may_be_written_to(recipient_id: int) -> bool:
    """Whether a button may tell them something again: in a browser that asked for it, or in a mail
    box that is theirs."""
    if await PushSubscription.exists(recipient_id=recipient_id):
        return True
    return await Recipient.filter(id=recipient_id).exclude(proved_at=None).exists()


async def wants_no_letters(email: str) -> bool:
    """Whether the reader of this mail box has stopped letters about their work for a place. What
    they stopped as a visitor is another matter."""
    stopped = Recipient.filter(is_working=True, mail_stopped_at__not_isnull=True)
    mine = stopped.filter(mail_box=counting_key(email))
    return bool(email) and await mine.exclude(proved_at=None).exists()


async def was_held_back(recipient_id: int) -> bool:
    """Whether its confirmation waits for the reader of the mail box."""
    held = Reminder.filter(recipient_id=recipient_id, key=RECEIPT, status=ReminderStatus.HELD)
    return await held.exists()


async def has_had_tests(recipient_id: int, now: datetime) -> bool:
    """Whether this mail box was sent as many tests as it gets, whoever asked for them."""
    reader = await Recipient.get(id=recipient_id)
    if not reader.mail_box:
        return False
    lately = Reminder.filter(recipient__mail_box=reader.mail_box, key=TEST)
    tests = await lately.filter(due_at__gt=now - TESTS_IN).values("revision")
    return sum(int(test["revision"]) for test in tests) >= MOST_TESTS


def reader_key(token: str, seal: Seal) -> str:
    """What only who reads the mail box has, beside the token that pages show, too."""
    return seal.fingerprint(f"reader:{token}")[:KEY_LETTERS]
