"""The outbox: what was decided goes out, to the log and to the receivers, at least once under one id."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine

from actions.call import ROLLBACK
from actions.claims import Claim, Fate, claim, drop, due, record
from actions.lanes import Lane
from actions.moot import moot
from actions.publishing import Publisher
from actions.webhook import WebhookNotifier
from models.ports import Answer, Clock, LogWriter, Notice, Notifier
from models.store.queries.policies import current
from models.store.sql import SqlUnitOfWork

log = structlog.get_logger()

THREADS = 4
"""Of each lane: so many receivers may be slow before the next one waits, for at most the 10 s of an attempt."""
PATIENCE_SECONDS = 1.0
"""So long `tick` waits for what it started: most receivers have answered by then. The rest goes on meanwhile."""
NO_WEBHOOK = Answer(
    taken=False,
    status=None,
    result="the policy has no webhook: apply one with a [webhook], and do by hand what this action asks for",
    final=True,
)
ATTEMPTS = Counter("seatrial_action_attempts", "Attempts to deliver an action, by what came of it.", ["kind", "state"])


class Outbox:
    """Driven by one thread that calls `tick`. Log and receivers have threads of their own: none waits for another."""

    def __init__(
        self,
        engine: Engine,
        writer: LogWriter,
        clock: Clock,
        notifier: Notifier | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._notifier = notifier or WebhookNotifier(clock)
        self._patience = patience
        self._publisher = Publisher(engine, writer, clock)
        self._publishing = Lane("publish", 1)
        self._rollbacks = Lane("rollback", THREADS)
        self._others = Lane("notify", THREADS)

    def tick(self) -> int:
        """Start what is due, rollbacks first. Returns how many messages and attempts were done within patience."""
        started = [*self._start_actions(self._rollbacks), *self._start_actions(self._others), *self._start_publishing()]
        done = wait(started, self._patience).done
        return sum(future.result() for future in done)

    def close(self) -> None:
        """Finish what is in hand."""
        for lane in (self._rollbacks, self._others, self._publishing):
            lane.close()

    def _start_publishing(self) -> Iterable[Future[int]]:
        if self._publishing.free:
            yield self._publishing.start("", partial(_logged, self._publisher.publish))

    def _start_actions(self, lane: Lane) -> Iterator[Future[int]]:
        now = self._clock.now()
        with self._engine.connect() as connection:  # only a look: most ticks find nothing, and need no write lock
            wanted = due(connection, now, rollbacks=lane is self._rollbacks, busy=lane.busy, most=lane.free)
        for one in wanted:
            with SqlUnitOfWork(self._engine) as unit:
                ours = claim(unit, one, now)
            if ours:
                yield lane.start(one.project, partial(_logged, partial(self._attempt, one)))

    def _attempt(self, claimed: Claim) -> int:
        started = self._clock.now()
        if reason := self._moot(claimed, started):
            with SqlUnitOfWork(self._engine) as unit:
                drop(unit, claimed, reason, started)
            log.info("action.moot", project=claimed.project, action=claimed.action, decision=claimed.decision)
            return 1
        answer = self._tell(claimed)
        with SqlUnitOfWork(self._engine) as unit:
            settled = record(unit, claimed, answer, started, self._clock.now())
        ATTEMPTS.labels(claimed.kind, settled.state).inc()
        _say(claimed, answer, settled)
        return 1

    def _moot(self, claimed: Claim, now: int) -> str | None:
        with self._engine.connect() as connection:
            return moot(connection, claimed.project, claimed.kind, claimed.decision, now)

    def _tell(self, claimed: Claim) -> Answer:
        try:
            with self._engine.connect() as connection:  # read now, so that an address that was mended is used
                policy = current(connection, claimed.project)
            if policy.webhook is None:
                return NO_WEBHOOK
            notice = Notice(claimed.action, claimed.payload.encode())
            return self._notifier.notify(notice, policy.webhook, policy.allowed_hosts)
        except Exception as error:  # a fault of ours must use up an attempt, or it would repeat for ever, unsaid
            log.exception("action.fault", project=claimed.project, action=claimed.action)
            return Answer(taken=False, status=None, result=f"a fault of Seatrial ({type(error).__name__}): see its log")


def _logged(work: Callable[[], int]) -> int:
    """A fault must not end with its thread unsaid. What was not written down is due again when its lease ends."""
    try:
        return work()
    except Exception:
        log.exception("outbox.failed")
        return 0


def _say(claimed: Claim, answer: Answer, settled: Fate) -> None:
    told: dict[str, Any] = {
        "project": claimed.project,
        "action": claimed.action,
        "kind": claimed.kind,
        "decision": claimed.decision,
    }
    told |= {"attempt": claimed.attempt, "status": answer.status, "result": answer.result}
    if settled.state == "delivered":
        log.info("action.delivered", **told)
    elif settled.state == "pending":
        log.warning("action.attempt_failed", next_at=settled.due_at, **told)
    elif claimed.kind == ROLLBACK:
        advice = "the release still has its traffic: roll it back by hand, then mend the policy's webhook"
        log.error("action.gave_up", target=claimed.target, advice=advice, **told)
    else:
        log.error("action.gave_up", target=claimed.target, **told)
