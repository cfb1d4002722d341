"""`make bench`: every measurement, each in a process of its own, one after the other."""

import subprocess
import sys

MEASUREMENTS = (
    "pages",
    "taps",
    "search",
    "streets",
    "planner",
    "reservations",
    "draws",
    "imports",
    "newcomers",
    "reminders",
    "phone",
)
TIME_LIMIT = 1200


def main() -> int:
    failed = 0
    for name in MEASUREMENTS:
        print(f"--- {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}"]
        failed |= subprocess.run(command, timeout=TIME_LIMIT, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
