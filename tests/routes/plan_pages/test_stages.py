"""How a plan stands, in one table."""

import pytest

from tour.routes.plan_pages.alternatives import OnFoot
from tour.routes.plan_pages.views import PlanStage, plan_stage

TABLE = [
    (True, True, True, PlanStage.OVER),
    (True, False, False, PlanStage.OVER),
    (False, False, True, PlanStage.BROKEN),
    (False, False, False, PlanStage.BROKEN),
    (False, True, True, PlanStage.BEST),
    (False, True, False, PlanStage.WORKS),
]


@pytest.mark.parametrize(("is_over", "works", "is_best", "stage"), TABLE)
def test_stages(*, is_over: bool, works: bool, is_best: bool, stage: PlanStage) -> None:
    assert plan_stage(is_over=is_over, works=works, is_best=is_best) == stage


@pytest.mark.parametrize(
    ("more_m", "said"),
    [(120, "W more on foot"), (-90, "W less on foot"), (0, "as far on foot as before")],
)
def test_what_a_change_costs_on_foot(more_m: int, said: str) -> None:
    on_foot = OnFoot.of(more_m)
    assert on_foot.way_m == abs(more_m)
    assert on_foot.text.filled(way="W").in_language("en") == said
