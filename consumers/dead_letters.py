"""Dead letters: rows for people, and messages of ``seatrial.dead-letters``, in the batch's own transaction."""

import re
from base64 import b64encode
from collections.abc import Collection
from typing import Any

import msgspec

from consumers.decoding import DeadLetter
from consumers.folding import Fold, storable
from models.domain.ledger import Fate
from models.store import tables
from models.wire import topics
from models.wire.messages import DeadLetterMessage

PAYLOAD_BYTES = 4_096
SECRETS = re.compile(rb"(?i)\bbearer\s+[\w.~+/=-]{8,}|\b(?:\d[ -]?){13,19}\b")
"""Bearer tokens and card numbers, which a direct producer's message may carry; intake has scrubbed its own."""


def store(fold: Fold, projects: Collection[str]) -> None:
    """Write the fold's dead letters; ``projects`` are those that exist, for the ledger counts no others."""
    rows, publications = [], []
    for letter in fold.dead:
        rows.append(_row(letter))
        publications.append(_publication(letter))
        if letter.project in projects:
            fold.count(letter, Fate.INVALID)
    fold.unit.insert_new(tables.dead_letter, rows)
    fold.unit.insert_new(tables.publication, publications)


def _row(letter: DeadLetter) -> dict[str, Any]:
    partition = letter.record.partition
    return {
        "project": storable(letter.project, 200),
        "topic": topics.short(partition.topic),
        "partition": partition.number,
        "log_offset": letter.record.offset,
        "reason": letter.reason,
        "detail": storable(letter.detail, 1_000),
        "booked_at": letter.booked_at,
    }


def _publication(letter: DeadLetter) -> dict[str, Any]:
    partition = letter.record.partition
    payload = SECRETS.sub(b"[Filtered]", (letter.record.value or b"")[:PAYLOAD_BYTES])
    message = DeadLetterMessage(
        topic=partition.topic,
        partition=partition.number,
        offset=letter.record.offset,
        reason=letter.reason,
        detail=storable(letter.detail, 1_000) or "",
        payload=b64encode(payload).decode(),
    )
    name = f"{topics.short(partition.topic)}/{partition.number}/{letter.record.offset}"
    return {
        "project": storable(letter.project, 200),
        "publication": f"dead-letter/{name}",
        "topic": topics.DEAD_LETTERS,
        "key": f"{storable(letter.project, 200)}:{name}",
        "value": msgspec.json.encode(message),
        "published": False,
        "created_at": letter.booked_at,
    }
