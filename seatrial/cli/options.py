"""The options that many commands share, and the settings they come to."""

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from seatrial.settings import Settings, load

Config: TypeAlias = Annotated[Path | None, typer.Option(help="A TOML file with settings.")]
Data: TypeAlias = Annotated[Path | None, typer.Option(help="Folder of the embedded default.")]
Log: TypeAlias = Annotated[str | None, typer.Option(help="sqlite:///path or kafka://host:port,host:port")]
Store: TypeAlias = Annotated[str | None, typer.Option(help="sqlite:///path or postgresql+psycopg://…")]
Listen: TypeAlias = Annotated[str | None, typer.Option(help="Address and port of HTTP.")]
PublicUrl: TypeAlias = Annotated[str | None, typer.Option(help="The address in links and DSNs.")]
Url: TypeAlias = Annotated[str | None, typer.Option(help="The server to ask.")]
Token: TypeAlias = Annotated[str | None, typer.Option(help="The project's token.")]
Project: TypeAlias = Annotated[
    str | None, typer.Option(help="The project; default: SEATRIAL_PROJECT, else the text before @ in RELEASE.")
]
ProjectAlone: TypeAlias = Annotated[
    str | None, typer.Option("--project", help="The project; default: SEATRIAL_PROJECT.")
]
"""Of commands without a RELEASE."""
Environment: TypeAlias = Annotated[str, typer.Option("--environment", "-e", help="The environment.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Release: TypeAlias = Annotated[str, typer.Argument(help="The whole string, as in shop@1.4.2.")]
Reason: TypeAlias = Annotated[str, typer.Option(help="Why.")]

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it: control characters but tab and newline, and marks of direction."""


def settings_of(config: Path | None = None, **flags: Any) -> Settings:
    return load(flags, config=config)


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def counted(number: int, noun: str) -> str:
    """``1 user``, ``2 users``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(shown(text) + "\n")


def tell(text: str) -> None:
    """A line of progress or warning: stderr, so that the result stays clean."""
    sys.stderr.write(shown(text) + "\n")


def shown(text: str) -> str:
    """With what cannot be seen written out: a title from a stranger's error must not command the reader's terminal."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
