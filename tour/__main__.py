"""The `tour` command line. Bad input ends with exit code 2 and one clear line."""

import logging
import os
import sys

import click

from tour.cli import Later, LazyGroup
from tour.errors import ConfigurationError
from tour.settings import ENV_FILE, Settings

COMMANDS = {
    "account": Later("tour.accounts.cli", "account", "Hosts and staff."),
    "catalogue": Later("tour.demo.cli", "catalogue", "The town's own catalogue."),
    "demo": Later("tour.demo.cli", "demo", "The demonstration catalogue."),
    "draw": Later("tour.reservations.draws.cli", "draw", "Draws that anybody can check."),
    "migrate": Later("tour.db.cli", "migrate", "Bring the database up to date."),
    "plan-bench": Later(
        "tour.routes.planner.bench", "plan_bench", "Measure the planner: one JSON object a line."
    ),
    "serve": Later(
        "tour.processes.serving", "serve", "Bring the database up to date and start the app."
    ),
    "streets": Later("tour.routes.walks.cli", "streets", "The streets that walks follow."),
    "vapid": Later(
        "tour.notifications.push.cli", "vapid", "The key that push services know this app by."
    ),
    "worker": Later(
        "tour.processes.worker",
        "worker",
        "Send reminders, pass on seats, hold draws. Any number may run.",
    ),
}


@click.group(
    cls=LazyGroup, later=COMMANDS, help="Open-factory days of a town: the app and its chores."
)
@click.pass_context
def cli(context: click.Context) -> None:
    context.obj = lambda: Settings.from_environ(os.environ, ENV_FILE)


def main() -> None:
    try:
        cli(prog_name="tour")
    except ConfigurationError as exc:
        click.echo(f"tour: {exc}", err=True)
        logging.shutdown()
        sys.exit(2)


if __name__ == "__main__":
    main()
