"""Records for the log: the key that spreads them, CloudEvents headers in binary mode, and the JSON."""

from collections.abc import Mapping
from typing import Any

from api.intake.limits import MAX_RECORD_BYTES
from api.intake.opening.reading import write
from api.intake.refusal import too_large
from models.ports import NewRecord
from models.wire.cloudevents import headers
from models.wire.times import to_text


def record(
    topic: str, kind: str, entity: str, identifier: str, value: Mapping[str, Any], received_at: int
) -> NewRecord:
    """A record of ``kind`` (``seatrial.error.v1``) about ``entity``; ``identifier`` becomes ``ce_id``.

    ``value`` holds the ``project``; ``received_at`` is in ms. Raises `Refusal` for more than the log takes at once.
    """
    encoded = write(value)
    if len(encoded) > MAX_RECORD_BYTES:
        raise too_large(kind.split(".")[1], MAX_RECORD_BYTES)
    key = f"{value['project']}:{entity}".encode("utf-8", "replace")
    return NewRecord(topic, key, encoded, headers(id=identifier, type=kind, at=to_text(received_at)))
