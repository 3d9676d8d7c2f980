"""The commands, and how each way of failing becomes a sentence and an exit code."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from seatrial.failures import ExitCode, Failure
from seatrial.settings import BadSettings

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's own, or that of the copy which newer versions of typer carry inside."""

COMMANDS = (
    "serving",
    "demonstrating",
    "projects",
    "project_settings",
    "deploys",
    "releases",
    "issues",
    "grouping",
    "feedback",
    "decisions",
    "policies",
    "backtesting",
    "reports",
    "replaying",
    "doctoring",
)
"""The modules of this folder with commands, in the order of the help."""


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"seatrial {version('seatrial')}\n")
        raise typer.Exit


app = typer.Typer(
    name="seatrial",
    help="Every release gets its sea trial: watched from its first session, with a verdict at any time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version.")
    ] = False,
) -> None: ...


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code."""
    _add_commands()
    try:
        code = app(list(arguments), standalone_mode=False)
    except UsageError as error:
        return _show(error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        sys.stderr.write(f"seatrial: {known}\n")
        return known.code
    return int(code or 0)


def _show(error: Exception) -> int:
    getattr(error, "show", lambda: sys.stderr.write(f"{error}\n"))()
    return ExitCode.BAD_USAGE


def _known(error: Exception) -> Failure | None:
    """What to say of an error that is no fault of ours; None for one that is."""
    from sqlalchemy.exc import OperationalError

    from models.ports import LogUnavailable, MissingTopics

    if isinstance(error, Failure):
        return error
    if isinstance(error, BadSettings):
        return Failure(str(error), ExitCode.BAD_USAGE)
    if isinstance(error, LogUnavailable | MissingTopics):
        return Failure(str(error))
    if isinstance(error, OSError) and error.filename:
        reason = error.strerror or type(error).__name__
        return Failure(f"{error.filename} cannot be used ({reason}): name a folder that can be written to by --data")
    if isinstance(error, OperationalError):
        reason = str(error.orig).splitlines()[0]
        return Failure(f"the store cannot be used ({reason}): check SEATRIAL_STORE, and that the database is up")
    return None


def _add_commands() -> None:
    """Each module registers its commands on `app`; what a command needs is imported when it runs."""
    for name in COMMANDS:
        import_module(f"seatrial.cli.{name}")
