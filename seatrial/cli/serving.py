"""`up`, `serve`, `migrate`, `config`: what an operator runs."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Config, Data, Json, Listen, Log, PublicUrl, Store, print_json, say, settings_of
from seatrial.failures import ExitCode, Failure

if TYPE_CHECKING:
    from seatrial.roles import Role

OpenOnLoopback = Annotated[
    bool | None,
    typer.Option("--open-on-loopback/--closed-on-loopback", help="Whether this machine needs no token."),
]
Metrics = Annotated[str | None, typer.Option(help="Address and port of /metrics of roles other than api.")]


@app.command()
def up(
    config: Config = None,
    data: Data = None,
    log: Log = None,
    store: Store = None,
    listen: Listen = None,
    public_url: PublicUrl = None,
    open_on_loopback: OpenOnLoopback = None,
) -> None:
    """Everything, by one command, on the embedded default; prints "ready URL" once it accepts traffic."""
    import signal
    import threading

    from seatrial import logs, supervisor, wiring

    settings = settings_of(
        config, data=data, log=log, store=store, listen=listen, public_url=public_url, open_on_loopback=open_on_loopback
    )
    if settings.open_on_loopback is None:
        settings = settings.model_copy(update={"open_on_loopback": True})
    logs.configure("up")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        supervisor.check_port(settings)
        system = wiring.open_system(settings)
        wiring.prepare(system)
        system.close()
        supervisor.Supervisor(settings, stop).run(lambda: _print_ready(settings.public_address))
    except (supervisor.PortTaken, supervisor.GaveUp) as error:
        raise Failure(str(error)) from None


@app.command()
def serve(
    roles: Annotated[
        list[str], typer.Argument(help="One or more of api, consumers, evaluator, actions.", metavar="ROLE...")
    ],
    config: Config = None,
    data: Data = None,
    log: Log = None,
    store: Store = None,
    listen: Listen = None,
    public_url: PublicUrl = None,
    open_on_loopback: OpenOnLoopback = None,
    metrics_listen: Metrics = None,
) -> None:
    """The roles of a larger installation."""
    from seatrial import logs, own_errors, wiring
    from seatrial import roles as running

    settings = settings_of(
        config,
        data=data,
        log=log,
        store=store,
        listen=listen,
        public_url=public_url,
        open_on_loopback=open_on_loopback,
        metrics_listen=metrics_listen,
    )
    parsed, name = parse_roles(roles), "+".join(roles)
    logs.configure(name)
    if settings.dsn:
        own_errors.configure(settings.dsn.get_secret_value(), name)
    running.run(wiring.open_system(settings), parsed, open_on_loopback=bool(settings.open_on_loopback))


@app.command()
def migrate(config: Config = None, data: Data = None, log: Log = None, store: Store = None) -> None:
    """Database schema up to date; topics created with their partitions."""
    from seatrial import wiring

    settings = settings_of(config, data=data, log=log, store=store)
    system = wiring.open_system(settings)
    wiring.prepare(system)
    system.close()
    say("The schema is up to date and the topics are there.")


@app.command(name="config")
def show_config(config: Config = None, as_json: Json = False) -> None:
    """Each setting with its value and where it came from; secrets are masked."""
    from seatrial.settings import explain

    found = explain({}, config=config)
    if as_json:
        print_json({one.name: {"value": one.value, "origin": one.origin, "meaning": one.meaning} for one in found})
        return
    width = max(len(one.name) for one in found)
    for one in found:
        say(f"{one.name:<{width}}  {one.value or '—'}  ({one.origin})")


def parse_roles(names: list[str]) -> "list[Role]":
    from seatrial.roles import Role

    known = [role.value for role in Role]
    if unknown := [name for name in names if name not in known]:
        message = f"no role {', '.join(unknown)}: use one or more of {', '.join(known)}"
        raise Failure(message, ExitCode.BAD_USAGE)
    return [Role(name) for name in names]


def _print_ready(address: str) -> None:
    say(f"ready {address}")
    sys.stdout.flush()
