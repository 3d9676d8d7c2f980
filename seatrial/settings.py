"""Settings: flags win over environment variables, those over a TOML file, that over defaults.

One value a process, made at its start and passed down.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from api.intake.fairness.buckets import KEY_RATE

PREFIX = "SEATRIAL_"
HIGHEST_PORT = 65_535
SPOOL_BYTES = 1024 * 1024 * 1024
"""One project's half holds three minutes of 200 events of 13 KB a second, and 49 of 200 sessions."""
CONNECTIONS = 1_000
"""SDKs keep theirs for seconds; each may cost 150 KB: head, a piece of body, answer."""
PARTITIONS = 4
"""Of each topic: as many consumers can share the work, and one consumer's batch still folds well."""


class BadSettings(Exception):
    """A setting cannot be read. Its name, and what to write instead, follow."""


class Settings(BaseModel):
    """What a process is told. Addresses that are not given follow from ``data`` and ``listen``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default=Path("seatrial-data"), description="folder of the embedded default")
    log: str = Field(
        default="", description="sqlite:///path or kafka://host:port,host:port; default: SQLite in the data folder"
    )
    store: str = Field(
        default="", description="sqlite:///path or postgresql+psycopg://…; default: SQLite in the data folder"
    )
    listen: str = Field(default="127.0.0.1:8321", description="address and port of HTTP")
    public_url: str = Field(default="", description="the address in links and DSNs; default: from listen")
    url: str = Field(default="", description="where the client commands go; default: from listen")
    token: SecretStr | None = Field(default=None, description="the token of the client commands")
    project: str = Field(
        default="", description="the project of a client command; default: the text before @ in RELEASE"
    )
    dsn: SecretStr | None = Field(
        default=None, description="where Seatrial reports its own errors; its own intake is allowed"
    )
    partitions: int = Field(
        default=PARTITIONS, ge=1, le=1_000, description="partitions of the topics that `migrate` creates"
    )
    open_on_loopback: bool | None = Field(
        default=None,
        description="reads and writes from this machine need no token; default: yes in `up`, no in `serve`",
    )
    member: str = Field(
        default="", description="the name of a consumer in its group; default: host name and process number"
    )
    country_header: str = Field(
        default="",
        description="the header in which your proxy names a client's country (ISO 3166): CF-IPCountry; default: none",
    )
    metrics_listen: str = Field(
        default="", description="address and port of /metrics of the roles other than api; default: none"
    )
    spool: Path | None = Field(
        default=None,
        description="folder for what the api takes while the log is down; must outlive the process; default: in data",
    )
    spool_bytes: int = Field(
        default=SPOOL_BYTES,
        ge=0,
        description="the most in the spool, of which one project alone gets half; 0: none, and a 503 at once",
    )
    key_rate: int = Field(
        default=KEY_RATE,
        ge=0,
        description="items a second, of each category, that one DSN key may send to one api process; 0: any number",
    )
    connections: int = Field(
        default=CONNECTIONS, ge=1, le=60_000, description="connections that one api process keeps open at once"
    )

    @property
    def host(self) -> str:
        return _host_and_port("listen", self.listen)[0]

    @property
    def port(self) -> int:
        return _host_and_port("listen", self.listen)[1]

    @property
    def log_address(self) -> str:
        return self.log or f"sqlite:///{self.data.absolute() / 'log.db'}"

    @property
    def store_address(self) -> str:
        return self.store or f"sqlite:///{self.data.absolute() / 'store.db'}"

    @property
    def spool_folder(self) -> Path:
        return (self.spool or self.data / "spool").absolute()

    @property
    def store_file(self) -> Path | None:
        """Of an SQLite store."""
        return Path(self.store_address.removeprefix("sqlite:///")) if self.store_address.startswith("sqlite:") else None

    @property
    def store_shown(self) -> str:
        """Where the store is, without a password."""
        return str(self.store_file or _masked("store", self.store))

    @property
    def public_address(self) -> str:
        return (self.public_url or self._listening_at()).rstrip("/")

    @property
    def server(self) -> str:
        """Where the client commands go."""
        return (self.url or self._listening_at()).rstrip("/")

    @property
    def server_here(self) -> str:
        """Where this machine reaches the HTTP that ``listen`` opens."""
        return self._listening_at()

    @property
    def embedded(self) -> bool:
        """Whether log or store are files that only one machine has."""
        return self.log_address.startswith("sqlite:") or self.store_address.startswith("sqlite:")

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for a child process."""
        told = {name: getattr(self, name) for name in type(self).model_fields}
        plain = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in told.items()
        }
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in plain.items() if value not in (None, "")}

    def _listening_at(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104 - replaced
        return f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as `seatrial config` prints it; secrets are masked."""

    name: str
    value: str
    origin: str
    meaning: str


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, config: Path | None = None
) -> Settings:
    """Settings from ``flags`` (None means not given), the environment and a TOML file. Raises `BadSettings`."""
    origins = _sources(flags, environment if environment is not None else os.environ, config)
    merged: dict[str, Any] = {}
    for _, values in reversed(origins):
        merged |= values
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise BadSettings(_explain(error, origins)) from None
    _check(settings)
    return settings


def explain(
    flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, config: Path | None = None
) -> list[Setting]:
    """Each setting with its value and where it came from."""
    settings = load(flags, environment, config)
    origins = _sources(flags, environment if environment is not None else os.environ, config)
    derived = {
        "log": settings.log_address,
        "store": settings.store_address,
        "public_url": settings.public_address,
        "url": settings.server,
        "spool": settings.spool_folder,
    }
    found = []
    for name, field in Settings.model_fields.items():
        value = _masked(name, derived.get(name, getattr(settings, name)))
        origin = next((where for where, values in origins if name in values), "default")
        found.append(Setting(f"{PREFIX}{name.upper()}", value, origin, field.description or ""))
    return found


def _sources(
    flags: Mapping[str, Any], environment: Mapping[str, str], config: Path | None
) -> list[tuple[str, dict[str, Any]]]:
    """Where settings come from, the strongest first."""
    names = Settings.model_fields
    given = {name: value for name, value in flags.items() if value is not None}
    variables = {name: environment[key] for name in names if environment.get(key := f"{PREFIX}{name.upper()}")}
    return [("flag", given), ("environment", variables), (f"file {config}", _read(config) if config else {})]


def _read(config: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(config.read_text())
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file {config} cannot be read: {error}"
        raise BadSettings(message) from None
    except tomllib.TOMLDecodeError as error:
        message = f"the file {config} is not TOML: {error}"
        raise BadSettings(message) from None
    if unknown := sorted(told.keys() - Settings.model_fields.keys()):
        message = f"the file {config} has {', '.join(unknown)}; known are {', '.join(Settings.model_fields)}"
        raise BadSettings(message)
    return told


def _check(settings: Settings) -> None:
    for name in ("listen", "metrics_listen"):
        if text := getattr(settings, name):
            _host_and_port(name, text)
    if not settings.log_address.startswith(("sqlite:///", "kafka://")):
        message = f"SEATRIAL_LOG is {settings.log!r}: write sqlite:///path or kafka://host:port,host:port"
        raise BadSettings(message)
    if not settings.store_address.startswith(("sqlite:///", "postgresql+psycopg://")):
        message = f"SEATRIAL_STORE is {_masked('store', settings.store)!r}: write sqlite:///path or postgresql+psycopg://user@host/name"
        raise BadSettings(message)


def _host_and_port(name: str, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
        message = f"{PREFIX}{name.upper()} is {text!r}: write an address and a port, as in 127.0.0.1:8321"
        raise BadSettings(message)
    return host, int(port)


def _explain(error: ValidationError, origins: list[tuple[str, dict[str, Any]]]) -> str:
    lines = []
    for fault in error.errors():
        name = str(fault["loc"][0])
        origin = next((where for where, values in origins if name in values), "default")
        lines.append(f"{PREFIX}{name.upper()} (from {origin}): {fault['msg']}")
    return "; ".join(lines)


def _masked(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "********"
    if name == "store" and value:
        return re.sub(r"(://[^:/@]*:).*(?=@)", r"\1***", str(value))
    return "" if value is None else str(value)
