"""Events are deduplicated, grouped, and counted by minute; users are told apart by their hash."""

from typing import Any

import pytest

from consumers.errors import handled
from models.store import tables
from models.store.samples import unpack
from models.wire.topics import ERRORS
from tests.fakes.consuming import FROM_INTAKE, NOON, Consuming, error, event_id, only


def test_one_event_id_counts_once(shop: Consuming) -> None:
    """Twice in a batch, in the next batch, with dashes or without: one event, the rest are duplicates."""
    dashed = "-".join(
        (event_id("e1")[:8], event_id("e1")[8:12], event_id("e1")[12:16], event_id("e1")[16:20], event_id("e1")[20:])
    )
    shop.told(ERRORS, error("e1"), error("e1"), error("e2")).told(ERRORS, error("e1", event_id=dashed.upper()))
    assert shop.fates() == {("error", "stored"): 2, ("error", "duplicate"): 2}
    assert [row["events"] for row in shop.rows(tables.issue_minute)] == [2]


def test_an_event_without_id_counts_each_time_it_is_sent(shop: Consuming) -> None:
    """Nothing else says that two of them are the same; a `ce_id` does."""
    headers = (("ce_id", b"c1"),)
    shop.told(ERRORS, error(event_id=None), error(event_id="no hex")).told(
        ERRORS, error(event_id=None), headers=headers
    )
    shop.told(ERRORS, error(event_id=None), headers=headers)
    assert shop.fates() == {("error", "stored"): 3, ("error", "duplicate"): 1}


def test_events_of_one_cause_are_one_issue(shop: Consuming) -> None:
    """Another exception is another issue; each is seen first in its minute, and counted in every minute."""
    shop.told(ERRORS, error("e1"), error("e2", handled=True), error("e3", kind="KeyError"))
    shop.later(3)
    shop.told(ERRORS, error("e4"))
    minute = NOON // 60_000
    assert sorted(row["title"] for row in shop.rows(tables.issue)) == ["KeyError", "ValueError"]
    counted = only(shop.rows(tables.issue_minute), "minute", "events", "unhandled")
    assert sorted(counted) == [(minute, 1, 1), (minute, 2, 1), (minute + 3, 1, 1)]
    assert {row["first_minute"] for row in shop.rows(tables.issue_seen)} == {minute}


def test_users_hurt_are_those_of_unhandled_events(shop: Consuming) -> None:
    """A handled event affects its issue's user and hurts nobody; one user is hurt once a day."""
    shop.told(
        ERRORS,
        error("e1", user={"id": 7}),
        error("e2", user={"id": "7"}, kind="KeyError"),
        error("e3", handled=True, user={"id": 8}),
    )
    assert only(shop.rows(tables.hurt_user), "release", "abnormal") == [("shop@1.5.0", False)]
    assert sorted(only(shop.rows(tables.issue_user), "unhandled")) == [(False,), (True,), (True,)]
    assert shop.rows(tables.anonymous_failure) == []


def test_the_first_of_a_users_errors_is_what_counts_for_an_issue(shop: Consuming) -> None:
    """Later ones of the same user change nothing."""
    shop.told(ERRORS, error("e1", handled=True, user={"id": 7})).told(ERRORS, error("e2", user={"id": 7}))
    assert only(shop.rows(tables.issue_user), "unhandled") == [(False,)]
    assert len(shop.rows(tables.hurt_user)) == 1


def test_unhandled_events_of_nobody_count_by_issue_and_host(shop: Consuming) -> None:
    """Distinct (issue, host, minute) stand for the users that are not known."""
    hosts: list[dict[str, Any]] = [{"server_name": "web-1"}, {"server_name": "web-1"}, {"server_name": "web-2"}, {}]
    shop.told(ERRORS, *[error(f"e{n}", **host) for n, host in enumerate(hosts)], error("h", handled=True))
    assert sorted(only(shop.rows(tables.anonymous_failure), "host")) == [("",), ("web-1",), ("web-2",)]
    assert shop.rows(tables.hurt_user) == []


def test_an_identity_from_intake_is_not_hashed_again(shop: Consuming) -> None:
    """What intake wrote is what is kept; it is the hash of the id that a direct producer would send."""
    shop.told(ERRORS, error("e1", user={"id": "ada"}))
    known = shop.rows(tables.event)[0]["identity"]
    shop.told(ERRORS, error("e2", identity=known), headers=FROM_INTAKE)
    assert {row["identity"] for row in shop.rows(tables.event)} == {known}
    assert len(shop.rows(tables.hurt_user)) == 1


def test_no_release_is_no_release(shop: Consuming) -> None:
    """The event says so; its counts stand under an empty name, and no release is seen."""
    shop.told(ERRORS, error(release=None, environment=""))
    assert only(shop.rows(tables.event), "release", "environment") == [(None, "production")]
    assert only(shop.rows(tables.issue_minute), "release") == [("",)]
    assert shop.rows(tables.release_seen) == []


def test_the_first_event_of_an_issue_in_a_release_is_kept_whole(shop: Consuming) -> None:
    """Without what names its user: a direct producer has not hashed it."""
    shop.told(ERRORS, error("e1", user={"email": "ada@example.org"}, extra={"huge": 10**30}), error("e2"))
    kept = {row["event_id"].hex(): row for row in shop.rows(tables.event_sample)}
    sample = unpack(kept[event_id("e1")]["payload"])
    assert sample["user"] == {"id": shop.rows(tables.hurt_user)[0]["identity"]}
    assert sample["extra"] == {"huge": 10**30}


def test_of_many_events_few_are_kept_whole(shop: Consuming) -> None:
    """About one in 64, the same ones however they are delivered."""
    events = [error(f"e{number}") for number in range(640)]
    shop.told(ERRORS, *events)
    backwards = Consuming()
    backwards.told(ERRORS, *reversed(events))
    kept, again = ({row["event_id"] for row in one.rows(tables.event_sample)} for one in (shop, backwards))
    assert 3 <= len(kept) <= 25
    assert len(kept ^ again) <= 2  # each order has another first


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (None, True),
        ("text", True),
        ({"values": None}, True),
        ({"values": [None, 3]}, True),
        ({"values": [{"mechanism": {"handled": False}}]}, False),
        ([{"mechanism": {"handled": False}}], False),
        ({"values": [{"mechanism": {"handled": True}}, {"mechanism": {"handled": False}}]}, False),
        ({"values": [{"mechanism": {"handled": False}}, {"mechanism": {"handled": True}}]}, True),
        ({"values": [{"mechanism": {"handled": False}}, {"mechanism": {"type": "chained"}}]}, False),
        ({"values": [{"mechanism": {"handled": None}}]}, True),
    ],
)
def test_the_raised_exception_says_whether_it_was_handled(exception: Any, expected: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """The last of the chain that says anything; without a word it counts as handled."""
    assert handled({"exception": exception}) is expected


@pytest.mark.parametrize("field", ["release", "environment", "user", "server_name", "timestamp", "level", "exception"])
@pytest.mark.parametrize("value", [None, 7, "", "\u0000", "x" * 9_000, [], {}, [[]], {"values": {"a": 1}}, True, 1e300])
def test_no_shape_of_a_field_harms(shop: Consuming, field: str, value: Any) -> None:
    """Every event that is a JSON object is stored."""
    shop.told(ERRORS, error(**{field: value}))
    assert shop.fates() == {("error", "stored"): 1}
