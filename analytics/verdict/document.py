"""``gate.v1``: the decision as every gate, the webhook and the topic ``seatrial.verdicts`` give it."""

from dataclasses import asdict
from typing import Any

from models.domain.evidence import MILLISECONDS_A_MINUTE, Baseline
from models.domain.verdict import Judgement, Verdict
from models.wire.times import to_text

SCHEMA = "gate.v1"
VALID_MILLISECONDS = 5 * MILLISECONDS_A_MINUTE
"""A verdict that is older must not be acted on."""
FIRST = "A deploy of this release, or sessions from it: each minute of them is judged once it is over."
UNTIL_THEN = "Nothing, until Seatrial can judge again."


def gate_document(  # noqa: PLR0913 - the document has as many keys, and all are named by the caller
    *,
    project: str,
    release: str,
    environment: str,
    judgement: Judgement | None,
    decision: str | None,
    policy: str,
    mode: str,
    as_of: int | None,
    data_to: int | None,
    valid_until: int | None,
    baseline: Baseline | None,
    degraded: str | None,
    url: str,
) -> dict[str, Any]:
    """The document; every key is always there. Times in ms. While ``degraded`` the verdict is ``hold``, never a pass.

    Then it has no score, and its sentence says what is broken; the reasons stay, as what was known last. A rollback
    that was decided stays a rollback: it is latched, and our own fault does not take it back.
    """
    verdict = judgement.verdict if judgement else Verdict.INSUFFICIENT_DATA
    score = judgement.score if judgement else None
    sentence = judgement.sentence if judgement else f"Nothing of {release} is judged in {environment} yet."
    would_change = judgement.would_change if judgement else FIRST
    if degraded and verdict is not Verdict.ROLLBACK:
        sentence, would_change = _untrusted(release, judgement, degraded), UNTIL_THEN
        verdict, score = Verdict.HOLD, None
    return {
        "schema": SCHEMA,
        "project": project,
        "release": release,
        "environment": environment,
        "verdict": verdict.value,
        "score": score,
        "confidence": judgement.confidence if judgement else 0.0,
        "log_evidence": judgement.log_evidence if judgement else None,
        "needed": judgement.needed if judgement else None,
        "decision": decision,
        "policy": policy,
        "mode": mode,
        "as_of": _time(as_of),
        "data_to": _time(data_to),
        "valid_until": _time(valid_until),
        "baseline": asdict(baseline) if baseline else {"release": None, "kind": "none"},
        "reasons": [asdict(reason) for reason in judgement.reasons] if judgement else [],
        "unknown": list(judgement.unknown) if judgement else [],
        "held_by": list(judgement.held_by) if judgement else [],
        "sentence": sentence,
        "would_change": would_change,
        "degraded": degraded,
        "url": url,
    }


def _untrusted(release: str, judgement: Judgement | None, degraded: str) -> str:
    """What is broken of ours, and what to make of what we said before."""
    last = judgement.verdict.value.replace("_", " ") if judgement else None
    before = f" Its last verdict, {last}, is not to be trusted." if last else ""
    return f"Seatrial cannot judge {release} now. {degraded}{before}"


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else to_text(milliseconds)
