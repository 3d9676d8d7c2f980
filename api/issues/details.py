"""All that is known of one issue, as its page and the API show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from analytics.correlation.changed_files import ChangedFiles
from analytics.correlation.issue_states import IssueState
from analytics.correlation.order import Newest
from analytics.correlation.resolutions import Standing
from analytics.correlation.suspects import Suspect, suspects
from analytics.statistics.comparison import Comparison, compare
from api.issues import states
from api.issues.standings import standing
from api.issues.states import InRelease
from api.issues.suspects import BROUGHT, changes
from api.latest import latest
from models.domain.issue import IssueCommand
from models.store.queries import events, issues, releases
from models.store.queries.issue_counts import Asked
from models.store.queries.issue_names import identified
from models.store.queries.issues import InEnvironment, Issue
from models.store.queries.issues import InRelease as Seen
from models.store.queries.merged import merged

MOST_SUSPECTS = 3


@dataclass(frozen=True, slots=True)
class Brought:
    """The release that brought the issue, or brought it back, and what changed in it."""

    release: str
    baseline: str | None
    commits: int
    files_left_out: int
    """Of the commits that changed most, where there are too many to look at."""
    suspects: Sequence[Suspect]


@dataclass(frozen=True, slots=True)
class Details:
    issue: Issue
    merged_from: str | None
    """The issue that was asked for, where it was merged into this one."""
    environment: str
    release: str | None
    """Of which the counts are; None for all of them."""
    state: IssueState | None
    """In the release."""
    compared: Comparison | None
    """The release with its baseline, whether or not that makes it worse."""
    standing: Standing
    commands: Sequence[IssueCommand]
    per_release: Sequence[Seen]
    per_environment: Sequence[InEnvironment]
    new_in: frozenset[str]
    newest: Newest | None
    sample: tuple[str, Mapping[str, Any]] | None
    """Id and content of the newest event in the environment that was kept whole."""
    brought: Brought | None

    def users_on(self, release: str) -> int:
        return next((one.users for one in self.per_release if one.release == release), 0)


def details_of(
    connection: Connection, project: str, environment: str, name: str, release: str | None, now: int
) -> Details | None:
    """None if no such issue was seen there. ``now`` in ms."""
    found = issues.view(connection, project, environment, name, release)
    if found is None:
        return None
    merges = merged(connection, project)
    members = merges.group(found.issue)
    stands, commands = standing(connection, project, environment, found.issue)
    new_in = issues.first_releases(connection, project, environment, found.issue, merges)
    bringing = release or _bringing(stands, new_in)
    within = states.of_releases(connection, project, environment, [bringing])[bringing] if bringing else None
    sample = events.sample_of(connection, project, environment, members, release)
    return Details(
        issue=found,
        merged_from=_merged_from(connection, project, name, found.issue),
        environment=environment,
        release=release,
        state=within.states.of.get(found.issue) if within and release else None,
        compared=_compared(within, found.issue) if release else None,
        standing=stands,
        commands=commands,
        per_release=issues.by_release(connection, Asked(project, environment, issue=found.issue, merged=merges)),
        per_environment=issues.by_environment(connection, project, releases.environments(connection, project), members),
        new_in=new_in,
        newest=latest(connection, project, environment, now),
        sample=sample,
        brought=_brought(connection, project, environment, bringing, within, found.issue, sample),
    )


def _bringing(stands: Standing, new_in: frozenset[str]) -> str | None:
    """The release to look for a change in, where none is asked for: that of its return, else its first one."""
    if stands.back is not None:
        return stands.back.release or None
    return next(iter(new_in)) or None if len(new_in) == 1 else None


def _compared(within: InRelease | None, issue: str) -> Comparison | None:
    arms = within.compared.get(issue) if within else None
    return compare(arms, within.margin) if within and arms else None


def _brought(
    connection: Connection,
    project: str,
    environment: str,
    release: str | None,
    within: InRelease | None,
    issue: str,
    sample: tuple[str, Mapping[str, Any]] | None,
) -> Brought | None:
    if release is None or within is None or sample is None or within.states.of.get(issue) not in BROUGHT:
        return None
    changed = changes(connection, project, environment, release, within.baseline)
    found = events.samples_of(connection, project, environment, [issue], release, within.merged).get(issue)
    files = ChangedFiles.of(changed)
    ranked = suspects(found or sample[1], files)[:MOST_SUSPECTS]
    return Brought(release, within.baseline, len(changed), files.left_out, ranked)


def _merged_from(connection: Connection, project: str, name: str, survivor: str) -> str | None:
    asked = identified(connection, project, name)
    return asked if asked != survivor else None
