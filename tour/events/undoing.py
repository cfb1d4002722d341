"""What an event was before a change that can be taken back for a moment, and is again after it.

Only what the change itself has changed is put back, and only where nobody has changed it since: a
place that says yes in that minute has said yes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.events.editing import STAYS, SUBJECT, part_fields, parts_of, stand_anew
from tour.events.models import Event, Participation

Standing = Mapping[str, Any]
"""An event's days, whether it is public, and its parts by site, as JSON keeps them."""
FIELDS = ("is_published", "starts_on", "ends_on", "days_off")
DATES = ("starts_on", "ends_on")
PARTS = "parts"
PART = ("number", "role", "answer", *STAYS)


async def standing_of(event_id: int) -> Standing:
    """The event as it stands in this transaction."""
    event = await Event.get(id=event_id)
    rows = await Participation.filter(event_id=event_id).values("site_id", *PART)
    parts = {str(row["site_id"]): {name: _as_json(row[name]) for name in PART} for row in rows}
    stands = {name: getattr(event, name) for name in FIELDS}
    return {**stands, **{name: stands[name].isoformat() for name in DATES}, PARTS: parts}


async def put_back(
    event_id: int, before: Standing, after: Standing, *, actor: Actor, now: datetime
) -> None:
    """Undo the change that lies between the two; the caller's transaction is the undo's."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.undo", now=now) as change:
        await change.lock(Event, event_id)
        present = await standing_of(event_id)
        fields = {
            name: before[name] for name in FIELDS if before[name] != after[name] == present[name]
        }
        change.after = {"published" if n == "is_published" else n: v for n, v in fields.items()}
        stored = {n: date.fromisoformat(v) if n in DATES else v for n, v in fields.items()}
        await Event.filter(id=event_id).update(**stored, updated_at=now)
        if parts := _parts_again(before[PARTS], after[PARTS], present[PARTS]):
            await _write_parts(change, event_id, parts)
            change.after |= part_fields(await parts_of(event_id))
        await stand_anew(change, event_id)


def _parts_again(before: Standing, after: Standing, present: Standing) -> dict[str, Any]:
    """The parts once the change is undone; nothing where it had changed none."""
    changed = [
        site
        for site in {**before, **after}
        if before.get(site) != after.get(site) and after.get(site) == present.get(site)
    ]
    if not changed:
        return {}
    kept = {site: dict(part) for site, part in present.items() if site not in changed}
    again = {site: dict(before[site]) for site in changed if site in before}
    taken = {part["number"] for part in kept.values()}
    for part in again.values():
        while part["number"] in taken:  # somebody has given it away meanwhile
            part["number"] += 1
        taken.add(part["number"])
    return {**kept, **again}


async def _write_parts(_change: Change, event_id: int, parts: Mapping[str, Any]) -> None:
    """Written anew as a whole: two places may have swapped their numbers."""
    await Participation.filter(event_id=event_id).delete()
    rows = [Participation(event_id=event_id, site_id=int(i), **part) for i, part in parts.items()]
    await Participation.bulk_create(rows)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
