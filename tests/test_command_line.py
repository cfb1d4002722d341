"""`tour` as an operator meets it: what is wrong is one clear line and exit code 2."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from tests.browser.serving import free_ports, running
from tour.__main__ import COMMANDS, cli
from tour.settings import ROOT

SECONDS = 60


def tour(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")}
    settings = {
        "TOUR_DATABASE_URL": f"sqlite://{folder}/tour.sqlite3",
        "TOUR_VAR": str(folder / "var"),
        "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
    }
    return subprocess.run(
        [sys.executable, "-m", "tour", *arguments],
        cwd=ROOT,
        env=kept | settings | variables,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], *hints: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2, (done.returncode, done.stdout[-500:], done.stderr[-2000:])
    assert len(lines) == 1, done.stderr[-2000:]
    assert lines[0].startswith("tour: ")
    for hint in hints:
        assert hint in lines[0]


def rows(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "tour.sqlite3") as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    connection.close()
    return int(number)


def test_a_wrong_setting_stops_a_command_that_reads_it(tmp_path: Path) -> None:
    assert_refused(tour(tmp_path, "migrate", TOUR_WEB_PROCESSES="many"), "TOUR_WEB_PROCESSES")


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "tour.sqlite3").write_text("This is a letter. " * 200, encoding="utf-8")
    assert_refused(tour(tmp_path, "migrate"), "TOUR_DATABASE_URL")


def test_a_towns_database_is_no_place_for_the_demonstration(tmp_path: Path) -> None:
    assert tour(tmp_path, "account", "add", "ward@example.org", "--role", "staff").returncode == 0
    hints = ("TOUR_DEMO=1", "町のデータ")
    assert_refused(tour(tmp_path, "demo", "load"), *hints)
    assert_refused(tour(tmp_path, "serve", "--port", "8339", TOUR_DEMO="1"), *hints)


def test_the_demonstration_is_loaded_once(tmp_path: Path) -> None:
    first = tour(tmp_path, "demo", "load")
    assert (first.returncode, first.stderr) == (0, "")
    assert "The catalogue is loaded." in first.stdout
    number = rows(tmp_path, "slot")
    second = tour(tmp_path, "demo", "load")
    assert (second.returncode, second.stderr) == (0, "")
    assert "loaded already" in second.stdout
    assert rows(tmp_path, "slot") == number > 100


def test_a_broken_row_is_named_and_nothing_is_loaded(tmp_path: Path) -> None:
    data = Path(shutil.copytree(ROOT / "data" / "geo", tmp_path / "geo"))
    file = data / "programmes.csv"
    text = file.read_text(encoding="utf-8").splitlines()
    text[-1] = text[-1].replace(",", ";", 3)
    file.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert_refused(tour(tmp_path, "demo", "load", TOUR_DATA=str(data)), "programmes.csv", "line ")
    assert rows(tmp_path, "site") == 0


def test_a_folder_without_a_catalogue_is_named(tmp_path: Path) -> None:
    refused = tour(tmp_path, "serve", "--port", str(free_ports(1)[0]), TOUR_DATA=str(tmp_path))
    assert_refused(refused, "town.toml", "TOUR_DATA")


def test_streets_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "streets.osm.pbf"
    file.write_bytes(b"This is no street extract.")
    port = str(free_ports(1)[0])
    assert_refused(tour(tmp_path, "serve", "--port", port, TOUR_STREETS=str(file)), file.name)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be", encoding="utf-8")
    assert_refused(tour(tmp_path, "serve", "--port", str(free_ports(1)[0])), "TOUR_VAR")


def test_every_command_has_help_and_an_unknown_one_is_told() -> None:
    runner = CliRunner()
    assert {"serve", "migrate", "demo", "worker", "account", "vapid", "streets"} <= set(COMMANDS)
    for arguments in _all_commands(cli):
        done = runner.invoke(cli, [*arguments, "--help"])
        assert done.exit_code == 0, arguments
        assert "Usage:" in done.output
    unknown = runner.invoke(cli, ["fly"])
    assert (unknown.exit_code, "No such command" in unknown.output) == (2, True)


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    for name, later in COMMANDS.items():
        command = later.command()
        assert (command.name, command.help) == (name, later.help)
        assert f"{name} " in shown


def test_the_list_of_commands_and_a_small_one_load_nothing_of_the_app() -> None:
    script = (
        "import sys; from tour.__main__ import cli; cli({}, standalone_mode=False);"
        "print(*[m for m in ('tortoise', 'numpy', 'uvicorn', 'tour.app') if m in sys.modules])"
    )
    for arguments in (["--help"], ["vapid", "new"], ["draw", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script.format(arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "", arguments


def test_what_needs_no_settings_is_not_stopped_by_a_wrong_one(tmp_path: Path) -> None:
    done = tour(tmp_path, "vapid", "new", TOUR_WEB_PROCESSES="many")
    assert (done.returncode, done.stderr) == (0, "")
    assert_refused(tour(tmp_path, "streets", "town", TOUR_WORKER="sometimes"), "TOUR_WORKER")


def _all_commands(group: click.Group) -> Iterator[list[str]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, name
        yield [name]
        if isinstance(command, click.Group):
            yield from ([name, *rest] for rest in _all_commands(command))


def test_it_starts_with_a_clock_of_its_own_and_ends_when_told(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    settings = {
        "TOUR_DATABASE_URL": f"sqlite://{tmp_path}/tour.sqlite3",
        "TOUR_VAR": str(tmp_path / "var"),
        "TOUR_DEMO": "1",
        "TOUR_CLOCK": "2031-05-03T09:00+09:00",
        "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
    }
    command = [sys.executable, "-m", "tour", "serve", "--port", str(port)]
    log = tmp_path / "log"
    with running(command, f"http://127.0.0.1:{port}/readyz", log, **settings):
        with sqlite3.connect(tmp_path / "tour.sqlite3") as connection:
            (first,) = connection.execute("SELECT min(starts_on) FROM event").fetchone()
        connection.close()
        again = tour(tmp_path, "serve", "--port", str(port))
    assert first.startswith("2031-05")
    assert again.returncode != 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_a_towns_own_places_are_loaded_without_samples(tmp_path: Path) -> None:
    first = tour(tmp_path, "catalogue", "load")
    assert (first.returncode, first.stderr) == (0, "")
    assert "places are new, 0 were there already." in first.stdout
    assert rows(tmp_path, "site") > 0
    assert [rows(tmp_path, table) for table in ("account", "event", "reservation")] == [0, 0, 0]
    assert "0 places are new" in tour(tmp_path, "catalogue", "load").stdout
    admin = tour(tmp_path, "account", "add", "a@example.org", "--role", "administrator")
    assert "as administrator" in admin.stdout
    broken = Path(shutil.copytree(ROOT / "data" / "geo", tmp_path / "geo"))
    (broken / "stations.csv").unlink()
    refused = tour(tmp_path, "catalogue", "load", TOUR_DATA=str(broken))
    assert_refused(refused, "stations.csv")
