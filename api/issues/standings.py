"""What holds of each issue in an environment, after all that people commanded and all that happened since."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from analytics.correlation import resolutions
from analytics.correlation.resolutions import Releases, Sighting, Standing, Status
from models.domain.issue import CommandKind, IssueCommand
from models.store.queries import issue_commands, releases

UNTOUCHED = Standing()
"""Of an issue of which nobody commanded anything."""


def standings(
    connection: Connection,
    project: str,
    environment: str,
    issues: Collection[str],
    fixed_in: Collection[str] = (),
) -> dict[str, Standing]:
    """Of those among the issues that anything was commanded of, and of all that may be fixed in these releases."""
    commands = issue_commands.of_issues(connection, project)
    if not commands:
        return {}
    known = Releases.of(environment, releases.known(connection, project))
    asked = {issue: told for issue, told in commands.items() if issue in issues or _may_fix(told, known, fixed_in)}
    return _standings(connection, project, known, asked)


def standing(connection: Connection, project: str, environment: str, issue: str) -> tuple[Standing, list[IssueCommand]]:
    """Of one issue, and all that was commanded of it, oldest first."""
    commands = issue_commands.of_issues(connection, project, [issue])
    if not commands:
        return UNTOUCHED, []
    known = Releases.of(environment, releases.known(connection, project))
    return _standings(connection, project, known, commands)[issue], commands[issue]


def _may_fix(commands: Sequence[IssueCommand], known: Releases, wanted: Collection[str]) -> bool:
    last = commands[-1]
    return bool(wanted) and last.kind is CommandKind.RESOLVE and resolutions.fixed_in(last, known) in wanted


def _standings(
    connection: Connection, project: str, known: Releases, commands: Mapping[str, Sequence[IssueCommand]]
) -> dict[str, Standing]:
    resolved = [one for told in commands.values() for one in told if one.kind is CommandKind.RESOLVE]
    seen = issue_commands.sightings(connection, project, known.environment, resolved)
    sightings = {command: [Sighting(*one) for one in found] for command, found in seen.items()}
    return {issue: resolutions.standing(told, sightings, known) for issue, told in commands.items()}


__all__ = ["UNTOUCHED", "Standing", "Status", "standing", "standings"]
