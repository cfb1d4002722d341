"""`make mutants`: slips drawn at random from the core, and how many of them a test notices.

Each slip (a boundary off by one, a condition left out, a step forgotten, …) is put into the
functions of a process of its own; then the tests run that ran its line when they were recorded. No
file is changed, nothing needs the network. What survives is printed with its difference: either a
test of that kind is missing, or the line does not matter.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.mutants.applying import apply
from bench.mutants.covering import Covered, Covering, Recorder
from bench.mutants.slips import Slip, slips_in
from bench.mutants.trial import (
    CPU_SECONDS,
    UNTRIED,
    Children,
    Outcome,
    Result,
    in_session,
    result_of,
)

CORE = {
    "reservations": "rules service",
    "reservations/parties": "parties",
    "reservations/held": "changes",
    "reservations/waitlist": "queue offers offering",
    "reservations/door": "arrivals absences",
    "reservations/draws": "draws results lottery",
    "reservations/messages": "calendar appointments",
    "programmes": "service editing slot_editing rules",
    "notifications": "service recipients schedule",
    "notifications/mail": "enclosing",
    "notifications/sending": "worker trying",
    "routes/planner": "arrays effort model plan problem reasons required solve timeline",
    "routes/planner/search": "*",
    "routes/planner/proof": "*",
    "routes/days": "day wishes proposals planning",
    "routes/plans": "forms context",
    "routes/plan_pages": "exports",
    "sites/finding": "search",
    "sites/imports": "*",
    "sites/opening": "hours hours_text",
    "words": "folding",
    "events": "views agenda",
}
"""By room under `tour/`, the files in which a slip costs somebody a seat, a day or a word."""
COMPILED = "@compiled"
"""What files of the planner say whose functions run as machine code."""
SECONDS_EACH, SECONDS_MORE = 12.0, 60.0
"""Of recorded test time for one slip, the nearest tests first; and for one that passed these."""
NEAR = (
    *("reservations", "programmes", "routes", "hosts", "sites", "notifications"),
    *("events", "words", "changes", "staff", "pages", "api", "story", "participation"),
)
"""Where the tests are that ask what the core knows, in this process."""
OF_ALL = ("roles", "round_trips", "repeating", "foreign_ids")
"""So do some that ask one thing of the whole app: who may do what, whether twice is once."""


class Tree:
    """The tree as it stands, its core, and its tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        folders = {name: root / "tour" / name for name in CORE}
        watched = [path for folder in folders.values() for path in sorted(folder.rglob("*.py"))]
        self.sources = {str(path.relative_to(root)): path.read_text("utf-8") for path in watched}
        self.core = sorted(
            str(path.relative_to(root))
            for name, files in CORE.items()
            for file in files.split()
            for path in folders[name].glob(f"{file}.py")
        )
        near = [p for name in NEAR for p in sorted((root / "tests" / name).rglob("test_*.py"))]
        of_all = [f"tests/test_{name}.py" for name in OF_ALL]
        self.tests = [*(str(path.relative_to(root)) for path in near), *of_all]

    def is_compiled(self, path: str) -> bool:
        return COMPILED in self.sources[path]

    def recordings(self) -> Iterator[tuple[str, bool]]:
        """Test files, and whether without machine code: those of the planner both ways."""
        for file in self.tests:
            yield file, False
            if "/routes/planner/" in file:
                yield file, True


def named(file: str, plain: bool) -> str:
    return f"plain/{file}" if plain else file


def record(tree: Tree, covered: Covered, processes: int) -> None:
    """Record the test files that have changed since they were recorded."""
    texts = {file: (tree.root / file).read_text("utf-8") for file in tree.tests}
    for plain in (False, True):
        stale = [
            file
            for file, is_plain in tree.recordings()
            if is_plain == plain and not covered.is_fresh(named(file, plain), texts[file])
        ]

        def work(children: Children, files: list[str] = stale, plain: bool = plain) -> None:
            for file in files:
                _record_file(children, tree, covered, file, texts[file], plain, processes)
            children.wait()

        if stale:
            in_session(stale, work, covered.cache.parent, plain=plain)


