"""``report.v1``: the one document about a release, which REST, its page and its reports show.

Every key is always there, and what is not known is null, never 0. Times are RFC 3339. All of it comes from the shared
queries over one connection, so that the numbers agree.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from analytics.correlation.crashes import Explained
from api import addresses
from api.crashed import crashed_by_issue
from api.gates.standing import standings
from api.gates.verdict import gates
from api.issues import listing
from api.issues.listing import STATES, Listed, Listing
from api.issues.rows import listed_row
from api.release_health import adoption_of, crash_free, segments_of, unhandled_free, users_of
from api.release_timeline import timeline
from api.rows import action_row, decision_row, feedback_row, minute_end
from models.store.queries import actions, decisions, feedback, issue_names, releases, series
from models.store.queries.evaluations import Evaluation
from models.store.queries.feedback import Feedback
from models.store.queries.releases import Release, Told
from models.wire.times import to_text

SCHEMA = "report.v1"
MOST_ISSUES = 20
MOST_FEEDBACK = 10
MOST_QUOTES = 3
MOST_DECISIONS = 100
MOST_COMMITS = 100


def release_document(
    connection: Connection,
    project: str,
    environment: str,
    release: str,
    now: int,
    public_url: str,
    *,
    issues: Listing | None = None,
) -> dict[str, Any] | None:
    """All that is known of a release in an environment as of ``now`` (ms); None if nothing is.

    ``issues``: those to list, where they are read already.
    """
    found = releases.view(connection, project, environment, release)
    if found is None:
        return None
    place = _Place(connection, project, environment, release, public_url)
    standing = standings(connection, project, environment, [release])
    told = releases.timeline(connection, project, environment, release)
    decided = decisions.listed(connection, project, release=release, environment=environment, limit=MOST_DECISIONS)
    done = actions.of_decisions(connection, project, [one.decision for one in decided])
    crashed = crashed_by_issue(connection, project, environment, release)
    return {
        "schema": SCHEMA,
        "project": project,
        "environment": environment,
        "release": release,
        "at": to_text(now),
        "gate": gates(connection, project, environment, standing, now, public_url)[release],
        "facts": _facts(found, told) | place.health(now) | {"users_with_feedback": place.writers()},
        "timeline": timeline(told, decided, done),
        "series": place.series(standing[release].evaluation),
        "issues": place.issues(issues, crashed),
        "segments": segments_of(connection, project, environment, release),
        "crashed": place.crashed(crashed),
        "unexplained": crashed.unexplained,
        "themes": place.themes(),
        "feedback": place.feedback(),
        "decisions": [decision_row(one, public_url) for one in decided],
        "actions": [action_row(one) for one in done],
    } | place.addresses()


class _Place:
    """A release in an environment, and the parts of its document that need queries of their own."""

    def __init__(self, connection: Connection, project: str, environment: str, release: str, public_url: str) -> None:
        self._connection = connection
        self._of = (project, environment, release)
        self._project = project
        self._environment = environment
        self._release = release
        self._public_url = public_url

    def writers(self) -> int:
        return feedback.writers(self._connection, *self._of)

    def series(self, evaluation: Evaluation | None) -> list[dict[str, Any]]:
        if evaluation is None:
            return []
        found = series.points(self._connection, self._project, self._environment, evaluation.deploy)
        return [{"at": minute_end(point.minute)} | _without(asdict(point), "minute") for point in found]

    def health(self, now: int) -> dict[str, Any]:
        project, environment, release = self._of
        users = users_of(self._connection, project, environment, [release])
        adopted = adoption_of(self._connection, project, environment, [release], now)
        return {"users": users[release], "adoption": adopted[release]}

    def crashed(self, found: Explained) -> dict[str, Any]:
        """Failed sessions by issue, most first, and those without one; they add up to ``total``."""
        named = issue_names.names(self._connection, self._project, list(found.by_issue))
        explained = sorted(found.by_issue.items(), key=lambda one: (-one[1], one[0]))
        return {
            "total": found.total,
            "issues": [{"issue": one, "name": named.get(one), "sessions": sessions} for one, sessions in explained],
            "unexplained": found.unexplained,
        }

    def issues(self, listed: Listing | None, crashed: Explained) -> dict[str, Any]:
        found = listed or listing.of_release(self._connection, *self._of, limit=MOST_ISSUES)
        shown = [
            self._issue(one) | {"crashed_sessions": crashed.by_issue.get(one.issue.issue, 0)} for one in found.items
        ]
        return {"counts": found.counts, "items": shown}

    def themes(self) -> list[dict[str, Any]]:
        return [
            {
                "theme": one.theme,
                "name": one.name,
                "count": one.count,
                "quotes": [said.message for said in self._said(MOST_QUOTES, only=one.members)],
                "url": self._page("feedback", theme=one.theme),
            }
            for one in feedback.themes(self._connection, *self._of)
        ]

    def feedback(self) -> dict[str, Any]:
        said = self._said(MOST_FEEDBACK)
        named = issue_names.names(self._connection, self._project, [one.issue for one in said if one.issue])
        items = [self._written(one, named.get(one.issue, one.issue) if one.issue else None) for one in said]
        return {"count": feedback.count(self._connection, *self._of), "items": items}

    def addresses(self) -> dict[str, Any]:
        """Of the page and the report, and of the rows behind each count."""
        own = ("releases", self._release)
        return {
            "url": addresses.page(self._public_url, self._project, *own, environment=self._environment),
            "report_url": self._call(*own, "report", environment=self._environment),
            "links": {
                "issues": self._rows("issues"),
                **{state.value: self._rows("issues", state=state.value) for state in STATES},
                "feedback": self._rows("feedback"),
                "themes": self._rows("themes"),
                "decisions": self._rows("decisions"),
            },
        }

    def _said(self, limit: int, only: Sequence[str] | None = None) -> list[Feedback]:
        return feedback.listed(self._connection, *self._of, only=only, limit=limit)

    def _written(self, one: Feedback, issue: str | None) -> dict[str, Any]:
        return feedback_row(one, issue, self._page("issues", issue) if issue else None)

    def _issue(self, one: Listed) -> dict[str, Any]:
        return listed_row(one, self._page("issues", one.issue.name or one.issue.issue))

    def _page(self, *path: str, **query: str) -> str:
        whole = {"environment": self._environment, "release": self._release} | query
        return addresses.page(self._public_url, self._project, *path, **whole)

    def _rows(self, kind: str, **query: str) -> str:
        return self._call(kind, environment=self._environment, release=self._release, **query)

    def _call(self, *path: str, **query: str) -> str:
        return addresses.call(self._public_url, self._project, *path, **query)


def _facts(found: Release, told: Sequence[Told]) -> dict[str, Any]:
    commits = {commit.id: _without(asdict(commit), "files") for one in told for commit in one.commits}
    return {
        "since": to_text(found.since),
        "deployed": found.deployed,
        "deployed_by": found.deployed_by,
        "commits": list(commits.values())[:MOST_COMMITS],
        "sessions": asdict(found.sessions),
        "crash_free": crash_free(found.sessions),
        "unhandled_free": unhandled_free(found.sessions),
        "hurt": found.hurt,
    }


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
