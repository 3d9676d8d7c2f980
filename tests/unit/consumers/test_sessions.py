"""Sessions merge to a state, and each change is booked in the minute in which it becomes known."""

from typing import Any

import pytest

from models.domain.identity import hash_identity
from models.store import tables
from models.wire.topics import ERRORS, SESSIONS
from tests.fakes.consuming import FROM_INTAKE, NOON, Consuming, aggregates, error, only, session

FIRST = NOON // 60_000
DAY = 1_440
CELLS = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")


def minutes(shop: Consuming) -> dict[int, tuple[int, ...]]:
    """The cells of each minute, with the minute counted from the first."""
    return {row["minute"] - FIRST: tuple(row[cell] for cell in CELLS) for row in shop.rows(tables.session_minute)}


def test_a_crash_known_later_moves_its_session(shop: Consuming) -> None:
    """It adds to the minute in which it is known, and the past stays as it was."""
    shop.told(SESSIONS, session("s1"), session("s2"))
    shop.later(30)
    shop.told(SESSIONS, session("s1", "crashed"))
    assert minutes(shop) == {0: (2, 2, 0, 0, 0, 0), 30: (0, -1, 0, 0, 0, 1)}


def test_updates_of_one_batch_are_booked_each_in_its_own_minute(shop: Consuming) -> None:
    """Consumed late and together, they tell the same story."""
    shop.send(SESSIONS, session("s1"))
    shop.later(1)
    shop.send(SESSIONS, session("s1", errors=1))
    shop.later(1)
    shop.send(SESSIONS, session("s1", "crashed"))
    shop.consume()
    assert minutes(shop) == {0: (1, 1, 0, 0, 0, 0), 1: (0, -1, 1, 0, 0, 0), 2: (0, 0, -1, 0, 0, 1)}


def test_an_update_that_says_nothing_new_is_a_duplicate(shop: Consuming) -> None:
    """The same status and errors again; another status is stored, also one that changes no count."""
    shop.told(SESSIONS, session("s1"), session("s1"), session("s1", "exited")).told(SESSIONS, session("s1"))
    assert shop.fates() == {("session", "stored"): 2, ("session", "duplicate"): 2}
    assert minutes(shop) == {0: (1, 1, 0, 0, 0, 0)}


def test_a_sid_is_the_same_with_dashes_and_without(shop: Consuming) -> None:
    """Python's SDK writes them, JavaScript's does not."""
    sid = "5e1f0a7c-0000-4000-8000-00000000000A"
    shop.told(SESSIONS, session(sid), session(sid.replace("-", "").lower(), "crashed"))
    assert minutes(shop) == {0: (1, 0, 0, 0, 0, 1)}


def test_hurt_users_are_known_by_day_and_by_kind(shop: Consuming) -> None:
    """Crashed and unhandled sessions hurt, abnormal ones under a mark of their own; others, and nobody's, do not."""
    shop.told(
        SESSIONS,
        session("s1", "crashed", did="ada"),
        session("s2", "unhandled", did="ada"),
        session("s3", "abnormal", did="bob"),
        session("s4", "errored", did="eve"),
        session("s5", "crashed"),
        session("s6", "crashed", did="00000000-0000-0000-0000-000000000000"),
    )
    hurt = sorted(only(shop.rows(tables.hurt_user), "identity", "abnormal", "day"))
    day = FIRST // 1440
    names = {name: hash_identity(b"key of shop", name) for name in ("ada", "bob")}
    assert hurt == sorted([(names["ada"], False, day), (names["bob"], True, day)])


def test_a_user_who_becomes_known_after_the_crash_is_hurt(shop: Consuming) -> None:
    """In whichever order the two are told."""
    shop.told(SESSIONS, session("s1", "crashed"), session("s1", "ok", did="ada"))
    shop.told(SESSIONS, session("s2", "ok", did="bob"), session("s2", "crashed"))
    assert len(shop.rows(tables.hurt_user)) == 2


def test_sessions_and_events_of_one_user_meet(shop: Consuming) -> None:
    """By the same hash, of the address too where there is nothing else."""
    shop.told(SESSIONS, session("s1", "crashed", did="ada"))
    shop.told(ERRORS, error("e1", user={"id": "ada", "email": "x@example.org"}))
    assert len({row["identity"] for row in shop.rows(tables.hurt_user)}) == 1


def test_aggregates_of_a_minute_equal_its_sessions(shop: Consuming) -> None:
    """Counts made by an SDK add up to what its single sessions would."""
    shop.told(SESSIONS, aggregates({"exited": 2, "errored": 1, "crashed": 1}, {"abnormal": 1, "unhandled": 1}))
    single = Consuming().told(
        SESSIONS,
        *[
            session(f"s{n}", status)
            for n, status in enumerate(("exited", "exited", "errored", "crashed", "abnormal", "unhandled"))
        ],
    )
    assert minutes(shop) == minutes(single) == {0: (6, 2, 1, 1, 1, 1)}


