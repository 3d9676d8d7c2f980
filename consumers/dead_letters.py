"""Dead letters: rows for people, and messages of ``seatrial.dead-letters``, in the batch's own transaction."""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection
from typing import Any

import msgspec

from consumers.decoding import DeadLetter
from consumers.folding import Fold, storable
from models.domain.ledger import Fate
from models.domain.project import Scrubbing
from models.store import tables
from models.wire import topics
from models.wire.messages import DeadLetterMessage
from models.wire.scrubbing.scrubber import scrubber

PAYLOAD_BYTES = 4_096


def store(fold: Fold, projects: Collection[str]) -> None:
    """Write the fold's dead letters; ``projects`` are those that exist, for the ledger counts no others."""
    rows, publications = [], []
    for letter in fold.dead:
        rows.append(_row(letter))
        project = fold.projects.get(letter.project)
        publications.append(_publication(letter, project.settings.scrubbing if project else Scrubbing()))
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


def _publication(letter: DeadLetter, scrubbing: Scrubbing) -> dict[str, Any]:
    partition = letter.record.partition
    message = DeadLetterMessage(
        topic=partition.topic,
        partition=partition.number,
        offset=letter.record.offset,
        reason=letter.reason,
        detail=storable(letter.detail, 1_000) or "",
        payload=b64encode(_payload(letter.record.value or b"", scrubbing)).decode(),
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


def _payload(value: bytes, scrubbing: Scrubbing) -> bytes:
    """The beginning of a message without secrets, which a direct producer's may hold; bytes that are no text stay.

    Twice as much is looked through, so that no secret is cut into a harmless form at the end.
    """
    text = value[: 2 * PAYLOAD_BYTES].decode("utf-8", "surrogateescape")
    return scrubber(scrubbing).text(text, Counter()).encode("utf-8", "surrogateescape")[:PAYLOAD_BYTES]
