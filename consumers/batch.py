"""One batch into one transaction: fold by topic, and move the offsets."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from consumers import booking, dead_letters, deploys, direct, errors, feedback, ledger, outcomes, sessions
from consumers.decoding import DeadLetter, Delivery
from consumers.folding import Fold, Known, Raced
from models.domain.project import Project
from models.ports import Fenced, Move, Store
from models.wire import topics
from models.wire.canonical.messages import Unacceptable

log = structlog.get_logger()

Decoded: TypeAlias = Delivery | DeadLetter

FOLDS: Mapping[str, Callable[[Fold, Sequence[Delivery]], None]] = {
    topics.DEPLOYS: deploys.store,
    topics.ERRORS: errors.store,
    topics.SESSIONS: sessions.store,
    topics.FEEDBACK: feedback.store,
    topics.OUTCOMES: outcomes.store,
    topics.LEDGER: ledger.store,
}
"""In the order in which they are written, always the same, so that two consumers cannot wait for each other."""

NOT_THE_MESSAGE = (Fenced, Raced, OperationalError, InterfaceError, InternalError, PoolTimeout, OSError, MemoryError)
"""What says that the store, not a message, is at fault: the batch is tried again as it is."""
LIMIT_EXCEEDED = "54"
"""The class of PostgreSQL's states for a value beyond a limit of its own, as a key that no index page holds."""
RACES = 5


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch came to: messages by topic, and how many of them are dead letters."""

    messages: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Written") -> "Written":
        return Written(self.messages + other.messages, self.dead + other.dead)


def write(
    store: Store,
    projects: Mapping[str, Project],
    known: Known,
    decoded: Sequence[Decoded],
    moves: Sequence[Move],
) -> Written:
    """Keep all of a batch, with its offsets, or nothing of it. Raises `Fenced` and the database's errors.

    A message that the store refuses becomes a dead letter: the batch is halved until it is found.
    """
    try:
        return _write_in_turn(store, projects, known, decoded, moves)
    except Exception as error:
        if not decoded or not is_of_a_message(error) or (len(decoded) == 1 and isinstance(decoded[0], DeadLetter)):
            raise
        log.warning("consumer.unstorable", error=str(error)[:300], messages=len(decoded))
        if len(decoded) == 1:
            return _write_in_turn(store, projects, known, [_unstorable(decoded[0], error)], moves)
    middle = len(decoded) // 2
    first, second = booking.halve([(one.record, one.booked_at) for one in decoded], moves)
    written = write(store, projects, known, decoded[:middle], first)
    return written + write(store, projects, known, decoded[middle:], second)


def is_of_a_message(error: Exception) -> bool:
    """Whether the error would come again with the same messages, and not with others."""
    if isinstance(error, DBAPIError) and (getattr(error.orig, "sqlstate", None) or "").startswith(LIMIT_EXCEEDED):
        return True
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return not lost and not isinstance(error, NOT_THE_MESSAGE)


def _write_in_turn(
    store: Store,
    projects: Mapping[str, Project],
    known: Known,
    decoded: Sequence[Decoded],
    moves: Sequence[Move],
) -> Written:
    """Again if another consumer wrote a row that was new here a moment ago: it is read this time."""
    for _ in range(RACES - 1):
        try:
            return _write(store, projects, known, decoded, moves)
        except Raced:
            log.info("consumer.raced", messages=len(decoded))
    return _write(store, projects, known, decoded, moves)


def _write(
    store: Store,
    projects: Mapping[str, Project],
    known: Known,
    decoded: Sequence[Decoded],
    moves: Sequence[Move],
) -> Written:
    try:
        with store.begin() as unit:
            unit.advance(moves)
            fold = Fold(unit, projects, known)
            by_topic = _sort(fold, decoded)
            for topic, write_topic in FOLDS.items():
                if deliveries := by_topic.get(topic):
                    write_topic(fold, deliveries)
            dead_letters.store(fold, projects)
            fold.store_tally()
    except BaseException:
        known.rollback()
        raise
    known.commit()
    return Written(_count(decoded), _count(fold.dead))


def _sort(fold: Fold, decoded: Sequence[Decoded]) -> dict[str, list[Delivery]]:
    """Deliveries by topic; what has no project, or is a dead letter already, goes to the dead."""
    by_topic: dict[str, list[Delivery]] = {}
    for one in decoded:
        if isinstance(one, DeadLetter):
            fold.dead.append(one)
        elif one.project not in fold.projects:
            detail = f"$.project: no project {one.project[:100]!r}; run `seatrial project create`"
            fold.refuse(one, "unknown_project", detail)
        elif (understood := _understood(fold, one)) is not None:
            by_topic.setdefault(one.record.partition.topic, []).append(understood)
    return by_topic


def _understood(fold: Fold, one: Delivery) -> Delivery | None:
    """The delivery as intake would have put it into the log, or None with a dead letter that says what to write."""
    try:
        return direct.understand(one, fold.projects[one.project])
    except Unacceptable as fault:
        fold.refuse(one, "invalid", f"$.{fault.place}: {fault.title}: {fault.fix}")
    except RecursionError:
        fold.refuse(one, "invalid", "$.event: nested too deeply")
    return None


def _unstorable(one: Decoded, error: Exception) -> DeadLetter:
    return DeadLetter(one.record, one.booked_at, one.attributes, one.project, "unstorable", f"$: {error}"[:500])


def _count(some: Sequence[Decoded]) -> Counter[str]:
    return Counter(one.record.partition.topic for one in some)
