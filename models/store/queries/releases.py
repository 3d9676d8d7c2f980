"""The releases of an environment, with their deploys, sessions and how far each was judged."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from models.domain.release import Known
from models.store.queries import feedback, releases_told
from models.store.tables import (
    deploy_fact,
    hurt_user,
    issue_minute,
    release_commit,
    release_ref,
    release_seen,
    session_minute,
)

MINUTE = 60_000
PAGE = 50
WITHDRAWN = ("failed", "rolled_back")
COUNTS = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")

Place = tuple[int, str]
"""Where a page ended: the time (ms) and the release of its last row."""


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    message: str
    author: str
    files: tuple[str, ...] = ()
    """Paths within its repository."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message about a deploy. Times in ms; ``exposure`` None means all traffic."""

    deploy: str | None
    state: str
    exposure: float | None
    deployed_by: str | None
    url: str | None
    irreversible: bool
    commits: tuple[Commit, ...]
    booked_at: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """Disjoint counts of the sessions of a release; they add up to ``started``."""

    started: int = 0
    healthy: int = 0
    errored: int = 0
    unhandled: int = 0
    abnormal: int = 0
    crashed: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    release: str
    environment: str
    since: int
    """When it was first deployed there or, never deployed, first seen; ms."""
    deployed: bool
    sessions: Sessions
    hurt: int
    """Users hurt, each once a UTC day."""
    feedback: int
    commits: int
    deployed_by: str | None

    @property
    def place(self) -> Place:
        return self.since, self.release


def listed(
    connection: Connection, project: str, environment: str, *, before: Place | None = None, limit: int = PAGE
) -> list[Release]:
    """Newest first."""
    known = _known(connection, project, environment)
    found = sorted(((since, release) for release, (since, _) in known.items()), reverse=True)
    if before is not None:
        found = [place for place in found if place < before]
    page = [release for _, release in found[:limit]]
    return _described(connection, project, environment, page, known)


def view(connection: Connection, project: str, environment: str, release: str) -> Release | None:
    known = _known(connection, project, environment, release)
    found = _described(connection, project, environment, list(known), known)
    return found[0] if found else None


def timeline(connection: Connection, project: str, environment: str, release: str) -> list[Told]:
    """What was told of the release's deploys there, in booking order."""
    return _told(connection, project, environment, [release]).get(release, [])


def commits_of(connection: Connection, project: str, releases: Collection[str]) -> dict[str, list[Commit]]:
    """By release, the commits that were told with its deploys in any environment or by sentry-cli, each once."""
    columns = deploy_fact.c
    query = select(columns.release, columns.commits).where(columns.project == project, columns.release.in_(releases))
    found: dict[str, dict[str, Commit]] = defaultdict(dict)
    for release, text in connection.execute(
        query.where(columns.commits.is_not(None)).order_by(columns.booked_at, columns.fact)
    ):
        for commit in _commits(text):
            found[release].setdefault(commit.id, commit)
    for release in releases:
        for told in releases_told.commits(connection, project, release):
            found[release].setdefault(told.id, Commit(told.id, told.message, told.author, told.files))
    return {release: list(commits.values()) for release, commits in found.items()}


def known(connection: Connection, project: str) -> dict[str, Known]:
    """Every release of the project, by its name."""
    seen, told = release_seen.c, deploy_fact.c
    first = select(seen.environment, seen.release, func.min(seen.first_minute)).where(seen.project == project)
    facts = select(told.environment, told.release, told.state, told.booked_at).where(told.project == project)
    found: dict[str, _Known] = defaultdict(_Known)
    for environment, release, minute in connection.execute(
        first.where(seen.release != "").group_by(seen.environment, seen.release)
    ):
        found[release].seen[environment] = minute * MINUTE
    for environment, release, state, at in connection.execute(facts.order_by(told.booked_at, told.fact)):
        found[release].deployed.setdefault(environment, at)
        found[release].last[environment] = state
    return {release: one.known(release) for release, one in found.items()}


def first_minutes(connection: Connection, project: str, environment: str, releases: Collection[str]) -> dict[str, int]:
    """By release, the minute in which its first session or error was booked there."""
    columns = release_seen.c
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    query = select(columns.release, func.min(columns.first_minute)).where(*where).group_by(columns.release)
    return {row[0]: row[1] for row in connection.execute(query)}


def with_commits(connection: Connection, project: str) -> set[str]:
    """The releases of which `commits_of` may know any."""
    found: set[str] = set()
    for table in (deploy_fact, release_commit, release_ref):
        query = select(table.c.release).where(table.c.project == project).distinct()
        if table is deploy_fact:
            query = query.where(deploy_fact.c.commits.is_not(None))
        found |= set(connection.execute(query).scalars())
    return found


