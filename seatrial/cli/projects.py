"""`project create`: acts on the store itself, so that a first project needs no token."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Config, Data, Json, Listen, PublicUrl, Store, print_json, say, settings_of, tell
from seatrial.failures import ExitCode, Failure

if TYPE_CHECKING:
    from seatrial.settings import Settings

HIGHEST_NUMBER = 10**18 - 1
"""Intake reads up to 18 digits."""

projects = typer.Typer(help="Projects.", no_args_is_help=True)
app.add_typer(projects, name="project")


@projects.command()
def create(
    name: Annotated[str, typer.Argument(help="Its name, as in shop@1.4.2.")],
    number: Annotated[
        int | None, typer.Option(min=1, max=HIGHEST_NUMBER, help="Keep the number of an old DSN.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Keep the public key of an old DSN (32 hex characters).")] = None,
    config: Config = None,
    data: Data = None,
    store: Store = None,
    listen: Listen = None,
    public_url: PublicUrl = None,
    as_json: Json = False,
) -> None:
    """Make a project; prints its DSN, its token and the three next steps."""
    from models.clock import SystemClock
    from models.store.engine import open_engine
    from models.store.migrate import migrate
    from models.store.queries.tokens import create_project
    from seatrial.client import dsn_of

    settings = settings_of(config, data=data, store=store, listen=listen, public_url=public_url)
    _check(name, key)
    new = settings.store_file is not None and not settings.store_file.exists()
    engine = open_engine(settings.store_address)
    migrate(engine)
    try:
        with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            created = create_project(connection, name, number, key, SystemClock().now())
    except ValueError as error:
        raise Failure(str(error), ExitCode.BAD_USAGE) from None
    finally:
        engine.dispose()
    dsn = dsn_of(settings.public_address, created.public_key, created.number)
    _warn_of_another_store(settings, name)
    if as_json:
        told = {"project": created.project, "number": created.number, "dsn": dsn, "token": created.token}
        print_json(told | {"store": settings.store_shown})
        return
    say(f"Project {created.project}, number {created.number}")
    say(f"  Store  {settings.store_shown}{' (made just now)' if new else ''}")
    say(f"  DSN    {dsn}")
    say(f"  Token  {created.token}   (shown once)")
    say("Next:")
    say(f'  1. Point the Sentry SDK here:  sentry_sdk.init("{dsn}", release="{name}@1.0.0")')
    say(f"  2. Tell of a deploy:           SEATRIAL_TOKEN={created.token} seatrial deploy record {name}@1.0.0")
    say(f"  3. Ask:                        seatrial release gate {name}@1.0.0")


def _warn_of_another_store(settings: "Settings", name: str) -> None:
    from seatrial.client import projects_here

    known = projects_here(settings.public_address)
    if known is not None and name not in known:
        tell(
            f"seatrial: the server at {settings.public_address} does not know this project: its store is another one"
            f" than {settings.store_shown}. Name that by --data or --store, or the server by --listen or --public-url."
        )


def _check(name: str, key: str | None) -> None:
    if not re.fullmatch(r"[\w.-]{1,200}", name):
        message = f"{name!r} cannot name a project: use letters, digits, - _ and . only"
        raise Failure(message, ExitCode.BAD_USAGE)
    if key is not None and not re.fullmatch(r"[0-9a-f]{32}", key):
        message = "--key takes 32 characters of 0-9 and a-f"
        raise Failure(message, ExitCode.BAD_USAGE)
