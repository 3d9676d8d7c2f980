"""What intake says it did is added to the accounts once."""

from typing import Any

import pytest

from models.wire.cloudevents import REDELIVERY
from models.wire.topics import ERRORS, LEDGER
from tests.fakes.consuming import FROM_INTAKE, Consuming


def summary(identifier: str, *counts: tuple[Any, Any, Any]) -> dict[str, Any]:
    said = [{"category": category, "fate": fate, "count": count} for category, fate, count in counts]
    return {"project": "shop", "id": identifier, "counts": said}


def test_a_summary_counts_once(shop: Consuming) -> None:
    """By its id, in one batch and over several."""
    one = summary("1", ("error", "accepted", 3), ("other", "filtered", 2))
    shop.told(LEDGER, one, one, summary("2", ("error", "accepted", 4))).told(LEDGER, one)
    assert shop.fates() == {("error", "accepted"): 7, ("other", "filtered"): 2}


@pytest.mark.parametrize(
    "count",
    [
        ("error", "stored", 1),
        ("error", "in_flight", 1),
        ("x" * 9_000, "accepted", 1),
        ("error", "lost", 1),
        ("error", "accepted", -1),
    ],
)
def test_a_summary_in_other_words_is_a_dead_letter(shop: Consuming, count: tuple[Any, Any, Any]) -> None:
    """Also in words that are the consumers' own to say; none of its counts are taken."""
    shop.told(LEDGER, summary("1", ("error", "accepted", 1), count))
    assert shop.fates() == {}
    [(reason, detail)] = shop.dead()
    assert (reason, detail[:11]) == ("invalid", "$.counts[1]")


def test_intake_s_own_second_copy_is_no_second_item(shop: Consuming) -> None:
    """A record that intake appended again, as an answer was lost, is counted once; a client's copy is a duplicate."""
    event = {"project": "shop", "event": {"event_id": "a" * 32, "release": "shop@1", "message": "boom"}}
    shop.told(ERRORS, event, headers=FROM_INTAKE)
    shop.told(ERRORS, event, headers=(*FROM_INTAKE, REDELIVERY))
    assert shop.fates() == {("error", "stored"): 1}
    shop.told(ERRORS, event, headers=FROM_INTAKE)
    assert shop.fates() == {("error", "stored"): 1, ("error", "duplicate"): 1}
