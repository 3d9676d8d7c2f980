"""One suite over every store: in memory, on an SQLite file, on a real PostgreSQL."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError

from models.domain.project import Project, ProjectSettings
from models.ports import Fenced, Move, Partition, Store
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.sql import SqlStore
from tests.fakes.store import FakeStore

PARTITION = Partition("seatrial.errors", 3)
BIGGEST = 2**63 - 1
MANY = 5_000
TEXTS = [
    "",
    " ",
    "'; DROP TABLE project; --",
    "Größe 🚢 \u202e",
    "a\r\nb\tc\\",
    "x" * 100_000,
    "e\u0301",
    "é",
    "\ufeff",
]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield FakeStore()
        return
    on_file = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_engine(on_file if request.param == "sqlite" else request.getfixturevalue("fresh_database"))
    migrate(engine)
    yield SqlStore(engine)
    engine.dispose()


def move(expected: int, next_offset: int, partition: Partition = PARTITION) -> Move:
    return Move(partition, expected, next_offset, booked_to=next_offset * 10, read_to=next_offset * 10 + 1)


def advance(store: Store, *moves: Move) -> None:
    with store.begin() as unit:
        unit.advance(moves)


def position(store: Store, partition: Partition = PARTITION) -> dict[str, Any] | None:
    with store.begin() as unit:
        rows = unit.fetch(tables.position, [{"topic": partition.topic, "partition": partition.number}])
    return rows[0] if rows else None


def seen(item: str, booked_at: int = 1) -> dict[str, Any]:
    return {"project": "shop", "category": "error", "item": item, "booked_at": booked_at}


def items(store: Store, *names: str) -> dict[str, int]:
    with store.begin() as unit:
        rows = unit.fetch(tables.seen_item, [key(seen(name)) for name in names])
    return {row["item"]: row["booked_at"] for row in rows}


def key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("project", "category", "item")}


def counted(fate: str, count: int) -> dict[str, Any]:
    where = {"project": "shop", "category": "error", "via": "intake", "topic": "seatrial.errors", "partition": 0}
    return {**where, "fate": fate, "count": count}


def counts(store: Store, *fates: str) -> dict[str, int]:
    with store.begin() as unit:
        rows = unit.fetch(tables.ledger, [counted(fate, 0) for fate in fates])
    return {row["fate"]: row["count"] for row in rows}


def issue(name: str, **values: Any) -> dict[str, Any]:
    rest = {"grouping_key": "k", "grouping_version": "grouping/v1", "title": "t", "culprit": None, "level": "error"}
    return {"project": "shop", "issue": name, **rest, **values}


def issues(store: Store, *names: str) -> list[dict[str, Any]]:
    with store.begin() as unit:
        rows = unit.fetch(tables.issue, [{"project": "shop", "issue": name} for name in names])
    return sorted(rows, key=lambda row: str(row["issue"]))


def decision(name: str, decided_at: int, minute: int, **values: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("verdict", "mode", "policy", "taken_by", "document", "judgement", "evidence"), "-")
    where = {"project": "shop", "environment": "production", "deploy": "d", "release": "shop@1", "provisional": False}
    return {**texts, **where, "decision": name, "minute": minute, "decided_at": decided_at, **values}


def together(*actions: Callable[[], None]) -> list[Exception | None]:
    """Run in a thread each, started at once; the error of each, or None."""
    start = threading.Barrier(len(actions))
    errors: list[Exception | None] = [None] * len(actions)

    def run(number: int) -> None:
        start.wait()
        try:
            actions[number]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            errors[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_position_is_made_by_the_first_move_from_zero(store: Store) -> None:
    """A partition nobody has read starts at 0, and its first move keeps offset and times."""
    assert position(store) is None

    advance(store, move(0, 7))

    assert position(store) == {
        "topic": "seatrial.errors",
        "partition": 3,
        "next_offset": 7,
        "booked_to": 70,
        "read_to": 71,
    }


def test_a_position_moves_from_where_it_is_expected(store: Store) -> None:
    """Moves follow one another, and one to the same offset renews the times."""
    advance(store, move(0, 7))
    advance(store, move(7, 9))
    advance(store, Move(PARTITION, 9, 9, booked_to=90, read_to=1_000))

    assert (position(store) or {})["next_offset"] == 9
    assert (position(store) or {})["read_to"] == 1_000


@pytest.mark.parametrize("expected", [0, 6, 8])
def test_a_move_from_elsewhere_is_fenced(store: Store, expected: int) -> None:
    """Whoever expects another offset than the store's is a zombie, and is named its partition."""
    advance(store, move(0, 7))

    with pytest.raises(Fenced) as fenced:
        advance(store, move(expected, 20))

    assert fenced.value.args == (PARTITION,)
    assert (position(store) or {})["next_offset"] == 7


