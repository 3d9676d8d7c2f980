"""Feedback is kept once, with what joins it to its event, session and release."""

from models.domain.identity import hash_identity
from models.store import tables
from models.wire.topics import FEEDBACK
from tests.fakes.consuming import Consuming, event_id, only


def test_one_feedback_counts_once(shop: Consuming) -> None:
    """By its id; without one each message counts."""
    value = {"project": "shop", "message": "It is slow"}
    shop.told(FEEDBACK, value | {"id": "f1"}, value | {"id": "f1"}, value, value).told(FEEDBACK, value | {"id": "f1"})
    assert shop.fates() == {("feedback", "stored"): 3, ("feedback", "duplicate"): 2}


def test_what_joins_it_is_kept(shop: Consuming) -> None:
    """The event and session as events and sessions have them, the user as a hash, no environment where none is told."""
    shop.told(
        FEEDBACK,
        {
            "project": "shop",
            "message": "a\u0000b",
            "event_id": event_id("e1"),
            "session_id": "S-1",
            "user": {"email": "a@b.c"},
        },
        {
            "project": "shop",
            "message": "c",
            "release": "shop@1.5.0",
            "environment": "staging",
            "user": "ada",
            "rating": 2,
        },
    )
    columns = ("message", "event_id", "session_id", "environment", "release", "rating")
    rows = sorted(shop.rows(tables.feedback), key=lambda row: str(row["message"]))
    assert only(rows, *columns) == [
        ("a�b", bytes.fromhex(event_id("e1")), "s1", "", None, None),
        ("c", None, None, "staging", "shop@1.5.0", 2),
    ]
    assert [row["identity"] for row in rows] == [hash_identity(b"key of shop", name) for name in ("a@b.c", "ada")]


def test_feedback_without_words_or_with_too_many_is_a_dead_letter(shop: Consuming) -> None:
    """And so is one for an event that cannot be."""
    for fields in (
        {"message": ""},
        {"message": "x" * 8_193},
        {"message": "a", "event_id": "e1"},
        {"message": "a", "rating": 9},
    ):
        shop.told(FEEDBACK, {"project": "shop"} | fields)
    assert [detail.split(":")[0] for _, detail in shop.dead()] == ["$.message", "$.message", "$.event_id", "$.rating"]
