"""Looks at log, store, clocks, lag and what was left undone, and says what to do about each fault."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from actions.call import FAILED, ROLLBACK
from actions.moot import moot
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.domain.spans import counted, span
from models.ports import Clock, Log, LogUnavailable, MissingTopics, Partition
from models.store import tables
from models.store.queries.freshness import STALE_EVALUATION, STANDSTILL
from models.store.queries.operation import Undelivered, undelivered
from models.wire import topics

MINUTE = MILLISECONDS_A_MINUTE
DAY = 1440 * MINUTE
SPOOL_AGE = 30_000
"""ms: a log that is back takes what was spooled within seconds."""
CLOCK_SKEW = 5_000
"""ms: as long as appends take to show; more would close minutes too early."""
LAG_MANY = 10_000
ASSIGN_SECONDS = 10.0
TRIES_OF_OTHERS = 3
"""Failed attempts from which on an action that is no rollback is a fault: some 35 s."""
BY_HAND = "roll back by hand now; then mend the policy's webhook: a policy applied anew calls for the rollback again"
SEE_ATTEMPTS = "see the release's page for each attempt, and check the policy's webhook and the receiver"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    fault: bool
    finding: str
    advice: str = ""
    """What to do, where there is a fault."""


def examine(engine: Engine, log: Log, clock: Clock, spool: Path | None = None) -> Iterator[Check]:
    """Every check that can be made; what depends on a broken part is left out."""
    if spool is not None:
        yield _spool(spool, clock.now())
    schema = _guard("store", lambda: _schema(engine))
    yield schema
    topic = _guard("log", lambda: _topics(log))
    yield topic
    if schema.fault:
        return
    for check in (_clocks, _age, _dead_letters, _evaluation, _actions, _publications):
        yield _guard(check.__name__.strip("_"), lambda check=check: check(engine, clock.now()))  # type: ignore[misc]
    if not topic.fault:
        yield _guard("lag", lambda: _lag(engine, log))


def unready(engine: Engine, log: Log | None) -> list[str]:
    """What of store and log keeps a process from serving, a sentence each. One with a spool does not need the log."""
    checks = [_guard("store", lambda: _schema(engine))]
    if log is not None:
        checks.append(_guard("log", lambda: _topics(log)))
    return [f"{check.name}: {check.finding}: {check.advice}" for check in checks if check.fault]


def _fine(name: str, finding: str) -> Check:
    return Check(name, fault=False, finding=finding)


def _fault(name: str, finding: str, advice: str) -> Check:
    return Check(name, fault=True, finding=finding, advice=advice)


def _guard(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except LogUnavailable as error:
        return _fault(name, f"the log cannot be reached: {error}", "check SEATRIAL_LOG, and that the broker is up")
    except (SQLAlchemyError, OSError) as error:
        reason = str(error).splitlines()[0]
        return _fault(name, f"the store cannot be read: {reason}", "check SEATRIAL_STORE, and that the database is up")


def _schema(engine: Engine) -> Check:
    from models.store.migrate import is_current

    if is_current(engine):
        return _fine("store", "reachable, and its schema is up to date")
    return _fault("store", "its schema is not up to date", "run `seatrial migrate`")


def _topics(log: Log) -> Check:
    try:
        log.admin().check(list(topics.all_topics(1)))
    except MissingTopics as error:
        return _fault("log", str(error), "run `seatrial migrate`")
    return _fine("log", "reachable, and every topic is there")


def _spool(folder: Path, now: int) -> Check:
    """Of this machine; each that runs the api has its own."""
    from api.intake.keeping.spool import UNREADABLE, look

    found = look(folder)
    if found.unreadable:
        finding = f"{counted(found.unreadable, 'segment')} could not be read, and will not be shipped"
        advice = f"check the disk; move what is in {folder / UNREADABLE} up to have it shipped, or delete it"
        return _fault("spool", finding, advice)
    if found.oldest is None:
        return _fine("spool", "empty")
    age = now - found.oldest
    finding = f"{found.size:,} bytes wait for the log, the oldest for {span(age)}"
    if age < SPOOL_AGE:
        return _fine("spool", finding)
    advice = "bring the log back; it is emptied by `seatrial serve api` (or `up`) on this machine, so let that run"
    return _fault("spool", finding, advice)


def _clocks(engine: Engine, now: int) -> Check:
    """The store's clock where it has one, and times that the consumers wrote, against this machine's."""
    with engine.connect() as connection:
        ahead = (connection.execute(select(func.max(tables.position.c.read_to))).scalar() or 0) - now
        if engine.dialect.name == "postgresql":
            database = connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar() or 0
            ahead = max(ahead, abs(int(float(database) * 1000) - now))
    if ahead > CLOCK_SKEW:
        advice = "synchronise the clocks of broker, database and this machine (NTP)"
        return _fault("clocks", f"{span(ahead)} apart", advice)
    return _fine("clocks", "agree")


def _age(engine: Engine, now: int) -> Check:
    position = tables.position
    query = select(position.c.topic, position.c.partition, position.c.read_to)
    with engine.connect() as connection:
        rows = list(connection.execute(query))
    if not rows:
        return _fault(
            "age", "nothing was ever read", "start the consumers: `seatrial up`, or `seatrial serve consumers`"
        )
    oldest = min(rows, key=lambda row: row.read_to)
    age = now - oldest.read_to
    if age > STANDSTILL:
        still = sum(now - row.read_to > STANDSTILL for row in rows)
        many = f"{still} of {counted(len(rows), 'partition')} {'stands' if still == 1 else 'stand'} still"
        finding = f"{many}; {oldest.topic}/{oldest.partition} for {span(age)}"
        return _fault("age", finding, "start the consumers, or look for `consumer.` events in their logs")
    return _fine("age", f"all partitions are read to {span(age)} ago")


def _lag(engine: Engine, log: Log) -> Check:
    behind = lag(engine, log)
    total = sum(behind.values())
    if total > LAG_MANY:
        worst = max(behind, key=lambda partition: behind[partition])
        finding = f"{total:,} messages wait, most in {worst.topic}/{worst.number} ({behind[worst]:,})"
        return _fault("lag", finding, "add consumers (up to the number of partitions), or wait if it shrinks")
    return _fine("lag", f"{counted(total, 'message')} {'waits' if total == 1 else 'wait'}")


def lag(engine: Engine, log: Log) -> Mapping[Partition, int]:
    """Messages in each partition that are not in the store yet."""
    position = tables.position
    with engine.connect() as connection:
        rows = connection.execute(select(position.c.topic, position.c.partition, position.c.next_offset))
        read = {Partition(row.topic, row.partition): row.next_offset for row in rows}
    ends = ends_of(log)
    return {partition: end - max(read.get(partition, 0), first) for partition, (first, end) in ends.items()}


def ends_of(log: Log) -> Mapping[Partition, tuple[int, int]]:
    """The first offset of every consumed partition, and the one after its last record."""
    admin = log.admin()
    expected = sum(admin.partitions(topic) for topic in topics.CONSUMED)
    name = f"seatrial-look-{time.time_ns()}"
    reader = log.reader(topics.CONSUMED, name, name, lambda owned: dict.fromkeys(owned, 0))
    try:
        reader.pause([Partition(topic, n) for topic in topics.CONSUMED for n in range(admin.partitions(topic))])
        deadline = time.monotonic() + ASSIGN_SECONDS
        while len(reader.poll(0.5).assigned) < expected and time.monotonic() < deadline:
            pass
        return dict(reader.end_positions())
    finally:
        reader.close()


def _dead_letters(engine: Engine, now: int) -> Check:
    letter = tables.dead_letter
    query = select(letter.c.reason, func.count()).where(letter.c.booked_at > now - DAY).group_by(letter.c.reason)
    with engine.connect() as connection:
        counts = sorted(((number, reason) for reason, number in connection.execute(query)), reverse=True)
    if not counts:
        return _fine("dead letters", "none in 24 h")
    told = ", ".join(f"{number} {reason}" for number, reason in counts)
    advice = "see the topic seatrial.dead-letters: each one has its reason and place; mend its producer"
    return _fault("dead letters", f"in 24 h: {told}", advice)


def _evaluation(engine: Engine, now: int) -> Check:
    evaluation = tables.evaluation
    query = select(evaluation.c.project, evaluation.c.release, evaluation.c.evaluated_at).where(~evaluation.c.ended)
    with engine.connect() as connection:
        rows = list(connection.execute(query.order_by(evaluation.c.evaluated_at).limit(1)))
    if not rows:
        return _fine("evaluation", "no release is under watch")
    age = now - rows[0].evaluated_at
    if age > STALE_EVALUATION:
        finding = f"{rows[0].release} was last judged {span(age)} ago: its gate says hold"
        return _fault("evaluation", finding, "start the evaluator: `seatrial serve evaluator`")
    return _fine("evaluation", f"the oldest is {span(age)} old")


def _actions(engine: Engine, now: int) -> Check:
    action = tables.action
    overdue = (action.c.state == "pending") & (action.c.due_at < now - MINUTE)
    with engine.connect() as connection:
        found = [one for one in undelivered(connection) if _matters(connection, one, now)]
        waiting = connection.execute(select(func.count()).where(overdue)).scalar() or 0
    rollbacks = [one for one in found if one.kind == ROLLBACK]
    if rollbacks:
        return _fault("actions", _missed(rollbacks, "rollback") + "; the release still has its traffic", BY_HAND)
    if found:
        return _fault("actions", _missed(found, "action"), SEE_ATTEMPTS)
    if waiting:
        return _fault(
            "actions",
            f"{counted(waiting, 'action')} {'is' if waiting == 1 else 'are'} overdue",
            "start the actions: `seatrial serve actions`",
        )
    return _fine("actions", "none failed, none is overdue")


def _matters(connection: Connection, one: Undelivered, now: int) -> bool:
    """Whether somebody must know: at once of a rollback, later of what may come right; of nothing without a point."""
    about = ROLLBACK if one.kind == FAILED else one.kind
    if moot(connection, one.project, about, one.decision, now):
        return False
    return one.kind == ROLLBACK or one.state == "failed" or one.attempts >= TRIES_OF_OTHERS


def _missed(found: Sequence[Undelivered], thing: str) -> str:
    worst = max(found, key=lambda one: one.attempts)
    verb = "is" if len(found) == 1 else "are"
    return (
        f"{counted(len(found), thing)} {verb} not delivered after {counted(worst.attempts, 'attempt')}: {worst.result}"
    )


def _publications(engine: Engine, now: int) -> Check:
    publication = tables.publication
    query = select(func.count()).where(~publication.c.published, publication.c.created_at < now - MINUTE)
    with engine.connect() as connection:
        waiting = connection.execute(query).scalar() or 0
    if waiting:
        finding = f"{counted(waiting, 'verdict or dead letter', 'verdicts or dead letters')} not in the log yet"
        return _fault("publications", finding, "start the actions: `seatrial serve actions`")
    return _fine("publications", "all are in the log")
