"""One batch into one transaction: decode, fold by topic, and move the offsets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from consumers import dead_letters, deploys, errors, feedback, ledger, outcomes, sessions
from consumers.decoding import DeadLetter, Delivery
from consumers.folding import Fold, Known
from models.ports import Move, Store
from models.store import tables
from models.wire import topics

FOLDS: Mapping[str, Callable[[Fold, Sequence[Delivery]], None]] = {
    topics.DEPLOYS: deploys.store,
    topics.ERRORS: errors.store,
    topics.SESSIONS: sessions.store,
    topics.FEEDBACK: feedback.store,
    topics.OUTCOMES: outcomes.store,
    topics.LEDGER: ledger.store,
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch came to: messages by topic, and how many of them are dead letters."""

    messages: Mapping[str, int]
    dead: Mapping[str, int]


def write(
    store: Store,
    identity_keys: Mapping[str, bytes],
    known: Known,
    decoded: Sequence[Delivery | DeadLetter],
    moves: Sequence[Move],
) -> Written:
    """Keep all of a batch, with its offsets, or nothing of it. Raises `Fenced` and the database's errors."""
    try:
        with store.begin() as unit:
            unit.advance(moves)
            fold = Fold(unit, identity_keys, known)
            by_topic: dict[str, list[Delivery]] = {}
            for one in decoded:
                _sort(fold, one, by_topic)
            for topic, deliveries in by_topic.items():
                FOLDS[topic](fold, deliveries)
            dead_letters.store(fold, identity_keys)
            _store_tally(fold)
    except BaseException:
        known.rollback()
        raise
    known.commit()
    return Written(_count(decoded), _count(fold.dead))


def _sort(fold: Fold, one: Delivery | DeadLetter, by_topic: dict[str, list[Delivery]]) -> None:
    if isinstance(one, DeadLetter):
        fold.dead.append(one)
    elif one.message.project not in fold.identity_keys:
        project = one.message.project
        fold.refuse(one, "unknown_project", f"$.project: no project {project[:100]!r}; run `seatrial project create`")
    else:
        by_topic.setdefault(one.record.partition.topic, []).append(one)


def _store_tally(fold: Fold) -> None:
    names = ("project", "category", "fate", "via", "topic", "partition")
    rows = [dict(zip(names, key, strict=True)) | {"count": count} for key, count in fold.tally.items()]
    fold.unit.add(tables.ledger, rows)


def _count(some: Sequence[Delivery | DeadLetter]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in some:
        topic = one.record.partition.topic
        counts[topic] = counts.get(topic, 0) + 1
    return counts
