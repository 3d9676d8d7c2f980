"""What a decision calls for, as the row of the outbox and the body of the webhook."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from models.wire.times import to_text

ROLLBACK = "rollback"
FAILED = "action_failed"
"""The message that a rollback was given up."""


def action_row(
    *,
    project: str,
    decision: str | None,
    kind: str,
    target: str,
    reason: str,
    document: Mapping[str, Any],
    now: int,
) -> dict[str, Any]:
    """The row of table ``action`` to insert if it is new: the same call of the same decision has the same id.

    ``document`` is gate.v1; the body is it with ``type``, ``timestamp`` (of ``now``, in ms), ``kind``, ``action`` (the
    id), ``target`` and ``reason`` beside its keys. Without a decision the id comes from all that is told but the time.
    """
    told = [project, decision, kind] if decision else [project, None, kind, target, reason, document]
    action = f"act_{blake2b(msgspec.json.encode(told, order='sorted'), digest_size=16).hexdigest()}"
    message = {"type": f"seatrial.{kind}.v1", "timestamp": to_text(now), "kind": kind, "action": action}
    payload = {**document, **message, "target": target, "reason": reason}
    return {
        "project": project,
        "action": action,
        "kind": kind,
        "decision": decision,
        "target": target,
        "payload": msgspec.json.encode(payload).decode(),
        "state": "pending",
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
