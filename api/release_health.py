"""What share of a release's sessions and users went well, how far it came into use, and the same by segment.

Every share stands with its n and its 95 % interval. Users are those that sessions name: how many there are is estimated
where they are many, and whom a session failed is counted. Where no session names one, as in backends, nothing is known
of users: null, never 0 or 100 %.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from analytics.correlation.adoption import WINDOW_MINUTES, Adoption, adoption
from analytics.reports.words import STAGES
from analytics.statistics import sketch
from analytics.statistics.intervals import wilson
from analytics.statistics.sketch import Estimate
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.store.queries import adoption as adoptions
from models.store.queries import segments, users
from models.store.queries.releases import Sessions
from models.store.queries.users import ALL, Failed

NOTHING: Mapping[str, Any] = {"value": None, "low": None, "high": None, "n": 0}
MINUTES_AN_HOUR = 60


def crash_free(sessions: Sessions) -> dict[str, Any]:
    """The share of sessions that did not crash (sentry-protocol.md, 2.3)."""
    return rate(sessions.crashed, Estimate(sessions.started, 0.0))


def unhandled_free(sessions: Sessions) -> dict[str, Any]:
    """The share of sessions that neither crashed nor were unhandled nor abnormal: what a release is judged by."""
    return rate(sessions.crashed + sessions.unhandled + sessions.abnormal, Estimate(sessions.started, 0.0))


def rate(bad: int, of: Estimate) -> dict[str, Any]:
    """The share that is not bad, with its Wilson interval; wider by what an estimated ``n`` may be off."""
    bad, n = max(bad, 0), max(of.n, bad, 0)
    if not n:
        return dict(NOTHING)
    fewest, most = max(round(n * (1 - of.error)), bad), round(n * (1 + of.error))
    return {"value": 1 - bad / n, "low": 1 - wilson(bad, fewest)[1], "high": 1 - wilson(bad, most)[0], "n": n}


def users_of(
    connection: Connection, project: str, environment: str, releases: Collection[str]
) -> dict[str, dict[str, Any] | None]:
    """By release; None where no session named its user."""
    stored = users.sketches(connection, project, environment, releases)
    failed = users.failed(connection, project, environment, releases)
    return {one: _users(stored.get((one, ALL), ()), failed.get((one, ALL), Failed())) for one in releases}


def segments_of(connection: Connection, project: str, environment: str, release: str) -> list[dict[str, Any]]:
    """Each segment that was asked for, the value with most sessions first."""
    counted = segments.sessions(connection, project, environment, release)
    stored = users.sketches(connection, project, environment, [release])
    failed = users.failed(connection, project, environment, [release])
    return [
        {
            "segment": segment[0],
            "value": segment[1],
            "sessions": asdict(sessions),
            "crash_free": crash_free(sessions),
            "unhandled_free": unhandled_free(sessions),
            "users": _users(stored.get((release, segment), ()), failed.get((release, segment), Failed())),
        }
        for segment, sessions in sorted(counted.items(), key=lambda one: (one[0][0], -one[1].started, one[0][1]))
    ]


def adoption_of(
    connection: Connection, project: str, environment: str, releases: Collection[str], now: int
) -> dict[str, dict[str, Any]]:
    """By release, its share of the environment's last day, and its stage with words for it. ``now`` in ms."""
    minute = now // MILLISECONDS_A_MINUTE
    started = adoptions.started(connection, project, environment, minute - WINDOW_MINUTES)
    known = adoptions.adopted(connection, project, environment)
    hour = (minute - WINDOW_MINUTES) // MINUTES_AN_HOUR + 1
    sketches = {
        release: sketch.join(map(sketch.load, stored))
        for release, stored in users.sketches_since(connection, project, environment, hour).items()
    }
    every, every_user = sum(started.values()), sketch.estimate(sketch.join(sketches.values())).n
    return {
        one: _adoption(
            adoption(
                started.get(one, 0),
                every,
                sketch.estimate(sketches.get(one, frozenset())).n,
                every_user,
                before=one in known,
            )
        )
        for one in releases
    }


def _adoption(found: Adoption) -> dict[str, Any]:
    return asdict(found) | {"sentence": STAGES[found.stage]}


def _users(stored: Iterable[bytes], failed: Failed) -> dict[str, Any] | None:
    known = sketch.estimate(sketch.join(map(sketch.load, stored)))
    if not known.n:
        return None
    return {
        "n": max(known.n, failed.failed),
        "error": known.error,
        "failed": failed.failed,
        "crash_free": rate(failed.crashed, known),
        "unhandled_free": rate(failed.failed, known),
    }
