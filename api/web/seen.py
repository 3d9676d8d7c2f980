"""What a decision saw: its own document in place of the present one, and nothing that came after it."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from api.problems import not_found
from api.rows import minute_end
from api.web.shell import Shell
from models.domain.decision import Decision
from models.store.queries import decisions, series
from models.wire.times import to_milliseconds


def as_seen(
    connection: Connection, around: Shell, report: dict[str, Any], name: str
) -> tuple[Decision, dict[str, Any]]:
    """The decision, and ``report.v1`` with its gate, series and timeline as they were then.

    Raises `Problem` (404) where the decision is not on this release.
    """
    found = decisions.view(connection, around.project, name)
    if found is None or (found.release, found.environment) != (report["release"], around.environment):
        raise not_found("decision", name, f"See the decisions on {report['release']}.")
    minutes = series.points(connection, around.project, around.environment, found.deploy, last=found.minute)
    shown = [asdict(point) | {"at": minute_end(point.minute)} for point in minutes]
    told = [step for step in report["timeline"] if (to_milliseconds(step["at"]) or 0) <= found.decided_at]
    return found, report | {"gate": found.document, "series": shown, "timeline": told}
