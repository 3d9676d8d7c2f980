"""What came of an action, in a sentence: `analytics.reports.delivery`."""

from typing import Any

import pytest

from analytics.reports import delivery


def gate(state: str, attempts: int = 0, kind: str = "rollback") -> dict[str, Any]:
    result = "no answer in 10 s" if attempts else None
    at = "2026-11-22T14:41:02Z" if attempts else None
    action = {"kind": kind, "target": "shop@1.4.2", "state": state, "attempts": attempts, "result": result, "at": at}
    return {"action": action}


@pytest.mark.parametrize(
    ("document", "missed", "said"),
    [
        (gate("pending"), False, "The rollback is about to be sent."),
        (
            gate("pending", 3),
            True,
            "The rollback was not delivered: 3 attempts, no answer in 10 s (it is tried again).",
        ),
        (gate("failed", 1), True, "The rollback was not delivered: 1 attempt, no answer in 10 s (given up: "),
        (gate("delivered", 1), False, "The rollback was delivered at 14:41 UTC."),
        (gate("moot", 1, "hold"), False, "The hold was not sent, for it had no point any more."),
        (gate("nobody_told"), True, "The rollback was told to nobody, for the policy had no webhook: "),
    ],
)
def test_what_came_of_it_is_said(*, document: dict[str, Any], missed: bool, said: str) -> None:
    """What nobody has heard of is told apart from what was delivered or is on its way."""
    assert bool(delivery.is_missed(document)) is missed
    assert (delivery.sentence(document) or "").startswith(said)


@pytest.mark.parametrize(
    "document", [{}, {"action": None}, {"action": {"kind": "hold", "target": "x", "reason": "y"}}, gate("replayed")]
)
def test_where_nothing_is_known_nothing_is_said(document: dict[str, Any]) -> None:
    """Nothing was called for, a server of before does not tell, or it is of the past."""
    assert not delivery.is_missed(document)
    assert delivery.sentence(document) is None
