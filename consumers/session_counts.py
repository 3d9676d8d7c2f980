"""What a batch of sessions adds to the counters: by minute, by segment, and by user."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from analytics.correlation.segments import segments
from analytics.correlation.sessions import CLASSES, FAILED, Cell, Segments
from analytics.statistics import sketch
from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.store import tables
from models.store.queries.users import ALL, SINCE_EVER
from models.wire.messages import Attributes

MINUTES_A_DAY, MINUTES_AN_HOUR = 1_440, 60
PLACE = ("project", "environment", "release")
MINUTE = (*PLACE, "minute", "partition")
SEGMENT = (*PLACE, "segment", "value")

Key = tuple[Any, ...]


def segments_of(fold: Fold, project: str, attributes: Attributes) -> Segments:
    """What the project's settings ask sessions to be counted by."""
    asked = fold.projects[project].settings.segments
    found = segments(asked, attributes.segments, attributes.user_agent)
    return tuple((storable(name), storable(value)) for name, value in found)


class Counts:
    """Gathered while a batch is folded, and written at once."""

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._minutes: Counter[Key] = Counter()
        self._segments: Counter[Key] = Counter()
        self._failed: Counter[Key] = Counter()
        self._users: set[Key] = set()
        self._hurt: list[dict[str, Any]] = []

    def sessions(self, delivery: Delivery, cell: Cell, number: int) -> None:
        """So many sessions more, or fewer, in a cell."""
        environment, release, among, identity, session_class = cell
        place, when = (delivery.project, environment, release), (delivery.minute, delivery.record.partition.number)
        self._minutes[*place, *when, session_class] += number
        for segment in among:
            self._segments[*place, *segment, *when, session_class] += number
        if identity and session_class in FAILED:
            for segment in (ALL, *among):
                self._failed[*place, *segment, identity, when[1], session_class] += number

    def user(self, delivery: Delivery, cell: Cell) -> None:
        """That a session was somebody's. Of the update alone, not of what it is merged with, so that it commutes."""
        environment, release, among, identity, _ = cell
        if identity is None:
            return
        place, partition = (delivery.project, environment, release), delivery.record.partition.number
        rows = [(*ALL, delivery.minute // MINUTES_AN_HOUR), *((*segment, SINCE_EVER) for segment in (ALL, *among))]
        self._users.update((tables.user_sketch.name, *place, *row, partition, identity) for row in rows)

    def hurt(self, delivery: Delivery, cell: Cell) -> None:
        """That a session failed, and whom it hurt."""
        environment, release, _, identity, session_class = cell
        self._hurt.append(
            {
                "project": delivery.project,
                "environment": environment,
                "release": release,
                "day": delivery.minute // MINUTES_A_DAY,
                "identity": identity,
                "abnormal": session_class == "abnormal",
                "topic": "sessions",
                "partition": delivery.record.partition.number,
                "first_minute": delivery.minute,
            }
        )

    def store(self) -> None:
        moved = _rows(self._minutes, MINUTE, CLASSES)
        for row in moved:
            row["started"] = sum(row[name] for name in CLASSES)
        self._fold.unit.add(tables.session_minute, moved)
        by_segment = _rows(self._segments, (*SEGMENT, "minute", "partition"), CLASSES)
        for row in by_segment:
            row["started"] = sum(row[name] for name in CLASSES)
        self._fold.unit.add(tables.segment_minute, by_segment)
        self._fold.unit.add(tables.failed_user, _rows(self._failed, (*SEGMENT, "identity", "partition"), FAILED))
        self._store_users()
        self._fold.insert_known(tables.release_seen, [_release_row(row) for row in moved])
        self._fold.insert_known(tables.hurt_user, self._hurt)

    def _store_users(self) -> None:
        """Each user is told to a sketch once by this process; a sketch that a user does not change is not written."""
        seen: dict[Key, set[int]] = defaultdict(set)
        for told in self._fold.known.unseen(self._users):
            seen[told[1:-1]].add(sketch.hashed(told[-1]))
        names = (*SEGMENT, "hour", "partition")
        keys = [dict(zip(names, key, strict=True)) for key in sorted(seen)]
        stored = {
            tuple(row[name] for name in names): sketch.load(row["hashes"])
            for row in self._fold.unit.fetch(tables.user_sketch, keys)
        }
        rows = []
        for key, hashes in seen.items():
            before = stored.get(key, frozenset())
            after = sketch.join((before, hashes))
            if after != before:
                rows.append(dict(zip(names, key, strict=True)) | {"hashes": sketch.dump(after)})
        self._fold.unit.put(tables.user_sketch, rows)


def _rows(counter: Mapping[Key, int], names: Iterable[str], classes: Iterable[str]) -> list[dict[str, Any]]:
    """A row for each key with a column for each class; where nothing changed in the end, there is none."""
    rows: dict[Key, dict[str, Any]] = {}
    for (*key, session_class), number in counter.items():
        row = rows.setdefault(tuple(key), dict(zip(names, key, strict=True)) | dict.fromkeys(classes, 0))
        row[session_class] += number
    return [row for row in rows.values() if any(row[name] for name in classes)]


def _release_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*PLACE, "partition")} | {"topic": "sessions", "first_minute": row["minute"]}