def test_one_aggregates_item_counts_once(shop: Consuming) -> None:
    """By its id; without one by `ce_id`; without both each delivery counts."""
    shop.told(SESSIONS, aggregates({"exited": 1}), aggregates({"exited": 1})).told(SESSIONS, aggregates({"exited": 1}))
    for _ in range(2):
        shop.told(SESSIONS, aggregates({"exited": 10}, identifier=None), headers=(("ce_id", b"c" * 300),))
        shop.told(SESSIONS, aggregates({"exited": 100}, identifier=None))
    assert minutes(shop) == {0: (211, 211, 0, 0, 0, 0)}
    assert shop.fates() == {("session", "stored"): 4, ("session", "duplicate"): 3}


def test_users_of_aggregates_are_hurt_too(shop: Consuming) -> None:
    """Intake has hashed the device's id in its place, and it is not hashed again; a direct producer has not."""
    hashed = hash_identity(b"key of shop", "ada")
    shop.told(SESSIONS, aggregates({"crashed": 1, "did": hashed}, identifier="a1"), headers=FROM_INTAKE)
    shop.told(SESSIONS, aggregates({"abnormal": 1, "did": "ada"}, {"exited": 1, "did": "bob"}, identifier="a2"))
    assert sorted(only(shop.rows(tables.hurt_user), "identity", "abnormal")) == [(hashed, False), (hashed, True)]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (session(status="exploded"), "$.session.status"),
        (session(started="yesterday"), "$.session.started"),
        (session(errors=-1), "$.session.errors"),
        (session(sid=""), "$.session.sid"),
        (session(release=None), "$.session.attrs.release"),
        (session(release="x" * 201), "$.session.attrs.release"),
        ({"project": "shop"}, "$"),
        ({"project": "shop", "aggregates": []}, "$"),
        (aggregates({"crashed": -1}), "$.aggregates[0].crashed"),
        (aggregates({"crashed": 10**10}), "$.aggregates[0].crashed"),
        (aggregates({}, release=""), "$.attrs.release"),
    ],
)
def test_what_cannot_be_counted_is_a_dead_letter(shop: Consuming, value: dict[str, Any], place: str) -> None:
    """With its place, and counted as invalid; a good session beside it is stored."""
    shop.told(SESSIONS, value, session("good"))
    assert shop.fates() == {("session", "invalid"): 1, ("session", "stored"): 1}
    [(reason, detail)] = shop.dead()
    assert (reason, detail.split(": ")[0]) == ("invalid", place)


def test_times_of_producers_change_no_minute(shop: Consuming) -> None:
    """A session of the past or the future is booked when it is read; what it says is shown."""
    shop.told(
        SESSIONS, session("s1", started="2023-11-10T00:00:00Z"), session("s2", started="2100-01-01T00:00:00+02:00")
    )
    assert minutes(shop) == {0: (2, 2, 0, 0, 0, 0)}
    assert sorted(only(shop.rows(tables.session), "started")) == [(1_699_574_400_000,), (4_102_437_600_000,)]


def test_a_crash_before_its_start_counts_once(shop: Consuming) -> None:
    """A session counts once it has any update: the crash alone, and nothing more when its start is told after it."""
    shop.told(SESSIONS, session("s1", "crashed", did="ada"))
    shop.later(2)
    shop.told(SESSIONS, session("s1", "ok", init=True, did="ada"), session("s1", "crashed", did="ada"))
    assert minutes(shop) == {0: (1, 0, 0, 0, 0, 1)}
    assert shop.fates() == {("session", "stored"): 2, ("session", "duplicate"): 1}


@pytest.mark.parametrize("days", [1, 4])
def test_a_crash_days_later_counts_once(shop: Consuming, days: int) -> None:
    """In the minute in which it is known, however often it is told."""
    shop.told(SESSIONS, session("s1"))
    shop.later(days * DAY)
    shop.told(SESSIONS, session("s1", "crashed"), session("s1", "crashed"))
    assert minutes(shop) == {0: (1, 1, 0, 0, 0, 0), days * DAY: (0, -1, 0, 0, 0, 1)}


def test_a_session_that_is_too_old_is_refused(shop: Consuming) -> None:
    """More than five days and an hour after its start its state may be gone, and it could count twice."""
    shop.told(SESSIONS, session("s1"), aggregates({"exited": 1}))
    shop.later(5 * DAY + 59)
    shop.told(SESSIONS, session("s1", errors=1))
    shop.later(2)
    shop.told(SESSIONS, session("s1", "crashed"), session("s2"), aggregates({"exited": 1}, identifier="a2"))
    assert minutes(shop) == {0: (2, 2, 0, 0, 0, 0), 5 * DAY + 59: (0, -1, 1, 0, 0, 0)}
    assert [reason for reason, _ in shop.dead()] == ["too_old"] * 3
    assert shop.fates() == {("session", "stored"): 3, ("session", "invalid"): 3}


