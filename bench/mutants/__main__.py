"""`make mutants`: slips drawn at random from the core, and how many of them a test notices.

Each slip (a boundary off by one, a condition left out, a step forgotten, …) is written into a copy
of the tree; then the tests run that ran its line when they were recorded. Nothing needs the
network. What survives is printed with its difference: either a test of that kind is missing, or
the line does not matter.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.mutants.covering import Covered, Covering
from bench.mutants.slips import Slip, slips_in
from bench.mutants.trial import (
    CPU_SECONDS,
    Job,
    Outcome,
    Result,
    copy_tree,
    record_tests,
    result_of,
    run_all,
    run_tests,
    warm_up,
)

CORE = {
    "reservations": (
        "rules parties service one_statement changes waitlist offers offering arrivals absences "
        "draws draw_results draw_seating lottery calendar appointments"
    ),
    "programmes": "service editing slot_editing rules",
    "notifications": "service worker trying enclosing schedule",
    "routes": "planner_* day proposals planning plan_forms exports",
    "sites": "hours hours_text search import*",
    "words": "folding",
    "events": "views agenda",
}
"""By folder under `tour/`, the files in which a slip costs somebody a seat, a day or a word."""
COMPILED = "@compiled"
"""What files of the planner say whose functions run as machine code."""
SECONDS_EACH = 60.0
"""Of recorded test time for one slip, the nearest tests first."""
NEAR = (
    *("reservations", "programmes", "routes", "hosts", "sites", "notifications"),
    *("events", "staff", "pages", "api", "story", "participation"),
)
"""Where the tests are that ask what the core knows, in this process; and who may do what."""
ROLES = "tests/test_roles.py"


class Tree:
    """The tree as it stands, its core, and its tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        folders = {name: root / "tour" / name for name in CORE}
        watched = [path for folder in folders.values() for path in sorted(folder.glob("*.py"))]
        self.sources = {str(path.relative_to(root)): path.read_text("utf-8") for path in watched}
        self.core = sorted(
            str(path.relative_to(root))
            for name, files in CORE.items()
            for file in files.split()
            for path in folders[name].glob(f"{file}.py")
        )
        near = [p for name in NEAR for p in sorted((root / "tests" / name).glob("test_*.py"))]
        self.tests = [*(str(path.relative_to(root)) for path in near), ROLES]

    def is_compiled(self, path: str) -> bool:
        return COMPILED in self.sources[path]

    def recordings(self) -> Iterator[tuple[str, bool]]:
        """Test files, and whether without machine code: those of the planner both ways."""
        for file in self.tests:
            yield file, False
            if "/routes/test_planner" in file or file.endswith("routes/test_day.py"):
                yield file, True


def named(file: str, plain: bool) -> str:
    return f"plain/{file}" if plain else file


def record(tree: Tree, covered: Covered, copy: Path, processes: int) -> None:
    """Record the test files that have changed since they were recorded."""
    texts = {file: (tree.root / file).read_text("utf-8") for file in tree.tests}
    stale = [
        (file, plain)
        for file, plain in tree.recordings()
        if not covered.is_fresh(named(file, plain), texts[file])
    ]

    def job(file: str, plain: bool) -> Job:
        watched = [path for path in tree.sources if not plain or tree.is_compiled(path)]
        answer = covered.cache / (named(file, plain).replace("/", "-") + ".answer")

        def work(to: Path) -> None:
            record_tests(file, watched, to, plain=plain, root=copy)

        def finish(status: int) -> None:
            if not answer.exists():
                print(f"not recorded: {named(file, plain)} ({status})", flush=True)
                return
            tests = json.loads(answer.read_text("utf-8"))
            answer.unlink()
            covered.keep(named(file, plain), texts[file], tests, tree.sources)
            print(f"recorded {named(file, plain)}: {len(tests)} tests", flush=True)

        return Job(work, answer, finish, cpu_seconds=900)

    run_all((job(file, plain) for file, plain in stale), processes)


def draw(tree: Tree, seed: int, count: int) -> list[Slip]:
    """So many slips, none twice: first a file, each as likely as any other, then a kind of slip
    that it has, then one of these. Long files and the commonest kind do not fill the draw."""
    dice = random.Random(seed)
    found = {path: slips_in(path, tree.sources[path]) for path in tree.core}
    count = min(count, sum(map(len, found.values())))
    drawn: dict[Slip, None] = {}
    while len(drawn) < count:
        slips = found[dice.choice(sorted(path for path in found if found[path]))]
        kind = dice.choice(sorted({slip.kind for slip in slips}))
        drawn[dice.choice([slip for slip in slips if slip.kind == kind])] = None
    print(f"{sum(map(len, found.values()))} slips in {len(found)} files; seed {seed} draws {count}")
    return list(drawn)


