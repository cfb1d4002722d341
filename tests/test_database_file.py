"""The SQLite file on the disk."""

import asyncio
from pathlib import Path

from tortoise.connection import get_connection

from tour import db


def test_a_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """A new one, one that others could read before, and what SQLite keeps beside it."""
    path = tmp_path / "new" / "tour.sqlite3"
    for mode in (None, 0o644):
        if mode:
            path.chmod(mode)
        seen = asyncio.run(_modes_while_open(path))
        assert set(seen) == {path.name, f"{path.name}-wal", f"{path.name}-shm"}
        assert set(seen.values()) == {"0o600"}
        assert oct(path.stat().st_mode & 0o777) == "0o600"


async def _modes_while_open(path: Path) -> dict[str, str]:
    async with db.opened(f"sqlite://{path}"):
        await get_connection("default").execute_script("CREATE TABLE IF NOT EXISTS t (a INT)")
        return {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