def traffic(connection: Connection, project: str, environment: str, first: int) -> dict[str, int]:
    """By release, the sessions from minute ``first`` on; the errors, where the environment sends no sessions."""
    for table, count in ((session_minute, session_minute.c.started), (issue_minute, issue_minute.c.events)):
        columns = table.c
        query = select(columns.release, func.sum(count)).where(columns.project == project, columns.minute >= first)
        rows = connection.execute(query.where(columns.environment == environment).group_by(columns.release)).all()
        if rows:
            return {release: max(int(number), 0) for release, number in rows}
    return {}


@dataclass(slots=True)
class _Known:
    deployed: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def known(self, release: str) -> Known:
        withdrawn = frozenset(environment for environment, state in self.last.items() if state in WITHDRAWN)
        return Known(release, self.deployed, self.seen, withdrawn)


def environments(connection: Connection, project: str) -> list[str]:
    """Every environment that a deploy or a release's data named."""
    found: set[str] = set()
    for columns in (deploy_fact.c, release_seen.c):
        query = select(columns.environment).where(columns.project == project).distinct()
        found |= set(connection.execute(query).scalars())
    return sorted(found)


def sessions(connection: Connection, project: str, environment: str, releases: Collection[str]) -> dict[str, Sessions]:
    columns = session_minute.c
    sums = [func.sum(columns[name]).label(name) for name in COUNTS]
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    rows = connection.execute(select(columns.release, *sums).where(*where).group_by(columns.release)).mappings()
    return {row["release"]: Sessions(**{name: int(row[name]) for name in COUNTS}) for row in rows}


def hurt(connection: Connection, project: str, environment: str, releases: Collection[str]) -> dict[str, int]:
    """By release, users hurt, each once a UTC day, as the evidence counts them."""
    columns = hurt_user.c
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    users = select(columns.release, columns.day, columns.identity).where(*where).distinct().subquery()
    rows = connection.execute(select(users.c.release, func.count()).group_by(users.c.release))
    return {row[0]: row[1] for row in rows}


def _known(
    connection: Connection, project: str, environment: str, release: str | None = None
) -> dict[str, tuple[int, bool]]:
    """By release: since when (ms), and whether it was deployed."""
    seen, told = release_seen.c, deploy_fact.c
    first_seen = select(seen.release, func.min(seen.first_minute)).where(seen.project == project)
    deployed = select(told.release, func.min(told.booked_at)).where(told.project == project)
    first_seen = first_seen.where(seen.environment == environment, seen.release != "").group_by(seen.release)
    deployed = deployed.where(told.environment == environment).group_by(told.release)
    if release is not None:
        first_seen, deployed = first_seen.where(seen.release == release), deployed.where(told.release == release)
    known = {row[0]: (row[1] * MINUTE, False) for row in connection.execute(first_seen)}
    return known | {row[0]: (row[1], True) for row in connection.execute(deployed)}


def _described(
    connection: Connection, project: str, environment: str, page: list[str], known: dict[str, tuple[int, bool]]
) -> list[Release]:
    counted = sessions(connection, project, environment, page)
    users = hurt(connection, project, environment, page)
    said = feedback.counts(connection, project, environment)
    messages = _told(connection, project, environment, page)
    rows = []
    for release in page:
        since, deployed = known[release]
        told = messages.get(release, [])
        rows.append(
            Release(
                release=release,
                environment=environment,
                since=since,
                deployed=deployed,
                sessions=counted.get(release, Sessions()),
                hurt=users.get(release, 0),
                feedback=said.get(release, 0),
                commits=len({commit.id for one in told for commit in one.commits}),
                deployed_by=next((one.deployed_by for one in told if one.deployed_by), None),
            )
        )
    return rows


def _told(connection: Connection, project: str, environment: str, releases: Collection[str]) -> dict[str, list[Told]]:
    """By release, what was told of its deploys, in booking order."""
    columns = deploy_fact.c
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    found: dict[str, list[Told]] = defaultdict(list)
    for row in connection.execute(select(deploy_fact).where(*where).order_by(columns.booked_at, columns.fact)):
        commits = _commits(row.commits)
        told = (row.deploy, row.state, row.exposure, row.deployed_by, row.url, row.irreversible, commits, row.booked_at)
        found[row.release].append(Told(*told))
    return found


def _commits(text: str | None) -> tuple[Commit, ...]:
    told = msgspec.json.decode(text) if text else []
    return tuple(_commit(one) for one in told)


def _commit(told: Mapping[str, Any]) -> Commit:
    files = tuple(str(path) for path in told.get("files") or ())
    return Commit(str(told.get("id", "")), str(told.get("message", "")), str(told.get("author", "")), files)
