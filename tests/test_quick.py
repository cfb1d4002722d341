"""A test of pure rules runs in a moment: the app is imported where a test needs it."""

import subprocess
import sys

from tour.settings import ROOT

HEAVY = ("tour.app", "tortoise", "numba", "weasyprint", "folium", "aiosmtpd", "jinja2")


def test_what_all_tests_share_imports_nothing_heavy() -> None:
    script = f"import sys, tests.conftest; print(*(n for n in {HEAVY} if n in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert ran.stdout.decode().split() == []
