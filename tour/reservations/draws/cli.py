"""`tour draw verify`: run a published draw again, without the app and its database."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from tour.errors import ConfigurationError
from tour.reservations.draws.lottery import verify


@click.group(help="Draws that anybody can check.")
def draw() -> None:
    """The group; its commands need no settings."""


@draw.command("verify", help="Check a draw's public record (JSON, - for standard input).")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def verify_file(file: Path) -> None:
    """Exit code 1 when the record breaks a promise, 2 when it cannot be read."""
    record = _read(file)
    if "seed" not in record:
        raise ConfigurationError(f"{file}: this draw has not been held: it shows no seed yet")
    problems = verify(record)
    for problem in problems:
        click.echo(f"WRONG: {problem}")
    if problems:
        sys.exit(1)
    result = list(record["result"])
    won = sum(slot is not None for _receipt, slot in result)
    click.echo(f"As promised: {len(result)} parties, {won} with a place.")


def _read(file: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        record = json.loads(text)
    except (OSError, ValueError) as exc:
        raise ConfigurationError(f"{file}: cannot be read as JSON: {exc}") from exc
    if not isinstance(record, dict):
        raise ConfigurationError(f"{file}: not the record of a draw, which is a JSON object")
    return record
