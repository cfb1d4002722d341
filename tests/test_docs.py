"""The README and the sources tell the truth about what is there."""

import re
from pathlib import Path

from tour.settings import CATALOGUE, ROOT

OF_ONE_COMMAND = {"TOUR_OVERPASS_URL"}
"""Read by `tour streets download` alone, which needs no other setting."""
README = (ROOT / "README.md").read_text(encoding="utf-8")
READMES = (README, (ROOT / "README.ja.md").read_text(encoding="utf-8"))


def test_every_setting_has_a_line_in_the_readme_of_each_language() -> None:
    for readme in READMES:
        rows = re.findall(r"^\| `(TOUR_\w+)` \|", readme, re.MULTILINE)
        assert len(set(rows)) == len(rows)
        assert set(rows) == set(CATALOGUE) | OF_ONE_COMMAND


def test_the_readmes_defaults_and_words_are_the_settings_own() -> None:
    for variable, setting in CATALOGUE.items():
        line = next(row for row in README.splitlines() if row.startswith(f"| `{variable}`"))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        said = cells[1].partition(" (")[0].strip("`")
        assert said in (setting.default, "made on first start", "地理院タイル 淡色"), line
        assert cells[2].replace("`", "") == setting.help.replace("`", ""), line


def test_the_code_reads_no_variable_that_the_readme_does_not_list() -> None:
    known = set(CATALOGUE) | OF_ONE_COMMAND
    for file in (ROOT / "tour").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"\bTOUR_[A-Z_]*[A-Z]", text)) <= known, file


def test_only_the_start_reads_the_environment() -> None:
    readers = {"tour/__main__.py", "tour/asgi.py", "tour/processes/serving.py"}
    for file in (ROOT / "tour").rglob("*.py"):
        name = str(file.relative_to(ROOT))
        if name not in readers:
            assert not re.search(r"os\.environ|getenv", file.read_text(encoding="utf-8")), name


def test_every_data_file_has_a_line_in_the_sources() -> None:
    sources = (ROOT / "data" / "geo" / "SOURCES.md").read_text(encoding="utf-8")
    files = {file.name for file in (ROOT / "data" / "geo").iterdir()} - {"SOURCES.md"}
    assert [name for name in sorted(files) if f"`{name}`" not in sources] == []


def test_links_of_the_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert documents
    for document in documents:
        for target in _links(document):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_no_committed_document_names_a_folder_of_one_machine() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "Makefile"]:
        text = document.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(?:work|root|home)/", text), document


def test_files_that_the_documents_name_are_there() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        if document.name == "CHANGELOG.md":  # says what was
            continue
        text = document.read_text(encoding="utf-8")
        named = re.findall(r"`((?:tour|tests|templates|docs|static|bench)/[\w./-]+)`", text)
        assert [path for path in named if not (ROOT / path).exists()] == [], document.name


DOTTED = re.compile(r"`([a-z_]+(?:\.\w+)+)`")


def test_modules_that_documents_and_docstrings_name_are_there() -> None:
    """`sites.opening.hours`: a package of the app, with or without `tour`, and a way down from it
    that leads to a module or to something in one."""
    packages = {path.parent.name for path in (ROOT / "tour").glob("*/__init__.py")} | {"tour"}
    written = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tour/**/*.py")]
    lost = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in written
        for name in DOTTED.findall(file.read_text(encoding="utf-8"))
        if name.split(".")[0] in packages
        and not name.endswith((".csv", ".toml", ".py", ".md"))
        and not _leads(name.removeprefix("tour.").split("."))
    ]
    assert lost == []


def _leads(parts: list[str]) -> bool:
    folder = ROOT / "tour"
    while parts and (folder / parts[0]).is_dir():
        folder, parts = folder / parts[0], parts[1:]
    module = folder / f"{parts[0]}.py" if parts else folder / "__init__.py"
    if not module.exists():
        module, parts = folder / "__init__.py", ["", *parts]
    text = module.read_text(encoding="utf-8")
    return all(re.search(rf"\b{part}\b", text) for part in parts[1:])


def test_twenty_wishes_find_their_way() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| `(tour/[^`]+)` \| [^|]+ \|$", text, re.MULTILINE)
    assert len(rows) >= 20


def _links(document: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    local = [link for link in found if not re.match(r"[a-z]+:|#", link)]
    return [link.partition("#")[0] for link in local]


def test_decisions_are_numbered_without_gaps_and_say_their_number_first() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        assert re.match(rf"# {file.name[:4]} \S", file.read_text(encoding="utf-8")), file.name


def test_decisions_are_written_in_one_style() -> None:
    for file in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        assert re.match(r"# [^\n]+\n\n\*\*Context\.\*\* \S", text), file.name
        assert "\n**Decision.**" in text, file.name
        assert not re.search(r"^##", text, re.MULTILINE), f"{file.name}: parts begin in bold"


def test_every_decision_that_is_cited_is_there() -> None:
    numbers = {file.name[:4] for file in (ROOT / "docs" / "decisions").glob("*.md")}
    kinds = ("*.py", "*.md", "*.html", "*.js", "*.css", "*.toml", "*.sh")
    folders = ("tour", "tests", "bench", "docs", "templates", "static", "data", "scripts")
    files = [file for name in folders for kind in kinds for file in (ROOT / name).rglob(kind)]
    cited = 0
    for file in (*files, *ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "Makefile"):
        text = file.read_text(encoding="utf-8")
        for found in re.findall(r"[Dd]ecisions? (\d{4}(?:(?:,| and|, and) \d{4})*)", text):
            for number in re.findall(r"\d{4}", found):
                assert number in numbers, f"{file.relative_to(ROOT)}: decision {number}"
                cited += 1
    assert cited > 40
