"""How fast places are found among 3,000, and what making the index costs.

The demonstration's places under other names, asked the queries of `tests/pages/queries.txt`.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tour.demo.catalogue import read_catalogue
from tour.demo.records import SiteRecord
from tour.settings import ROOT
from tour.sites.finding.facts import language_entries, price_entries
from tour.sites.finding.ranking import Finder
from tour.sites.finding.search import Index
from tour.sites.indexing import site_index
from tour.words.readings import words_in
from tour.words.vocabulary import Vocabulary

PLACES = 3000
QUERIES = ROOT / "tests" / "pages" / "queries.txt"
QUARTERS = ("東", "西", "南", "北", "中", "上", "下", "新", "本", "元")


def main() -> None:
    records = read_catalogue(ROOT / "data" / "geo").sites
    places = [_place(records[n % len(records)], n // len(records)) for n in range(PLACES)]
    before = _memory()
    words, reading = _timed(lambda: words_in(_texts(places)))
    print(f"words of {PLACES} places read in {reading:.2f} s, {len(words)} words,", end=" ")
    print(f"{_memory() - before} MB with the dictionary")
    before = _memory()
    finder, first = _timed(lambda: _finder(places, words))
    _again, second = _timed(lambda: _finder(places, words))
    print(f"finder made in {first:.2f} s, after a change in {second:.2f} s,", end=" ")
    print(f"{_memory() - before} MB")
    finder.find("mokuhna")
    asked = {query: _timed(finder.find, query)[1] for query in _queries()}
    times = sorted(asked.values())
    print(f"{len(times)} queries: median {statistics.median(times) * 1000:.2f} ms,", end=" ")
    print(
        f"95 % within {times[len(times) * 95 // 100] * 1000:.2f} ms, worst {times[-1] * 1000:.2f}"
    )


def _place(record: SiteRecord, number: int) -> dict[str, Any]:
    name = f"{QUARTERS[number % 10]}{record.name}{number}"
    columns = ("kind", "translations", "access_features", "languages")
    place = {column: getattr(record, column) for column in columns}
    own = {column: f"{record.texts[column]}({number})" for column in ("summary", "description")}
    return {**record.texts, "name": name, **place, **own}


def _texts(places: list[dict[str, Any]]) -> Iterator[str]:
    for place in places:
        yield from (place["name"], place["summary"], place["description"], place["access_note"])


def _finder(places: list[dict[str, Any]], words: set[Any]) -> Finder:
    return Finder({n: _index(place, n) for n, place in enumerate(places)}, Vocabulary(words))


def _index(place: dict[str, Any], number: int) -> Index:
    sessions = (*language_entries(("ja", "en")), *price_entries((number % 5 * 500,)))
    return (*site_index(place, None), *sessions)


def _queries() -> list[str]:
    lines = Path(QUERIES).read_text(encoding="utf-8").splitlines()
    return [line.partition("|")[0].strip() for line in lines if not line.startswith("#")]


def _timed(work: Callable[..., Any], *values: Any) -> tuple[Any, float]:
    """What it made, and the seconds that this process worked for it."""
    started = time.process_time()
    made = work(*values)
    return made, time.process_time() - started


def _memory() -> int:
    """Resident, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 // 2**20


if __name__ == "__main__":
    main()
