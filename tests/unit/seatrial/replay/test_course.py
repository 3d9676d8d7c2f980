"""The course of a replay: booking times come from the file, and the length of a step changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, insert, select

from models.clock import SimulatedClock
from models.store import tables
from models.store.engine import open_engine
from models.store.sql import SqlStore
from models.wire import topics
from models.wire.times import to_milliseconds, to_text
from seatrial.demo.history import History
from seatrial.replay.course import QUIET, Replay

NOW = 1_790_000_000_000
DAY = 86_400_000
PARTITIONS = {topic: settings.partitions for topic, settings in topics.all_topics(3).items()}


class NoEvaluator:
    """Notes when it was asked."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self.asked: list[int] = []

    def tick(self) -> int:
        self.asked.append(self.clock.now())
        return 0


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """A week of a small shop, with its outcome."""
    return list(History(7, NOW, 0.02).lines())[:500]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    tables.metadata.create_all(engine)
    with engine.connect() as connection, connection.begin():
        row = {"project": "shop", "number": 1, "identity_key": b"k" * 32, "created_at": 0}
        connection.execute(insert(tables.project).values(row))
    yield engine
    engine.dispose()


def run(engine: Engine, lines: list[bytes], step: int) -> NoEvaluator:
    made: list[NoEvaluator] = []

    def evaluator(clock: SimulatedClock) -> NoEvaluator:
        made.append(NoEvaluator(clock))
        return made[0]

    Replay(SqlStore(engine), PARTITIONS, evaluator, lambda _: None, lambda _: None, step).run(lines)
    return made[0]


def rows(engine: Engine) -> list[list[tuple[object, ...]]]:
    found = []
    for table in (tables.session_minute, tables.hurt_user, tables.issue_minute, tables.position, tables.deploy_fact):
        with engine.connect() as connection:
            found.append(sorted(tuple(row) for row in connection.execute(select(table))))
    return found


def test_the_length_of_a_step_changes_no_row(engine: Engine, tmp_path: Path, lines: list[bytes]) -> None:
    """An hour or half a day between two evaluations: the same minutes, the same positions."""
    run(engine, lines, 3_600_000)
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    tables.metadata.create_all(other)
    with other.connect() as connection, connection.begin():
        row = {"project": "shop", "number": 1, "identity_key": b"k" * 32, "created_at": 0}
        connection.execute(insert(tables.project).values(row))
    run(other, lines, 12 * 3_600_000)
    assert rows(engine) == rows(other)
    other.dispose()


def test_every_minute_of_the_file_is_closed_at_the_end(engine: Engine, lines: list[bytes]) -> None:
    """The clock goes on until the last message's minute cannot change any more."""
    run(engine, lines, 3_600_000)
    with engine.connect() as connection:
        read_to = list(connection.execute(select(tables.position.c.read_to)).scalars())
        last = max(connection.execute(select(tables.session_minute.c.minute)).scalars())
    assert len(read_to) == len(topics.CONSUMED) * 3
    assert min(read_to) >= (last + 1) * 60_000


def test_it_is_evaluated_before_an_outcome_is_read(engine: Engine, lines: list[bytes]) -> None:
    """What people say of a decision must find it, however long a step is."""
    outcomes = [line for line in lines if b'"seatrial.outcomes"' in line]
    assert len(run(engine, lines, 365 * 86_400_000).asked) == len(outcomes) + 1


def test_a_silence_is_passed_at_once_when_nothing_is_watched_any_more(engine: Engine, lines: list[bytes]) -> None:
    """It is evaluated for as long as a release is watched, not for the 8,000 years until a line with a wrong year."""
    late = lines[-1].replace(b'"received_at":"20', b'"received_at":"99')
    last = to_milliseconds(msgspec.json.decode(lines[-1])["received_at"]) or 0
    silent = [at for at in run(engine, [*lines, late], DAY).asked if at > last]
    before_the_line_and_at_the_end = 2
    assert len(silent) == QUIET // DAY + before_the_line_and_at_the_end


def test_a_silence_while_something_is_watched_is_passed_step_by_step(engine: Engine, lines: list[bytes]) -> None:
    """A release without a word is watched to its end."""
    first = to_milliseconds(msgspec.json.decode(lines[-1])["received_at"]) or 0
    later = lines[-1].replace(to_text(first).encode(), to_text(first + 10 * DAY).encode())
    asked = run(engine, [lines[0], lines[-1], later], DAY).asked
    assert len([at for at in asked if first < at <= first + 10 * DAY]) == 10
