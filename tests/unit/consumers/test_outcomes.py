"""An outcome sticks to its decision."""

from typing import Any

from models.store import tables
from models.wire.topics import OUTCOMES
from tests.fakes.consuming import NOON, Consuming, only


def decide(shop: Consuming, name: str, minute: int) -> None:
    texts = dict.fromkeys(("deploy", "mode", "policy", "taken_by", "document", "judgement", "evidence"), "")
    place = {"project": "shop", "environment": "production", "release": "shop@1.5.0"}
    row = texts | place | {"decision": name, "verdict": "hold", "provisional": False}
    with shop.store.begin() as unit:
        unit.insert_new(tables.decision, [row | {"minute": minute, "decided_at": NOON + minute}])


def outcome(**fields: Any) -> dict[str, Any]:
    return {"project": "shop", "label": "correct"} | fields


def test_an_outcome_names_its_decision_or_its_release(shop: Consuming) -> None:
    """By the release it is the newest decision on it, in production where nothing else is said."""
    decide(shop, "d-1", 1)
    decide(shop, "d-2", 2)
    shop.told(
        OUTCOMES, outcome(id="o1", decision="d-1", by="ada"), outcome(id="o2", release="shop@1.5.0", reason="why")
    )
    columns = ("outcome", "decision", "label", "reason", "said_by")
    assert only(shop.rows(tables.outcome), *columns) == [
        ("o1", "d-1", "correct", None, "ada"),
        ("o2", "d-2", "correct", "why", None),
    ]


def test_one_outcome_counts_once(shop: Consuming) -> None:
    """By its id, whatever it says the second time."""
    decide(shop, "d-1", 1)
    shop.told(OUTCOMES, outcome(id="o1", decision="d-1"), outcome(id="o1", decision="d-1", label="missed"))
    assert shop.fates() == {("outcome", "stored"): 1, ("outcome", "duplicate"): 1}


def test_an_outcome_of_nothing_known_is_a_dead_letter(shop: Consuming) -> None:
    """Which says what was looked for."""
    decide(shop, "d-1", 1)
    shop.told(
        OUTCOMES,
        outcome(decision="d-9"),
        outcome(decision="d-1\u0000"),
        outcome(release="shop@1.5.0", environment="staging"),
        outcome(),
    )
    assert shop.dead() == [
        ("unknown_decision", "$.decision: shop has no decision 'd-9'"),
        ("unknown_decision", "$.decision: shop has no decision 'd-1�'"),
        ("unknown_decision", "$.release: no decision was taken on 'shop@1.5.0' in 'staging'"),
        ("invalid", "$: name a `decision`, or a `release` with its `environment`"),
    ]
    assert shop.fates() == {("outcome", "invalid"): 4}
