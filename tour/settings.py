"""Settings, read once from the environment and a `.env` file, then passed on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

from starlette.config import Config

from tour.errors import ConfigurationError
from tour.words.typed import read_whole

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"
# It becomes a source of the Content-Security-Policy: nothing that ends a directive may be in it.
TILE_URL = re.compile(r"https?://[\w.:{}-]+/[^\s;,]+")
AUTO_STREETS = "auto"
GSI_TILES = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"

Read = Callable[[str], Any]
"""From what an operator wrote to what the app uses; ValueError says what it must be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an operator may write, and what the README says of it."""

    help: str
    default: str = ""
    read: Read = str

    def read_from(self, source: Config, variable: str) -> Any:
        try:
            return self.read(str(source.get(variable, default=self.default)).strip())
        except (ValueError, OverflowError) as exc:
            raise ConfigurationError(f"{variable}: {exc}") from None


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite://", "asyncpg://")):
        raise ValueError(f"must begin with sqlite:// or asyncpg://, not {text.split(':')[0]!r}")
    if not text.removeprefix("sqlite://").partition("?")[0]:
        raise ValueError("needs the path of a file, such as sqlite://var/tour.sqlite3")
    if urlsplit(text).port == 0:  # one that is no number raises ValueError here
        raise ValueError("the port must be a number from 1 to 65535")
    return text


def _proxies(text: str) -> str:
    """Addresses or networks. Never everybody: whoever likes could then be anybody."""
    for part in (p.strip() for p in text.split(",") if p.strip()):
        try:
            network = ip_network(part)
        except ValueError:
            raise ValueError(f"{part!r} is no address such as 192.0.2.1 or 10.0.0.0/8") from None
        if network.prefixlen == 0:
            raise ValueError(f"{part!r} is everybody: name the proxies")
    return ",".join(p.strip() for p in text.split(",") if p.strip())


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be a host without a path, such as https://tour.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _streets(text: str) -> str:
    return "" if text == "none" else text


def _walk_engine(text: str) -> str:
    """The address of the server; Valhalla is the one kind we can talk to."""
    kind, _plus, url = text.partition("+")
    parts = urlsplit(url)
    if text and (kind != "valhalla" or parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("must be such as valhalla+http://127.0.0.1:8002")
    if parts.username or parts.query or parts.fragment or parts.port == 0:
        raise ValueError("must be a host with or without a port and a folder")
    return url


def _tile_url(text: str) -> str:
    if text and not (TILE_URL.fullmatch(text) and all(f"{{{part}}}" in text for part in "zxy")):
        raise ValueError("must be an https:// or http:// address with {z}, {x} and {y}")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _count(text: str) -> int:
    return _whole(text, 1, 64)


def _rush(text: str) -> int:
    return _whole(text, 0, 999_999)


def _days(text: str) -> int:
    return _whole(text, 1, 36_500)


def _whole(text: str, low: int, high: int) -> int:
    number = read_whole(text, low, high)
    if number is None:
        raise ValueError(f"must be a whole number from {low} to {high}, not {text!r}")
    return number


def _worker(text: str) -> str:
    if text not in ("inline", "external"):
        raise ValueError(f"must be inline or external, not {text!r}")
    return text


def _flag(text: str) -> bool:
    if text.lower() not in ("", "0", "1", "true", "false", "yes", "no"):
        raise ValueError(f"must be 0 or 1, not {text!r}")
    return text.lower() in ("1", "true", "yes")


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("needs an offset, such as 2026-12-05T09:00+09:00")
    if not 1970 <= instant.year <= 2999:
        raise ValueError("needs a year from 1970 to 2999")
    return instant


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can choose; a variable is `TOUR_` and the name of its field."""

    database_url: Annotated[
        str, Setting("SQLite file or `asyncpg://` URL", "sqlite://var/tour.sqlite3", _database_url)
    ]
    data: Annotated[
        Path, Setting("folder with the town's `town.toml` and catalogue", "data/geo", Path)
    ]
    var: Annotated[
        Path,
        Setting("folder for what the app itself keeps: keys, built streets, mails", "var", Path),
    ]
    secret_key: Annotated[
        str,
        Setting(
            "hides who tried how often, seals keys in mails that wait; "
            "made on first start, kept in `var/`"
        ),
    ]
    base_url: Annotated[str, Setting("where visitors reach the app", DEFAULT_BASE_URL, _base_url)]
    streets: Annotated[
        str,
        Setting(
            "an `.osm.pbf` or a built graph; `auto`: the town's own, fetched once; "
            "empty or `none`: straight lines × 1.3",
            read=_streets,
        ),
    ]
    walk_engine: Annotated[
        str,
        Setting(
            "`valhalla+http://host:port`: a Valhalla server finds the walks", read=_walk_engine
        ),
    ]
    tile_url: Annotated[
        str, Setting("base map tiles; empty: only the app's own base layer", GSI_TILES, _tile_url)
    ]
    tile_credit: Annotated[str, Setting("credit shown on every map", "出典：地理院タイル")]
    vapid_private_key: Annotated[str, Setting("web push key; made on first start, kept in `var/`")]
    vapid_subject: Annotated[str, Setting("`mailto:` or `https:` contact for push services")]
    push_hosts: Annotated[
        tuple[str, ...], Setting("extra push hosts, `host:port`, comma-separated", read=_hosts)
    ]
    push_ca: Annotated[str, Setting("certificate authority file of the extra push hosts")]
    smtp_url: Annotated[
        str, Setting("`smtp://user:password@host:port`; empty: mails go to a folder")
    ]
    mail_from: Annotated[
        str, Setting("sender of mails; default `noreply@` and the base URL's host")
    ]
    rush: Annotated[
        int,
        Setting(
            "reservations a minute from unknown devices above which a code by mail is asked; "
            "0: never",
            "20",
            _rush,
        ),
    ]
    log_days: Annotated[
        int, Setting("days after which a line of the log of changes is deleted", "1095", _days)
    ]
    metrics_token: Annotated[
        str, Setting("opens `/metrics`; empty: only this machine, by no proxy")
    ]
    proxies: Annotated[
        str,
        Setting("addresses of proxies whose `X-Forwarded-For` is believed", "127.0.0.1", _proxies),
    ]
    web_processes: Annotated[
        int, Setting("web processes (more than 1 needs PostgreSQL)", "1", _count)
    ]
    worker: Annotated[
        str, Setting("`inline`: in the web process; `external`: `tour worker`", "inline", _worker)
    ]
    demo: Annotated[
        bool,
        Setting(
            "1: load the demonstration catalogue at start; refused where the database holds a"
            " town's own data",
            "0",
            _flag,
        ),
    ]
    clock: Annotated[
        datetime | None,
        Setting("an ISO instant at which the clock starts; only with TOUR_DEMO=1", read=_instant),
    ]

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], env_file: Path | None = None) -> "Settings":
        """Read every variable; raises ConfigurationError naming the one that is wrong."""
        source = _source(environ, env_file)
        values = {
            variable.removeprefix("TOUR_").lower(): one.read_from(source, variable)
            for variable, one in CATALOGUE.items()
        }
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        if self.clock and not self.demo:
            raise ConfigurationError("TOUR_CLOCK is only for demonstrations: set TOUR_DEMO=1 too")
        if self.var.exists() and not self.var.is_dir():
            raise ConfigurationError(f"TOUR_VAR: {self.var} must be a folder")
        if self.web_processes > 1 and self.database_url.startswith("sqlite"):
            raise ConfigurationError(
                "TOUR_WEB_PROCESSES above 1 needs PostgreSQL: set TOUR_DATABASE_URL=asyncpg://…"
            )


CATALOGUE: dict[str, Setting] = {
    f"TOUR_{name.upper()}": hint.__metadata__[0]
    for name, hint in get_type_hints(Settings, include_extras=True).items()
}
"""By variable, in the order of the README's table."""


def _source(environ: Mapping[str, str], env_file: Path | None) -> Config:
    try:
        return Config(env_file if env_file and env_file.exists() else None, environ=environ)
    except UnicodeDecodeError:
        raise ConfigurationError(f"{env_file}: must be text in UTF-8") from None
