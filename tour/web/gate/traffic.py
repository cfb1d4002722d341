"""How many requests this process has answered, by page and status: counts only, never addresses."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """Since the process started. The pages are names of `urls.py`, so there are few."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: float = 0.0

    def note(self, page: str, status: int, seconds: float) -> None:
        self.requests[page, status] += 1
        self.seconds += seconds
