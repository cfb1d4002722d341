"""Answers to hosts' questions: what was known by its place in a list carries its wording."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

import json
from typing import Any

from tortoise.connection import get_connection

from tests.test_migrations import count_rows, fill, migrate_to
from tests.test_migrations import empty_url as empty_url
from tour import db

QUESTIONS = [
    {"text": "アレルギーは？", "required": True, "translations": {"en": {"text": "Allergies?"}}},
    {"text": "お子さんの『年齢』は？", "required": False},
]
WORDED = [
    {
        "text": "アレルギーは？",
        "translations": {"en": {"text": "Allergies?"}},
        "answer": 'そば\'s "粉"',
    },
    {"text": "お子さんの『年齢』は？", "translations": {}, "answer": "7歳"},
    {"text": "", "translations": {}, "answer": "三つ目"},
]
"""The third question has been taken out since."""


def _json(value: Any) -> str:
    return "'" + json.dumps(value, ensure_ascii=False).replace("'", "''") + "'"


async def _stored(table: str) -> Any:
    [row] = await get_connection("default").execute_query_dict(f"SELECT answers FROM {table}")
    return json.loads(row["answers"]) if isinstance(row["answers"], str) else row["answers"]


async def test_every_answer_gets_the_words_of_its_question(empty_url: str) -> None:
    await migrate_to(empty_url, "0035_revisions")
    answers = ['そば\'s "粉"', "7歳", "三つ目", ""]
    async with db.opened(empty_url):
        await fill()
        client = get_connection("default")
        await client.execute_query(f"UPDATE programme SET questions = {_json(QUESTIONS)}")
        [slot] = await client.execute_query_dict("SELECT id FROM slot")
        for table in ("place", "waitlist_entry"):
            await client.execute_query(
                f"UPDATE {table} SET answers = {_json(answers)}, slot_id = {slot['id']}"
            )
        entered = {str(slot["id"]): answers, "999": ["weg"]}
        await client.execute_query(f"UPDATE draw_entry SET answers = {_json(entered)}")
        before = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await count_rows()).items() >= before.items()
        assert await _stored("place") == await _stored("waitlist_entry") == WORDED
        assert await _stored("draw_entry") == {
            str(slot["id"]): WORDED,
            "999": [{"text": "", "translations": {}, "answer": "weg"}],
        }


async def test_who_has_answered_nothing_stays_so(empty_url: str) -> None:
    await migrate_to(empty_url, "0035_revisions")
    async with db.opened(empty_url):
        await fill()
        await get_connection("default").execute_query("UPDATE draw_entry SET answers = '{}'")
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await _stored("place"), await _stored("draw_entry")) == ([], {})
