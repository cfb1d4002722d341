"""What the commands of `tour` are made with: one is loaded when it is asked for, and settings are
read by those that need them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from tour.settings import Settings

ReadSettings = Callable[[], Settings]


@dataclass(frozen=True, slots=True)
class Later:
    """A command that is not imported for the sake of others, and its own words in the list."""

    module: str
    name: str
    help: str

    def command(self) -> click.Command:
        found: click.Command = getattr(import_module(self.module), self.name)
        return found


class LazyGroup(click.Group):
    def __init__(self, *, later: Mapping[str, Later], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(self.later)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        found = self.later.get(cmd_name)
        return found.command() if found else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.later[name].help) for name in self.list_commands(ctx)])


P = ParamSpec("P")
R = TypeVar("R")


def pass_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Give the operator's settings to a command; ConfigurationError where one is wrong."""

    @wraps(command)
    def with_settings(*args: P.args, **kwargs: P.kwargs) -> R:
        read: ReadSettings = click.get_current_context().find_root().obj
        return command(read(), *args, **kwargs)

    return with_settings