def _record_file(
    children: Children,
    tree: Tree,
    covered: Covered,
    file: str,
    text: str,
    plain: bool,
    processes: int,
) -> None:
    name = named(file, plain)
    items = [item for item in children.session.items if item.nodeid.startswith(f"{file}::")]
    if not plain:
        items = [item for item in items if not item.get_closest_marker("slow")]
    watched = [path for path in tree.sources if not plain or tree.is_compiled(path)]

    def run(answer: Path) -> None:
        recorder = Recorder(tree.root, watched)
        children.session.config.pluginmanager.register(recorder)
        for item in items:
            children.run(item)
        answer.write_text(json.dumps(recorder.record()), "utf-8")

    def finish(answer: Path) -> None:
        if not answer.exists():
            print(f"not recorded: {name}", flush=True)
            return
        tests = json.loads(answer.read_text("utf-8"))
        answer.unlink()
        covered.keep(name, text, tests, tree.sources)
        print(f"recorded {name}: {len(tests)} tests", flush=True)

    answer = covered.cache / f"{name.replace('/', '-')}.answer"
    children.start(run, finish, answer, processes=processes, cpu_seconds=1800)


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


def slips_at(tree: Tree, places: Iterable[str]) -> list[Slip]:
    """All slips of these lines (`path:line`): what a new test is tried on."""
    asked = [(path, int(line)) for path, _, line in (place.partition(":") for place in places)]
    found = {path: slips_in(path, tree.sources[path]) for path, _ in asked}
    return [slip for path, line in asked for slip in found[path] if slip.line == line]


def tests_for(slip: Slip, covered: Covered, most: float, but: Iterable[Covering]) -> list[Covering]:
    """The nearest tests that fit into so many seconds, `but` those that it has passed."""
    chosen: list[Covering] = []
    seconds, passed = 0.0, {covering.test for covering in but}
    for covering in covered.tests_of(slip.path, slip.span):
        if covering.test in passed:
            continue
        seconds += covering.seconds
        if chosen and seconds > most:
            break
        chosen.append(covering)
    return chosen


def try_all(
    tree: Tree, chosen: dict[Slip, list[Covering]], folder: Path, processes: int
) -> tuple[dict[Slip, Result], set[str]]:
    """How each slip fared; and the tests that fail without any slip, too: they noticed the
    machine, and what they caught is tried again without them."""
    results = {s: Result(Outcome.PASSED, "no test runs it") for s, t in chosen.items() if not t}
    doubts: set[str] = set()
    for plain in (False, True):
        slips = [s for s in chosen if chosen[s] and tree.is_compiled(s.path) == plain]
        files = sorted({c.test.partition("::")[0] for s in slips for c in chosen[s]})
        answers = folder / f"results-{plain}.json"

        def work(children: Children, slips: list[Slip] = slips, answers: Path = answers) -> None:
            trials = _Trials(children, tree, chosen, folder, processes)
            trials.run(slips)
            told = [[vars_of(trials.results[slip]) for slip in slips], sorted(trials.doubts)]
            answers.write_text(json.dumps(told), "utf-8")

        if slips:
            in_session(files, work, folder, plain=plain)
            rows, failing = json.loads(answers.read_text("utf-8"))
            results |= {
                slip: Result(Outcome(row[0]), row[1]) for slip, row in zip(slips, rows, strict=True)
            }
            doubts |= set(failing)
    return results, doubts


def vars_of(result: Result) -> tuple[str, str]:
    return result.outcome.value, result.by


