"""analytics/verdict/document.py: ``gate.v1``."""

import json
from typing import Any

import pytest

from analytics.verdict.document import gate_document
from models.domain.evidence import Baseline
from models.domain.verdict import Judgement
from tests.fakes.evidence import Watched, minute

KEYS = {
    "schema", "project", "release", "environment", "verdict", "score", "confidence", "log_evidence", "needed",
    "decision", "policy", "mode", "as_of", "data_to", "valid_until", "baseline", "reasons", "unknown", "held_by",
    "sentence", "would_change", "degraded", "url",
}  # fmt: skip


def document(judgement: Judgement | None, degraded: str | None = None) -> dict[str, Any]:
    return gate_document(
        project="shop",
        release="shop@1.5.0",
        environment="production",
        judgement=judgement,
        decision="d-1" if judgement else None,
        policy="default@0",
        mode="recommend",
        as_of=1_700_000_040_000 if judgement else None,
        data_to=1_700_000_100_000 if judgement else None,
        valid_until=None,
        baseline=Baseline("shop@1.4.2", "concurrent") if judgement else None,
        degraded=degraded,
        url="http://localhost/shop",
    )


ROLLED_BACK = Watched().see(minute(20, 1)).now
HEALTHY = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60).now


@pytest.mark.parametrize("judgement", [None, ROLLED_BACK, HEALTHY, Watched().see(minute(sessions=0)).now])
def test_every_key_is_always_there(judgement: Judgement | None) -> None:
    """And all of it is JSON, without any number that JSON has not."""
    told = document(judgement)

    assert set(told) == KEYS
    assert json.loads(json.dumps(told, allow_nan=False)) == told | {"reasons": list(told["reasons"])}


def test_a_release_nobody_knows_is_insufficient_data() -> None:
    """Never a pass; and nothing is made up for it."""
    told = document(None)

    assert (told["verdict"], told["score"], told["log_evidence"], told["needed"]) == (
        "insufficient_data",
        None,
        None,
        None,
    )
    assert told["baseline"] == {"release": None, "kind": "none"}
    assert told["sentence"] == "Nothing of shop@1.5.0 is judged in production yet."


def test_the_evidence_is_told_beside_what_is_needed() -> None:
    """So that a client can show how far it is."""
    told = document(ROLLED_BACK)

    assert told["log_evidence"] >= told["needed"] > 6
    assert told["as_of"] == "2023-11-14T22:14:00Z"


def test_while_degraded_nothing_passes() -> None:
    """Our own fault is a hold, and said."""
    told = document(HEALTHY, degraded="Not read for 40 s.")

    assert (told["verdict"], told["degraded"]) == ("hold", "Not read for 40 s.")
    assert document(HEALTHY)["verdict"] == "continue"


def test_while_degraded_a_document_does_not_contradict_itself() -> None:
    """No score and no praise beside a hold: what is broken is said, and what to make of the last verdict."""
    told = document(HEALTHY, degraded="Not read for 40 s.")

    assert told["score"] is None
    assert told["sentence"] == (
        "Seatrial cannot judge shop@1.5.0 now. Not read for 40 s. Its last verdict, continue, is not to be trusted."
    )
    assert told["would_change"] == "Nothing, until Seatrial can judge again."
    assert told["reasons"] == document(HEALTHY)["reasons"]


def test_while_degraded_nothing_is_said_of_a_verdict_that_there_was_not() -> None:
    """A release that was never judged has no last verdict."""
    told = document(None, degraded="Not read for 40 s.")

    assert told["sentence"] == "Seatrial cannot judge shop@1.5.0 now. Not read for 40 s."


def test_a_decided_rollback_stays_one_while_degraded() -> None:
    """It is latched, with its numbers."""
    told, before = document(ROLLED_BACK, degraded="Not read for 40 s."), document(ROLLED_BACK)

    assert told == before | {"degraded": "Not read for 40 s."}