def test_a_move_of_an_unknown_partition_from_elsewhere_than_zero_is_fenced(store: Store) -> None:
    """A store that was emptied does not take a consumer that remembers the old one."""
    with pytest.raises(Fenced):
        advance(store, move(5, 6))


def test_one_fenced_partition_stops_the_others(store: Store) -> None:
    """A batch over two partitions, of which one was taken over, moves neither and writes nothing."""
    other = Partition("seatrial.errors", 4)
    advance(store, move(0, 7))

    with pytest.raises(Fenced), store.begin() as unit:
        unit.insert_new(tables.seen_item, [seen("a")])
        unit.advance([move(0, 1, other), move(0, 8)])

    assert position(store, other) is None
    assert items(store, "a") == {}


def test_a_consumer_that_was_overtaken_is_fenced(store: Store) -> None:
    """Rows of a zombie do not stay when, between its read and its write, another moved the partition."""
    advance(store, move(0, 7))
    remembered = (position(store) or {})["next_offset"]
    advance(store, move(7, 8))

    with pytest.raises(Fenced), store.begin() as unit:
        unit.add(tables.ledger, [counted("stored", 1)])
        unit.advance([move(remembered, 9)])

    assert counts(store, "stored") == {}


@pytest.mark.parametrize("known", [True, False])
def test_of_two_that_advance_from_the_same_offset_one_is_fenced(store: Store, known: bool) -> None:  # noqa: FBT001
    """Two consumers of one partition that write at the same time: one batch is kept, whole and once."""
    at = 7 if known else 0
    if known:
        advance(store, move(0, at))

    def consume() -> None:
        with store.begin() as unit:
            unit.advance([move(at, at + 1)])
            unit.add(tables.ledger, [counted("stored", 1)])

    errors = together(consume, consume, consume)

    assert sorted(type(error).__name__ for error in errors) == ["Fenced", "Fenced", "NoneType"]
    assert counts(store, "stored") == {"stored": 1}


def test_an_exception_takes_everything_back(store: Store) -> None:
    """Nothing of a unit of work that is left by an exception is kept, whatever it did."""
    with store.begin() as unit:
        unit.put(tables.issue, [issue("i", title="before")])
        unit.add(tables.ledger, [counted("stored", 1)])

    with pytest.raises(RuntimeError, match="the consumer died"), store.begin() as unit:
        unit.insert_new(tables.seen_item, [seen("a")])
        unit.add(tables.ledger, [counted("stored", 10)])
        unit.put(tables.issue, [issue("i", title="after")])
        unit.advance([move(0, 1)])
        raise RuntimeError("the consumer died")

    assert items(store, "a") == {}
    assert counts(store, "stored") == {"stored": 1}
    assert issues(store, "i")[0]["title"] == "before"
    assert position(store) is None


def test_a_unit_of_work_reads_what_it_wrote(store: Store) -> None:
    """Rows written earlier in a transaction are there for its own reads."""
    with store.begin() as unit:
        unit.insert_new(tables.seen_item, [seen("a")])
        assert unit.fetch(tables.seen_item, [key(seen("a"))]) == [seen("a")]


def test_insert_new_returns_only_the_keys_that_were_new(store: Store) -> None:
    """What is there already stays as it is, and is not named."""
    with store.begin() as unit:
        unit.insert_new(tables.seen_item, [seen("a", 1), seen("b", 1)])

    with store.begin() as unit:
        new = unit.insert_new(tables.seen_item, [seen("c", 2), seen("a", 2)])

    assert new == [key(seen("c"))]
    assert items(store, "a", "b", "c", "d") == {"a": 1, "b": 1, "c": 2}