class _Trials:
    """In a session: a child for each slip, and for each test that is in doubt."""

    def __init__(
        self,
        children: Children,
        tree: Tree,
        chosen: dict[Slip, list[Covering]],
        folder: Path,
        processes: int,
    ) -> None:
        self.children, self.tree, self.chosen = children, tree, chosen
        self.folder, self.processes = folder, processes
        self.results: dict[Slip, Result] = {}
        self.doubts: set[str] = set()

    def run(self, slips: list[Slip]) -> None:
        self._try(slips)
        self._look_again({r.by for r in self.results.values() if r.outcome == Outcome.CAUGHT})
        if self.doubts:
            self._try([slip for slip in slips if self.results[slip].by in self.doubts])

    def _try(self, slips: Iterable[Slip]) -> None:
        for slip in slips:
            source = self.tree.sources[slip.path]
            tests = [
                c
                for c in self.chosen[slip]
                if c.test not in self.doubts and c.test in self.children.items
            ]

            def run(
                answer: Path,
                slip: Slip = slip,
                source: str = source,
                tests: list[Covering] = tests,
            ) -> None:
                if not apply(slip, source, self.tree.root):
                    answer.write_text(json.dumps(UNTRIED), "utf-8")
                    return
                answer.write_text(json.dumps(self.children.first_failure(tests)), "utf-8")

            def finish(answer: Path, slip: Slip = slip) -> None:
                self.results[slip] = result_of(answer)
                told = self.results[slip].outcome
                print(f"{told:7} {slip.path}:{slip.line} {slip.kind}", flush=True)

            answer = self.folder / f"answer-{hash(slip)}.json"
            self.children.start(run, finish, answer, processes=self.processes)
        self.children.wait()

    def _look_again(self, tests: set[str]) -> None:
        """Each of these tests without a slip."""
        for number, test in enumerate(sorted(tests)):

            def run(answer: Path, test: str = test) -> None:
                failed = self.children.first_failure([Covering(test, CPU_SECONDS)])
                answer.write_text(json.dumps(failed), "utf-8")

            def finish(answer: Path, test: str = test) -> None:
                if result_of(answer).outcome != Outcome.PASSED:
                    self.doubts.add(test)

            answer = self.folder / f"again-{number}.json"
            self.children.start(run, finish, answer, processes=self.processes)
        self.children.wait()


def report(tree: Tree, results: dict[Slip, Result], doubts: set[str], drawn: str) -> None:
    survivors = [slip for slip, r in results.items() if r.outcome == Outcome.PASSED]
    counts = Counter(result.outcome for result in results.values())
    noticed = counts[Outcome.CAUGHT] + counts[Outcome.STUCK]
    for slip in sorted(survivors, key=lambda s: (s.path, s.line)):
        by = results[slip].by
        print("\n" + slip.diff(tree.sources[slip.path]) + (f"\n  ({by})" if by else ""))
    for test in sorted(doubts):
        print(f"\nfails without any slip, too: {test}")
    tried = len(results) - counts[Outcome.UNTRIED]
    print(
        f"\n{drawn}: {noticed} of {tried} noticed ({noticed / max(tried, 1):.0%}): "
        f"{counts[Outcome.CAUGHT]} by a failing test, {counts[Outcome.STUCK]} by coming to a "
        f"stand; {len(survivors)} survived, {counts[Outcome.UNTRIED]} could not be tried"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--at", action="append", metavar="PATH:LINE", help="all slips of a line")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--record-only", action="store_true")
    parser.add_argument("--var", type=Path, default=Path("var/mutants"))
    options = parser.parse_args()
    root, folder = Path.cwd(), options.var.resolve()
    tree, covered = Tree(root), Covered(folder / "covering")
    record(tree, covered, options.processes)
    if options.record_only:
        return 0
    covered.load([named(*recording) for recording in tree.recordings()], tree.sources)
    at, seed = options.at, options.seed
    slips = slips_at(tree, at) if at else draw(tree, seed, options.count)
    chosen = {slip: tests_for(slip, covered, SECONDS_EACH, ()) for slip in slips}
    results, doubts = try_all(tree, chosen, folder, options.processes)
    passed = [slip for slip in slips if results[slip].outcome == Outcome.PASSED]
    more = {slip: tests_for(slip, covered, SECONDS_MORE, chosen[slip]) for slip in passed}
    later, others = try_all(tree, {s: t for s, t in more.items() if t}, folder, options.processes)
    results, doubts = results | later, doubts | others
    report(tree, results, doubts, "these lines" if at else f"seed {seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
