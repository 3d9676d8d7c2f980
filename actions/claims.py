"""Who tries an action next, and what is written about each try.

A claim is a compare-and-set that counts the attempt and moves the action's due time behind the longest that an attempt
can take. So two outboxes never send one at the same moment, and what a killed outbox held is due again by itself.
"""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, update

from actions.call import FAILED, ROLLBACK, action_row
from actions.schedule import pause
from models.ports import Answer
from models.store.sql import SqlUnitOfWork
from models.store.tables import action, action_attempt

LEASE = 45_000
"""ms: 30 s for a silent name server, 10 s for the call (actions.webhook.SEND_SECONDS), 5 s to write down what came of
it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt that is ours to make."""

    project: str
    action: str
    kind: str
    decision: str | None
    target: str
    payload: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Fate:
    """``delivered``, ``pending`` or ``failed``, and when it is due next (ms)."""

    state: str
    due_at: int


def due(connection: Connection, now: int, *, rollbacks: bool, busy: Collection[str], most: int) -> list[Claim]:
    """The next attempt of each project that is not busy, longest due first: of rollbacks, or of everything else."""
    of_kind = action.c.kind == ROLLBACK if rollbacks else action.c.kind != ROLLBACK
    order = (action.c.due_at, action.c.action)
    place = func.row_number().over(partition_by=action.c.project, order_by=order).label("place")
    where = (action.c.state == "pending") & (action.c.due_at <= now) & of_kind
    waiting = select(action, place).where(where, action.c.project.not_in(busy)).subquery()
    query = select(waiting).where(waiting.c.place == 1).order_by(waiting.c.due_at).limit(most)
    return [
        Claim(row.project, row.action, row.kind, row.decision, row.target, row.payload, row.attempts + 1)
        for row in connection.execute(query)
    ]


def claim(unit: SqlUnitOfWork, wanted: Claim, now: int) -> bool:
    """Whether the attempt is ours now."""
    unclaimed = (action.c.state == "pending") & (action.c.attempts == wanted.attempt - 1)
    taken = update(action).where(_is(wanted), unclaimed).values(attempts=wanted.attempt, due_at=now + LEASE)
    return bool(unit.connection.execute(taken).rowcount)


def fate(attempted: Claim, answer: Answer, now: int) -> Fate:
    if answer.taken:
        return Fate("delivered", now)
    wait = None if answer.final else pause(attempted.kind, attempted.action, attempted.attempt)
    return Fate("failed", now) if wait is None else Fate("pending", now + wait)


def record(unit: SqlUnitOfWork, attempted: Claim, answer: Answer, started: int, now: int) -> Fate:
    """Write the attempt and what follows from it; a rollback given up becomes a message of its own, once."""
    key = {"project": attempted.project, "action": attempted.action, "attempt": attempted.attempt}
    row = key | {"attempted_at": started, "status": answer.status, "result": answer.result.replace("\0", "")}
    unit.insert_new(action_attempt, [row])
    settled = fate(attempted, answer, now)
    open_still = action.c.state == "pending"
    if not answer.taken:  # whoever outlived its lease may tell of a success, and decide nothing else
        open_still &= action.c.attempts == attempted.attempt
    change = update(action).where(_is(attempted), open_still).values(state=settled.state, due_at=settled.due_at)
    changed = unit.connection.execute(change).rowcount
    if changed and settled.state == "failed" and attempted.kind == ROLLBACK:
        unit.insert_new(action, [_failure(attempted, answer, now)])
    return settled


def drop(unit: SqlUnitOfWork, attempted: Claim, reason: str, now: int) -> None:
    """End an action that has nothing left to do: ``moot``."""
    key = {"project": attempted.project, "action": attempted.action, "attempt": attempted.attempt}
    result = f"not sent: {reason}"
    unit.insert_new(action_attempt, [key | {"attempted_at": now, "status": None, "result": result}])
    ours = (action.c.state == "pending") & (action.c.attempts == attempted.attempt)
    unit.connection.execute(update(action).where(_is(attempted), ours).values(state="moot", due_at=now))


def _failure(given_up: Claim, answer: Answer, now: int) -> dict[str, object]:
    tries = f"{given_up.attempt} {'attempt' if given_up.attempt == 1 else 'attempts'}"
    reason = f"the rollback to {given_up.target} was given up after {tries}: {answer.result}"
    document = msgspec.json.decode(given_up.payload) | {"failed": given_up.action}
    return action_row(
        project=given_up.project,
        decision=given_up.decision,
        kind=FAILED,
        target=given_up.target,
        reason=reason,
        document=document,
        now=now,
    )


def _is(wanted: Claim) -> ColumnElement[bool]:
    return (action.c.project == wanted.project) & (action.c.action == wanted.action)
