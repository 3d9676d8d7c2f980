"""`policy backtest`: what past releases would have come to under another policy."""

import sys
from typing import Annotated

import typer

from seatrial.cli.options import Environment, Json, ProjectAlone, Token, Url, print_json, say, settings_of, tell
from seatrial.cli.policies import File, policies
from seatrial.failures import ExitCode, Failure


@policies.command()
def backtest(
    file: File,
    since: Annotated[str, typer.Option(help="How far back: 90d, 24h, or a day such as 2026-08-01.")] = "90d",
    releases: Annotated[int | None, typer.Option(min=1, help="At most so many of the last deploys.")] = None,
    environment: Environment = "production",
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Replay the stored evidence of past releases under FILE and under the policy in force."""
    from analytics.learning.backtest_summary import summary
    from seatrial import policy_documents
    from seatrial.backtest import reading, run, telling
    from seatrial.backtest.showing import showing
    from seatrial.client import Client, project_of

    given, began = policy_documents.read(file).policy, _since(since)
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client, showing(sys.stderr, as_json=as_json) as on_progress:
        in_force = policy_documents.in_force(client.get("/policy"))
        past = reading.watched(client, environment, began, releases)
        compared = run.compare(client, past, in_force, given, on_progress)
        found = summary(compared, counts_alike=given.count_abnormal == in_force.count_abnormal)
        told = telling.document(found, client.project, environment, in_force, given)
    if as_json:
        print_json(told)
    elif not compared:
        tell(f"No release was under watch in {environment} since {began}: there is nothing to replay.")
    else:
        for line in telling.lines(found, environment, in_force, str(file)):
            say(line)


def _since(text: str) -> str:
    """The time that is meant, RFC 3339."""
    from models.clock import SystemClock
    from models.domain.deploy import MINUTE
    from models.wire import toml
    from models.wire.times import to_milliseconds, to_text

    minutes = toml.minutes(text)
    at = to_milliseconds(text) if minutes is None else max(SystemClock().now() - minutes * MINUTE, 0)
    if at is None:
        message = f"--since: {text!r} is no time; write how far back, such as 90d, or a day, such as 2026-08-01"
        raise Failure(message, ExitCode.BAD_USAGE)
    return to_text(at)
