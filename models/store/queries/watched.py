"""What is kept of deploys that were under watch, as a backtest reads it: by pages, and minutes as they are stored."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Text, case, func, literal, select, tuple_

from models.domain.decision import Frozen, Outcome
from models.domain.evidence import Baseline, EvidenceMinute
from models.domain.verdict import Mode, Verdict
from models.store.queries.decisions import outcomes
from models.store.tables import decision, evaluation, evaluation_minute
from models.wire.times import to_milliseconds

Place = tuple[int, str]
"""In the list: the first minute, and the deploy."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A deploy and how far it was judged; ``state``: the engine's after minute ``as_of``."""

    deploy: str
    environment: str
    release: str
    replaces: str | None
    inferred: bool
    policy: str
    first_minute: int
    as_of: int
    ended: bool
    state: bytes

    @property
    def place(self) -> Place:
        return self.first_minute, self.deploy


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, without its documents."""

    decision: str
    minute: int
    verdict: Verdict
    mode: Mode
    policy: str
    provisional: bool
    data_to: int | None
    """Until when (ms) was read what it was taken on; None unless it was provisional."""
    shown: tuple[EvidenceMinute, ...]
    """The minutes that it was taken on, the open ones at the end; none unless it was provisional."""
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class StoredMinute:
    minute: int
    verdict: str
    evidence: str
    """JSON of `EvidenceMinute`."""


def listed(
    connection: Connection, project: str, environment: str, *, since: int, before: Place | None, limit: int
) -> list[Watched]:
    """Newest first, of those that began at minute ``since`` or later. ``before``: the last of the page before."""
    columns = evaluation.c
    names = ("deploy", "environment", "release", "inferred", "policy", "first_minute", "as_of", "ended", "state")
    query = select(*(columns[name] for name in names), columns.baseline)
    query = query.where(columns.project == project, columns.environment == environment, columns.first_minute >= since)
    if before is not None:
        query = query.where(tuple_(columns.first_minute, columns.deploy) < tuple_(*map(literal, before)))
    rows = connection.execute(query.order_by(columns.first_minute.desc(), columns.deploy.desc()).limit(limit))
    return [
        Watched(
            **{name: row[name] for name in names},
            replaces=msgspec.json.decode(row["baseline"], type=Baseline).release,
        )
        for row in rows.mappings()
    ]


def decided(
    connection: Connection, project: str, environment: str, deploys: Collection[str]
) -> dict[str, tuple[Decided, ...]]:
    """By deploy, the decisions on it in the order in which they were taken."""
    columns = decision.c
    of_look = [
        case((columns.provisional, columns[name]), else_=literal(None, Text)).label(name)
        for name in ("document", "evidence")
    ]
    names = ("deploy", "decision", "minute", "verdict", "mode", "policy", "provisional")
    of = (columns.project == project, columns.environment == environment, columns.deploy.in_(deploys))
    query = select(*(columns[name] for name in names), *of_look).where(*of)
    rows = connection.execute(query.order_by(func.length(columns.decision), columns.decision)).mappings().all()
    said = outcomes(connection, project, [row["decision"] for row in rows]) if rows else {}
    found: dict[str, list[Decided]] = defaultdict(list)
    for row in rows:
        data_to, shown = _look(row["document"], row["evidence"])
        found[row["deploy"]].append(
            Decided(
                decision=row["decision"],
                minute=row["minute"],
                verdict=Verdict(row["verdict"]),
                mode=Mode(row["mode"]),
                policy=row["policy"],
                provisional=row["provisional"],
                data_to=data_to,
                shown=shown,
                outcomes=said.get(row["decision"], ()),
            )
        )
    return {deploy: tuple(some) for deploy, some in found.items()}


def minutes(
    connection: Connection, project: str, environment: str, deploy: str, *, after: int, limit: int
) -> list[StoredMinute]:
    """In order, from the one after minute ``after``."""
    columns = evaluation_minute.c
    of = (columns.project == project, columns.environment == environment, columns.deploy == deploy)
    query = select(columns.minute, columns.verdict, columns.evidence).where(*of, columns.minute > after)
    rows = connection.execute(query.order_by(columns.minute).limit(limit))
    return [StoredMinute(row.minute, row.verdict, row.evidence) for row in rows]


def _look(document: str | None, frozen: str | None) -> tuple[int | None, tuple[EvidenceMinute, ...]]:
    if document is None or frozen is None:
        return None, ()
    data_to = to_milliseconds(msgspec.json.decode(document)["data_to"])
    return data_to, msgspec.json.decode(frozen, type=Frozen).minutes