def test_of_aggregates_only_the_old_minutes_are_left_out(shop: Consuming) -> None:
    """The item is stored with the rest."""
    shop.told(SESSIONS, aggregates({"exited": 1}, {"exited": 10, "started": "2023-11-01T00:00:00Z"}))
    assert minutes(shop) == {0: (1, 1, 0, 0, 0, 0)}
    assert shop.fates() == {("session", "stored"): 1}


def test_sessions_are_counted_by_segment_where_the_settings_ask(shop: Consuming) -> None:
    """Each in one value of every segment, of a closed list; and where nothing is asked, nothing is kept."""
    phone = session(
        "s1", user_agent="Mozilla/5.0 (Linux; Android 15) Mobile", segments={"plan": "gold", "country": "de"}
    )
    shop.told(SESSIONS, phone)
    assert shop.rows(tables.segment_minute) == []
    asked = 'segments = { os = true, country = true, plan = ["pro", "free"] }'
    asking = Consuming(settings=asked).told(SESSIONS, phone, session("s2", "crashed"))
    found = only(asking.rows(tables.segment_minute), "segment", "value", "started", "healthy", "crashed")
    assert found == [
        ("country", "DE", 1, 1, 0),
        ("country", "unknown", 1, 0, 1),
        ("os", "Android", 1, 1, 0),
        ("os", "unknown", 1, 0, 1),
        ("plan", "other", 1, 1, 0),
        ("plan", "unknown", 1, 0, 1),
    ]


def test_the_earliest_update_names_the_segments(shop: Consuming) -> None:
    """As it names the release: what was counted elsewhere before moves."""
    shop = Consuming(settings="segments = { os = true }")
    shop.told(SESSIONS, session("s1", timestamp="2023-11-14T22:14:09Z", user_agent="Windows"))
    shop.later(1)
    shop.told(SESSIONS, session("s1", "exited", timestamp="2023-11-14T22:14:01Z", user_agent="iPhone"))
    assert only(shop.rows(tables.segment_minute), "value", "minute", "started", "healthy") == [
        ("Windows", FIRST, 1, 1),
        ("Windows", FIRST + 1, -1, -1),
        ("iOS", FIRST + 1, 1, 1),
    ]


def test_users_are_sketched_by_release_and_by_hour(shop: Consuming) -> None:
    """Of sessions that name one, each once, whatever became of the session."""
    shop.told(SESSIONS, session("s1", did="ada"), session("s2", "crashed", did="ada"), session("s3", did="bob"))
    shop.told(
        SESSIONS, session("s4"), aggregates({"exited": 1, "did": "eve"}, {"did": "nobody, for it counts nothing"})
    )
    names = ("release", "segment", "value", "hour")
    found = {tuple(row[name] for name in names): len(row["hashes"]) // 8 for row in shop.rows(tables.user_sketch)}
    assert found == {("shop@1.5.0", "", "", 0): 3, ("shop@1.5.0", "", "", FIRST // 60): 3}


def test_the_users_whom_sessions_failed_are_signed_sums(shop: Consuming) -> None:
    """So that a session that moves to another class, user or release takes what it counted with it."""
    shop.told(SESSIONS, session("s1", "unhandled", did="ada"), session("s1", "crashed", did="ada"))
    shop.told(SESSIONS, session("s2", "crashed", did="bob"))
    shop.told(
        SESSIONS, session("s2", "crashed", did="bob", errors=2, release="shop@1.4.2", started="2023-11-14T22:00:00Z")
    )
    ada, bob = (hash_identity(b"key of shop", name) for name in ("ada", "bob"))
    found = only(shop.rows(tables.failed_user), "release", "identity", "unhandled", "crashed")
    assert sorted(found) == sorted([("shop@1.5.0", ada, 0, 1), ("shop@1.5.0", bob, 0, 0), ("shop@1.4.2", bob, 0, 1)])


def test_a_minute_has_a_row_for_each_partition_that_wrote_it(shop: Consuming) -> None:
    """So that no row has two writers; an update and an aggregate of one partition share it."""
    for number in range(6):
        shop.send(SESSIONS, session(f"s{number}"), key=f"shop:{number}".encode())
        shop.send(SESSIONS, aggregates({"exited": 1}, identifier=f"a{number}"), key=f"shop:{number}".encode())
    shop.consume()
    sent = [record.partition.number for record in shop.log.records(SESSIONS)]
    assert dict(only(shop.rows(tables.session_minute), "partition", "started")) == {0: sent.count(0), 1: sent.count(1)}