def test_insert_new_takes_one_of_the_duplicates_in_a_call(store: Store) -> None:
    """A key that is twice among the rows is inserted once, and named once."""
    with store.begin() as unit:
        new = unit.insert_new(tables.seen_item, [seen("a"), seen("b"), seen("a"), seen("a")])

    assert sorted(row["item"] for row in new) == ["a", "b"]
    assert items(store, "a", "b") == {"a": 1, "b": 1}


def test_insert_new_leaves_out_what_another_unique_index_has(store: Store) -> None:
    """A decision under another name, for the same deploy, minute and verdict, is not new."""
    with store.begin() as unit:
        unit.insert_new(tables.decision, [decision("d-1", 5, 1)])
        assert unit.insert_new(tables.decision, [decision("d-2", 6, 1)]) == []
        assert unit.fetch(tables.decision, [{"project": "shop", "decision": "d-2"}]) == []


def test_put_refuses_what_another_unique_index_has(store: Store) -> None:
    """Two issues of a project cannot have one number."""
    with pytest.raises(IntegrityError), store.begin() as unit:
        unit.put(tables.issue_name, [{"project": "shop", "issue": "a", "number": 1}])
        unit.put(tables.issue_name, [{"project": "shop", "issue": "b", "number": 1}])


def test_add_sums(store: Store) -> None:
    """Counters add up, over calls, over rows of one call, and below zero: a row holds deltas."""
    with store.begin() as unit:
        unit.add(tables.ledger, [counted("stored", 5), counted("invalid", -2), counted("stored", 1)])
    with store.begin() as unit:
        unit.add(tables.ledger, [counted("stored", -3), counted("duplicate", 4)])

    assert counts(store, "stored", "invalid", "duplicate") == {"stored": 3, "invalid": -2, "duplicate": 4}


def test_put_replaces(store: Store) -> None:
    """The last row of a key is what is kept, with a null where it has one."""
    with store.begin() as unit:
        unit.put(tables.issue, [issue("i", title="first", culprit="here"), issue("i", title="second", culprit="there")])
        assert unit.fetch(tables.issue, [{"project": "shop", "issue": "i"}])[0]["culprit"] == "there"
        unit.put(tables.issue, [issue("i", title="third"), issue("j")])

    assert issues(store, "i", "j") == [issue("i", title="third"), issue("j")]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were(store: Store, text: str) -> None:
    """In a key and in a column, a text is kept to the code point, and texts that only look alike stay apart."""
    with store.begin() as unit:
        unit.insert_new(tables.issue, [issue(text[:100], title=text)])

    assert issues(store, text[:100]) == [issue(text[:100], title=text)]
    assert issues(store, text[:100] + " ") == []


def test_a_text_with_nul_is_kept_or_refused(store: Store) -> None:
    """PostgreSQL takes no NUL in a text: what comes is refused as bad data, never cut."""
    try:
        with store.begin() as unit:
            unit.insert_new(tables.issue, [issue("i", title="a\x00b")])
    except DataError:
        assert issues(store, "i") == []
    else:
        assert issues(store, "i")[0]["title"] == "a\x00b"


def test_bytes_come_back_as_they_were(store: Store) -> None:
    """Binary keys and values are kept as they are, zeros and all."""
    sample = {"project": "shop", "issue": "i", "event_id": bytes(16), "release": None, "booked_at": 1}
    payload = bytes(range(256)) * 1_000
    with store.begin() as unit:
        unit.insert_new(tables.event_sample, [{**sample, "payload": payload}])
        found = unit.fetch(tables.event_sample, [sample])

    assert [bytes(row["payload"]) for row in found] == [payload]
    assert [bytes(row["event_id"]) for row in found] == [bytes(16)]


def test_numbers_of_64_bits_fit(store: Store) -> None:
    """The largest and the smallest signed 64-bit number are kept, and sums reach them."""
    with store.begin() as unit:
        unit.add(tables.ledger, [counted("stored", BIGGEST - 1), counted("invalid", -BIGGEST - 1)])
    with store.begin() as unit:
        unit.add(tables.ledger, [counted("stored", 1)])

    assert counts(store, "stored", "invalid") == {"stored": BIGGEST, "invalid": -BIGGEST - 1}


def test_a_null_where_a_value_must_be_is_refused(store: Store) -> None:
    """A row that lacks what it must have is an error, and takes its transaction with it."""
    with pytest.raises(IntegrityError), store.begin() as unit:
        unit.insert_new(tables.seen_item, [seen("a")])
        unit.put(tables.issue, [issue("i", title=None)])

    assert items(store, "a") == {}


