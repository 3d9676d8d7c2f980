"""The commands, and how each way of failing becomes a sentence and an exit code."""

import sys
from collections.abc import Sequence

import typer

from seatrial.cli.failures import ExitCode, Failure
from seatrial.settings import BadSettings

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's own, or that of the copy which newer versions of typer carry inside."""

app = typer.Typer(
    name="seatrial",
    help="Every release gets its sea trial: watches a release from its first session, and says continue, hold or roll back.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code."""
    _add_commands()
    try:
        code = app(list(arguments), standalone_mode=False)
    except UsageError as error:
        return _show(error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.FAILED
    except BadSettings as error:
        return _fail(str(error), ExitCode.BAD_USAGE)
    except Failure as failure:
        return _fail(str(failure), failure.code)
    except Exception as error:
        if message := _known(error):
            return _fail(message, ExitCode.FAILED)
        raise
    return int(code or 0)


def _show(error: Exception) -> int:
    getattr(error, "show", lambda: sys.stderr.write(f"{error}\n"))()
    return ExitCode.BAD_USAGE


def _fail(message: str, code: ExitCode) -> int:
    sys.stderr.write(f"seatrial: {message}\n")
    return code


def _known(error: Exception) -> str | None:
    """What to say of an error that is no fault of ours; None for one that is."""
    from sqlalchemy.exc import OperationalError

    from models.ports import LogUnavailable, MissingTopics

    if isinstance(error, LogUnavailable | MissingTopics):
        return str(error)
    if isinstance(error, OperationalError):
        return f"the store cannot be used ({str(error.orig).splitlines()[0]}): check SEATRIAL_STORE, and that the database is up"
    return None


def _add_commands() -> None:
    # Each module registers its commands on `app`; what a command needs is imported when it runs.
    from seatrial.cli import (
        decisions,
        demonstrating,
        deploys,
        doctoring,
        feedback,
        issues,
        policies,
        projects,
        releases,
        replaying,
        reports,
        serving,
    )
