"""The scripts of the pages are checked by TypeScript where it is there, and only there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tour.settings import ROOT

HAS_TSC = bool(shutil.which("node") and shutil.which("tsc"))


def check(folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/check-scripts"],
        cwd=folder,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_checker_only_that_is_said(tmp_path: Path) -> None:
    done = check(ROOT, str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert "not checked" in done.stdout


@pytest.mark.skipif(not HAS_TSC, reason="node or tsc is missing")
@pytest.mark.parametrize("line", ["", 'document.querySelector("main").hiden = true;'])
def test_with_it_a_slip_is_found(tmp_path: Path, line: str) -> None:
    for folder in ("scripts", "static/js"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    script = tmp_path / "static/js/page.js"
    script.write_text(f"{script.read_text('utf-8')}\n{line}\n", "utf-8")
    done = check(tmp_path, os.environ["PATH"])
    assert done.returncode == (2 if line else 0), done.stdout
    assert ("hiden" in done.stdout) == bool(line)
