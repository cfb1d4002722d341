"""Real material that tests and benches are compared with, where a setting names it.

    REAL_STREETS=FILE.osm.pbf   every walkable street of Kita City (an OpenStreetMap extract)
    REAL_PLANNER=FOLDER         instances.json, day_cases.json: days whose best plans are known

It is no part of the project: what the tests need, they draw or make themselves.
"""

import os
from pathlib import Path

import pytest

STREETS = Path(os.environ.get("REAL_STREETS", ""))
PLANNER = Path(os.environ.get("REAL_PLANNER", ""))

needs_real_streets = pytest.mark.skipif(
    not STREETS.is_file(), reason="compares with real streets: set REAL_STREETS=FILE.osm.pbf"
)
needs_real_planner = pytest.mark.skipif(
    not (PLANNER / "instances.json").is_file(),
    reason="compares with known best plans: set REAL_PLANNER=FOLDER",
)
