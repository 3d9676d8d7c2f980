"""The newest release of each environment, by the order of `analytics.correlation.order`."""

from collections.abc import Sequence

from sqlalchemy import Connection

from analytics.correlation.order import Newest, newest
from models.domain.deploy import MINUTE
from models.domain.release import Known
from models.store.queries import releases

RECENT = 24 * 60
"""Minutes over which a release that nobody deployed must have had its share of the sessions: all times of a day."""


def latest(connection: Connection, project: str, environment: str, now: int) -> Newest | None:
    """As of ``now`` (ms); None where no release counts."""
    return _latest(connection, project, environment, now, list(releases.known(connection, project).values()))


def everywhere(connection: Connection, project: str, now: int) -> dict[str, str]:
    """By environment that has one, the newest release."""
    known = list(releases.known(connection, project).values())
    places = sorted({place for one in known for place in (*one.deployed, *one.seen)})
    found = {place: _latest(connection, project, place, now, known) for place in places}
    return {place: one.release for place, one in found.items() if one}


def _latest(connection: Connection, project: str, environment: str, now: int, known: Sequence[Known]) -> Newest | None:
    here = [one for one in known if one.since(environment) is not None]
    if not here:
        return None
    return newest(here, environment, releases.traffic(connection, project, environment, now // MINUTE - RECENT))
