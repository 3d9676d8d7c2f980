"""``gate.v1``: the decision as every gate, the webhook and the topic ``seatrial.verdicts`` give it."""

from dataclasses import asdict
from typing import Any

from models.domain.evidence import Baseline
from models.domain.verdict import Judgement, Verdict
from models.wire.times import to_text

SCHEMA = "gate.v1"
EXIT_CODES = {Verdict.CONTINUE: 0, Verdict.HOLD: 10, Verdict.ROLLBACK: 11, Verdict.INSUFFICIENT_DATA: 12}


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

    A rollback that was decided stays a rollback: it is latched, and our own fault does not take it back.
    """
    verdict = judgement.verdict if judgement else Verdict.INSUFFICIENT_DATA
    if degraded and verdict is not Verdict.ROLLBACK:
        verdict = Verdict.HOLD
    return {
        "schema": SCHEMA,
        "project": project,
        "release": release,
        "environment": environment,
        "verdict": verdict.value,
        "score": judgement.score if judgement else None,
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
        "sentence": judgement.sentence if judgement else f"Nothing is known of {release} in {environment}.",
        "would_change": judgement.would_change if judgement else "A deploy of this release, or sessions from it.",
        "degraded": degraded,
        "url": url,
    }


def exit_code(verdict: str) -> int:
    """What a gate on the command line exits with (ux.md, section 4)."""
    return EXIT_CODES[Verdict(verdict)]


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else to_text(milliseconds)
