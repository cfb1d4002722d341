"""What is said: finished text in the recipient's language, and its form on the wire.

The form is that of Declarative Web Push (Push API, "declarative push message"; Safari 18.4), which
our service worker reads as well, so that there is one form for every browser.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from tour.notifications.schedule import is_near
from tour.seal import Seal

MAX_BYTES = 2000
"""Safe with every push service; the standard's 4,096 (RFC 8030, 7.2) is not."""
SHORT_BYTES = 900
"""For a service that answers 413 even so."""
MAX_TITLE = 120
TIMED = re.compile(r"\d{1,2}:\d\d ")
"""How a line of a day's reminder begins."""
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the notification. `url` is a path of ours, such as `/reservations/…`."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """`url` is the path that a tap opens. Phones show two actions at most, so put them in order."""

    title: str
    body: str
    url: str
    actions: tuple[Action, ...] = ()

    def sealed(self, seal: Seal) -> "Message":
        """Kept so that only who has the server's secret reads its text and its address."""
        return replace(self, body=seal.close(self.body), url=seal.close(self.url))

    def opened(self, seal: Seal) -> "Message":
        """As it was before `sealed`; raises Unsealable. What was not sealed is as it is."""
        return replace(self, body=seal.open(self.body), url=seal.open(self.url))


MADE_AS_IT_LEAVES = Message("", "", "")
"""Stands for the words of a kind that has its own function for them (see `wording`)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reminder's text as it is kept, of which a message may hold several."""

    reminder_id: int
    revision: int
    key: str
    title: str
    body: str
    url: str
    actions: list[dict[str, str]]

    @property
    def message(self) -> Message:
        actions = tuple(Action(**action) for action in self.actions)
        return Message(self.title, self.body, self.url, actions)


def joined(parts: Sequence[Part]) -> Message:
    """One message of all parts. Each line of a day's reminder begins with its time, so sorting
    brings the visits into order; a tap is about the first of them. Parts that open the same page
    say the same, so the first of these stands for all. Each part has its own buttons, the last kind
    first, and says by its time which is whose."""
    if len(parts) > 1 and is_near(parts[0].key):
        return _near(parts)
    parts = [*{part.url: part for part in reversed(parts)}.values()][::-1]
    first = min(parts, key=lambda part: part.body)
    body = first.body
    if len(parts) > 1:
        body = "\n".join(sorted({line for part in parts for line in part.body.splitlines()}))
    if len(parts) > 1 and all(TIMED.match(part.body) for part in parts):
        return Message(first.title, body, first.url, _own_buttons(parts))
    return replace(first.message, body=body)


def _near(parts: Sequence[Part]) -> Message:
    """That sessions begin and that it is time to leave, said at once: each session once, with its
    way where one part knows it, and what all end with once."""
    sessions: dict[tuple[str, str], Part] = {}
    for part in sorted(parts, key=lambda part: part.body):
        of_session = (part.body.partition("\n")[0], part.url)
        known = sessions.get(of_session)
        if known is None or part.body.count("\n") > known.body.count("\n"):
            sessions[of_session] = part
    told = list(sessions.values())
    lines = [part.body.splitlines() for part in told]
    for these, following in pairwise(lines):
        if these[-1] == following[-1]:
            these.pop()
    body = "\n".join(dict.fromkeys("\n".join(these) for these in lines if these))
    title = " · ".join(dict.fromkeys(part.title for part in parts))
    only = tuple(Action(**action) for action in told[0].actions)
    return Message(title, body, told[0].url, _own_buttons(told) if len(told) > 1 else only)


def _own_buttons(parts: Sequence[Part]) -> tuple[Action, ...]:
    """Of each part its QR code, then of each that it cannot come …: two are seen on a phone."""
    ordered = sorted(parts, key=lambda part: part.body)
    kinds = max(len(part.actions) for part in ordered)
    return tuple(
        Action(f"{action['title']} {part.body.split(maxsplit=1)[0]}", action["url"])
        for kind in range(1, kinds + 1)
        for part in ordered
        for action in part.actions[-kind : len(part.actions) - kind + 1]
    )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with what the phone needs to show it once: equal tags replace each other.

    `revision` tells a text that changed (the phone may sound again) from one sent twice.
    """

    message: Message
    tag: str
    revision: int
    lang: str
    base_url: str


def payload(envelope: Envelope, max_bytes: int = MAX_BYTES) -> bytes:
    """The JSON to encrypt, shortened to `max_bytes` of UTF-8: first its actions, the last ones
    before the first, then its text."""
    actions = envelope.message.actions
    for kept in range(len(actions), 0, -1):
        shorter = replace(envelope.message, actions=actions[:kept])
        raw = _encode(replace(envelope, message=shorter))
        if len(raw) <= max_bytes:
            return raw
    plain = replace(envelope, message=replace(envelope.message, actions=()))
    body = envelope.message.body
    while body and len(_encode(plain)) > max_bytes:
        body = body[: len(body) * 3 // 4]
        plain = replace(plain, message=replace(plain.message, body=f"{body.rstrip()}…"))
    return _encode(plain)


def _encode(envelope: Envelope) -> bytes:
    message, base = envelope.message, envelope.base_url
    notification = {
        "title": message.title[:MAX_TITLE],
        "body": message.body,
        "navigate": base + message.url,
        "tag": envelope.tag,
        "lang": envelope.lang.partition("-easy")[0],
        "data": {"revision": envelope.revision},
        "actions": [
            {"action": str(number), "title": action.title, "navigate": base + action.url}
            for number, action in enumerate(message.actions)
        ],
    }
    declarative = {"web_push": 8030, "notification": notification}
    return JSON.encode(declarative).encode()


def actions_as_rows(actions: tuple[Action, ...]) -> list[dict[str, str]]:
    return [asdict(action) for action in actions]
