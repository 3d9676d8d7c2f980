"""The changes that may have brought an issue: the commits since the release that was replaced, against its stack."""

from collections.abc import Collection

from sqlalchemy import Connection

from analytics.correlation import suspects
from analytics.correlation.changed_files import Changed, ChangedFiles
from analytics.correlation.issue_states import IssueState
from analytics.correlation.resolutions import Releases
from analytics.correlation.suspects import Suspect
from api.issues.states import InRelease
from models.store.queries import events, releases

BROUGHT = frozenset({IssueState.NEW_HERE, IssueState.CAME_BACK, IssueState.GETTING_WORSE})
"""Only what a release brought can be of a change in it."""


def changes(
    connection: Connection, project: str, environment: str, release: str, baseline: str | None
) -> list[Changed]:
    """The commits of the release, and of those between it and the one it replaced that were never deployed here."""
    told = releases.with_commits(connection, project)
    if not told:
        return []
    known = Releases.of(environment, releases.known(connection, project))
    between = [name for name in told if name == release or _is_between(known, baseline, name, release)]
    found = releases.commits_of(connection, project, between)
    changed = {
        commit.id: Changed(commit.id, commit.message, commit.author, name, commit.files)
        for name in sorted(found, key=lambda name: (name == release, name))
        for commit in found[name]
    }
    return list(changed.values())


def leading(
    connection: Connection, project: str, environment: str, release: str, found: InRelease, issues: Collection[str]
) -> dict[str, Suspect]:
    """The likeliest change of each issue that the release brought, where there is one."""
    brought = [issue for issue in issues if found.states.of.get(issue) in BROUGHT]
    if not brought:
        return {}
    changed = changes(connection, project, environment, release, found.baseline)
    if not any(change.files for change in changed):
        return {}
    samples = events.samples_of(connection, project, environment, brought, release, found.merged)
    files = ChangedFiles.of(changed)
    ranked = {issue: suspects.suspects(event, files) for issue, event in samples.items()}
    return {issue: told[0] for issue, told in ranked.items() if told}


def _is_between(known: Releases, baseline: str | None, name: str, release: str) -> bool:
    if baseline is None:
        return False
    after, before = known.order(name, baseline), known.order(name, release)
    return after is not None and after.sign > 0 and before is not None and before.sign < 0