def test_counters_that_a_row_leaves_out_are_zero(store: Store) -> None:
    """A minute with sessions started and nothing else has zeros for the rest."""
    where = {"project": "shop", "environment": "production", "release": "shop@1", "minute": 1, "partition": 0}
    with store.begin() as unit:
        unit.add(tables.session_minute, [{**where, "started": 2}])
        rows = unit.fetch(tables.session_minute, [where])

    rest = dict.fromkeys(("healthy", "errored", "unhandled", "abnormal", "crashed"), 0)
    assert rows == [{**where, "started": 2, **rest}]


def test_thousands_of_rows_in_one_transaction(store: Store) -> None:
    """A big batch goes in, is recognised as known, is counted on and comes back whole."""
    names = [f"item-{number}" for number in range(MANY)]
    random.Random(1).shuffle(names)
    with store.begin() as unit:
        assert len(unit.insert_new(tables.seen_item, [seen(name) for name in names])) == MANY
        unit.add(tables.ledger, [counted(name, 1) for name in names])
    with store.begin() as unit:
        assert unit.insert_new(tables.seen_item, [seen(name) for name in names]) == []
        unit.add(tables.ledger, [counted(name, 1) for name in names])

    assert len(items(store, *names)) == MANY
    assert set(counts(store, *names).values()) == {2}


def test_nothing_to_do_is_done(store: Store) -> None:
    """Every call takes an empty list."""
    with store.begin() as unit:
        unit.advance([])
        unit.add(tables.ledger, [])
        unit.put(tables.issue, [])
        assert unit.insert_new(tables.seen_item, []) == []
        assert unit.fetch(tables.seen_item, []) == []


def test_writers_of_the_same_rows_in_any_order_all_get_through(store: Store) -> None:
    """Rows are written in the order of their keys, so writers that list them otherwise wait and do not deadlock."""
    names = [f"fate-{number}" for number in range(200)]

    def write(seed: int) -> None:
        for turn in range(5):
            rows = [counted(name, 1) for name in names]
            random.Random(seed * 10 + turn).shuffle(rows)
            with store.begin() as unit:
                unit.add(tables.ledger, rows)

    assert together(lambda: write(1), lambda: write(2), lambda: write(3)) == [None, None, None]
    assert set(counts(store, *names).values()) == {15}


def test_the_newest_decision_is_the_one_taken_last(store: Store) -> None:
    """By the time it was taken, then by its minute; of this release in this environment alone."""
    rows = [
        decision("d-1", 10, 1),
        decision("d-2", 30, 2),
        decision("d-3", 30, 3),
        decision("d-4", 20, 4),
        decision("d-5", 90, 5, release="shop@2"),
        decision("d-6", 90, 6, environment="staging"),
        decision("d-7", 90, 7, project="other"),
    ]
    with store.begin() as unit:
        unit.insert_new(tables.decision, rows)
        assert unit.newest_decision("shop", "shop@1", "production") == "d-3"
        assert unit.newest_decision("shop", "shop@3", "production") is None


def test_projects_come_with_the_newest_of_their_settings(store: Store) -> None:
    """Those that there are; a document that is not understood leaves the rest as it is by default."""
    documents = [("shop", 1, "[quotas]\nerror = 1"), ("shop", 2, "[quotas]\nerror = 2"), ("wiki", 1, "[later]\nof = 1")]
    with store.begin() as unit:
        made = [{"project": name, "number": number} for number, name in enumerate(("blog", "shop", "wiki"))]
        unit.insert_new(tables.project, [row | {"identity_key": b"key", "created_at": 1} for row in made])
        applied = {"applied_by": "ada", "applied_at": 1}
        rows = [{"project": name, "version": version, "document": text} for name, version, text in documents]
        unit.insert_new(tables.project_settings, [row | applied for row in rows])

        found = unit.projects(["shop", "wiki", "blog", "nobody"])
        assert unit.projects([]) == {}

    assert found == {
        "blog": Project(b"key"),
        "shop": Project(b"key", ProjectSettings(2, quotas={"error": 2})),
        "wiki": Project(b"key", ProjectSettings(1)),
    }
