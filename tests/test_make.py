"""Setting up: once for what the lock files say, whatever times the files have."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tour.settings import ROOT

FILES = ("requirements.lock", "requirements-dev.lock", "pyproject.toml")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A tree whose Python writes down what it is asked for instead of doing it."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / "scripts" / "set-up", tmp_path / "scripts")
    (tmp_path / "scripts" / "install-print").write_text("exit 0\n")
    python = tmp_path / "venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n')
    python.chmod(0o755)
    return tmp_path


def set_up(clone: Path, what: str) -> list[str]:
    asked = clone / "venv" / "bin" / "asked"
    asked.unlink(missing_ok=True)
    environ = os.environ | {"VENV": "venv"}
    subprocess.run(["sh", "scripts/set-up", what], cwd=clone, env=environ, check=True)
    return asked.read_text().splitlines() if asked.exists() else []


@pytest.mark.parametrize(
    ("what", "lock"), [("run", "requirements.lock"), ("tools", "requirements-dev.lock")]
)
def test_what_is_installed_once_stays_until_a_lock_file_says_something_else(
    clone: Path, what: str, lock: str
) -> None:
    assert any(lock in line for line in set_up(clone, what))
    for name in FILES:
        os.utime(clone / name, (2_000_000_000, 2_000_000_000))
    assert set_up(clone, what) == []
    with (clone / lock).open("a") as file:
        file.write("# another\n")
    assert any(lock in line for line in set_up(clone, what))


@pytest.mark.parametrize("target", ["messages", "fmt", "check", "bench"])
def test_tools_need_no_browser(target: str) -> None:
    ran = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "scripts/set-up tools" in ran.stdout
    assert "install-browser" not in ran.stdout
