"""What a decision calls for has one id, and tells the gate's document with what to do."""

import json
from typing import Any

from actions.call import action_row

NOW = 1_700_000_040_000
DOCUMENT: dict[str, Any] = {"schema": "gate.v1", "project": "shop", "verdict": "rollback", "reasons": [{"n": 7}]}


def row(**other: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"project": "shop", "decision": "d-77", "kind": "rollback", "target": "shop@1.4.2"}
    told |= {"reason": "more users are hurt", "document": DOCUMENT, "now": NOW}
    return action_row(**told | other)


def test_the_body_is_the_document_with_what_to_do_beside_it() -> None:
    """gate.v1 stays at the top level; type, time, kind, id, target and reason are added."""
    made = row()
    assert json.loads(made["payload"]) == DOCUMENT | {
        "type": "seatrial.rollback.v1",
        "timestamp": "2023-11-14T22:14:00Z",
        "kind": "rollback",
        "action": made["action"],
        "target": "shop@1.4.2",
        "reason": "more users are hurt",
    }


def test_it_is_pending_and_due_at_once() -> None:
    """A new action waits for nothing."""
    made = row()
    assert (made["state"], made["attempts"], made["due_at"], made["created_at"]) == ("pending", 0, NOW, NOW)


def test_the_same_call_of_a_decision_has_the_same_id_whenever_it_is_written() -> None:
    """Written twice, it is one row, and so one effect."""
    assert row()["action"] == row(now=NOW + 5_000, reason="said otherwise")["action"]


def test_another_decision_kind_or_project_is_another_action() -> None:
    """Each of the three is part of the id."""
    others = [row(), row(decision="d-78"), row(kind="hold"), row(project="blog")]
    assert len({made["action"] for made in others}) == len(others)


def test_without_a_decision_the_id_comes_from_what_is_told() -> None:
    """Two sources that went silent are two actions; the same one told later again is not."""
    first = row(decision=None, kind="silent_source", target="web")
    again = row(decision=None, kind="silent_source", target="web", now=NOW + 1)
    other = row(decision=None, kind="silent_source", target="worker")
    assert first["action"] == again["action"] != other["action"]


def test_keys_in_another_order_are_the_same_call() -> None:
    """The id does not hang on the order in which a document was put together."""
    turned = dict(reversed(DOCUMENT.items()))
    assert row(decision=None)["action"] == row(decision=None, document=turned)["action"]