def tests_for(slip: Slip, covered: Covered) -> list[Covering]:
    """The nearest tests that fit into the time of one slip."""
    chosen, seconds = [], 0.0
    for covering in covered.tests_of(slip.path, slip.span):
        seconds += covering.seconds
        if chosen and seconds > SECONDS_EACH:
            break
        chosen.append(covering)
    return chosen


def try_all(
    tree: Tree, slips: list[Slip], chosen: dict[Slip, list[Covering]], folder: Path, processes: int
) -> dict[Slip, Result]:
    """Each slip in a tree of its process; the results as they come."""
    results: dict[Slip, Result] = {}
    free = [folder / f"copy-{n}" for n in range(processes)]

    def jobs() -> Iterator[Job]:
        for slip in slips:
            if not chosen[slip]:
                results[slip] = Result(Outcome.PASSED, "no test runs it")
            else:
                yield job(slip)

    def job(slip: Slip) -> Job:
        source, plain = tree.sources[slip.path], tree.is_compiled(slip.path)
        copy = free.pop()
        answer = copy / "answer.json"

        def prepare() -> None:
            (copy / slip.path).write_text(slip.applied(source), "utf-8")

        def work(to: Path) -> None:
            enter(copy)
            run_tests(chosen[slip], to, plain=plain)

        def finish(status: int) -> None:
            (copy / slip.path).write_text(source, "utf-8")
            free.append(copy)
            results[slip] = result_of(answer, status)
            print(f"{results[slip].outcome:7} {slip.path}:{slip.line} {slip.kind}", flush=True)

        return Job(work, answer, finish, prepare)

    run_all(jobs(), processes)
    return results


def enter(copy: Path) -> None:
    """In a child: this copy of the tree is the one that is imported."""
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)
    sys.path[0] = str(copy)


def doubtful(results: dict[Slip, Result], copy: Path) -> set[str]:
    """Tests that noticed something and fail without it, too: they noticed the machine."""
    doubts: set[str] = set()
    tests = sorted({r.by for r in results.values() if r.outcome == Outcome.CAUGHT and "::" in r.by})

    def job(test: str) -> Job:
        answer = copy / "answer.json"

        def work(to: Path) -> None:
            enter(copy)
            run_tests([Covering(test, CPU_SECONDS)], to, plain=False)

        def finish(status: int) -> None:
            if result_of(answer, status).outcome != Outcome.PASSED:
                doubts.add(test)

        return Job(work, answer, finish)

    run_all((job(test) for test in tests), 1)
    return doubts


def report(tree: Tree, results: dict[Slip, Result], doubts: set[str], seed: int) -> None:
    survivors = [slip for slip, r in results.items() if r.outcome == Outcome.PASSED]
    counts = Counter(result.outcome for result in results.values())
    noticed = counts[Outcome.CAUGHT] + counts[Outcome.STUCK]
    for slip in sorted(survivors, key=lambda s: (s.path, s.line)):
        by = results[slip].by
        print("\n" + slip.diff(tree.sources[slip.path]) + (f"\n  ({by})" if by else ""))
    for test in sorted(doubts):
        print(f"\nfails without any slip, too: {test}")
    print(
        f"\nseed {seed}: {noticed} of {len(results)} noticed ({noticed / len(results):.0%}): "
        f"{counts[Outcome.CAUGHT]} by a failing test, {counts[Outcome.STUCK]} by coming to a stand"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--record-only", action="store_true")
    parser.add_argument("--var", type=Path, default=Path("var/mutants"))
    options = parser.parse_args()
    root, folder = Path.cwd(), options.var.resolve()
    tree, covered = Tree(root), Covered(folder / "covering")
    copies = [folder / f"copy-{n}" for n in range(options.processes)]
    for copy in copies:
        copy_tree(root, copy)
    warm_up(copies[0])
    record(tree, covered, copies[0], options.processes)
    if options.record_only:
        return 0
    covered.load([named(*recording) for recording in tree.recordings()], tree.sources)
    slips = draw(tree, options.seed, options.count)
    chosen = {slip: tests_for(slip, covered) for slip in slips}
    results = try_all(tree, slips, chosen, folder, options.processes)
    report(tree, results, doubtful(results, copies[0]), options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
