"""`doctor`: is everything as it should be, and if not, what to do."""

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Config, Data, Json, Log, Store, print_json, say, settings_of
from seatrial.failures import ExitCode


@app.command()
def doctor(
    config: Config = None, data: Data = None, log: Log = None, store: Store = None, as_json: Json = False
) -> None:
    """Check log, store, clocks and lag; says what to do about each fault. Leaves with 1 if there is one."""
    from seatrial import wiring
    from seatrial.doctor import examine

    settings = settings_of(config, data=data, log=log, store=store)
    system = wiring.open_system(settings)
    try:
        checks = list(examine(system.engine, system.log, system.clock, system.settings.spool_folder))
    finally:
        system.close()
    if as_json:
        fields = ("name", "fault", "finding", "advice")
        print_json(
            {"schema": "doctor.v1", "checks": [{name: getattr(check, name) for name in fields} for check in checks]}
        )
    else:
        for check in checks:
            say(f"{'✖' if check.fault else '✔'} {check.name}: {check.finding}")
            if check.fault:
                say(f"    → {check.advice}")
    if any(check.fault for check in checks):
        raise typer.Exit(ExitCode.FAILED)
