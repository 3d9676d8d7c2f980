"""The body of a request, read no further than its bound, as JSON in one of the shapes that are taken."""

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request

from api.intake.opening import encodings
from api.intake.refusal import Refusal
from api.problems import Problem
from models.wire import cloudevents

MOST_BYTES = 5 * 1024 * 1024
"""A body before and after decompression: a thousand messages of 5 KB."""
MOST_MESSAGES = 1_000
BATCH = "application/cloudevents-batch+json"
UNLABELLED = ("", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded")
"""Types of clients that do not say what they send, the last one of ``curl -d``. Their bodies must be JSON."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a body: its JSON, the CloudEvent's id around it, and its place in the body."""

    value: Any
    identifier: str
    place: str


async def read(request: Request, most: int = MOST_BYTES) -> bytes:
    """The whole body, decompressed; raises `Problem` (413) beyond the bound, (400) for one that is cut off."""
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise _too_large(most)
            pieces.append(piece)
    except ClientDisconnect:
        raise Problem(400, "The body is cut off", "Send it again.") from None
    try:
        return encodings.decode(request.headers.get("content-encoding", ""), b"".join(pieces), most)
    except Refusal as refusal:
        if refusal.status == 413:  # noqa: PLR2004 - as HTTP numbers it
            raise _too_large(most) from None
        raise Problem(refusal.status, "The body cannot be decompressed", "; ".join(refusal.causes)) from None


def parts(content_type: str, body: bytes) -> tuple[list[Part], bool]:
    """The messages in a body, and whether they came as an array. Raises `Problem` (400, 413, 415, 422)."""
    kind = content_type.partition(";")[0].strip().lower()
    if not (kind in UNLABELLED or kind.endswith(("/json", "+json"))):
        raise Problem(415, f"{kind} is not taken", "Send JSON as application/json or application/cloudevents+json.")
    value = _json(body)
    many = isinstance(value, list)
    if kind == BATCH and not many:
        raise Problem(422, "A batch is an array", "Send a JSON array of CloudEvents.", place="$")
    found = value if many else [value]
    if not found:
        raise Problem(422, "There is no message in it", "Send at least one.", place="$")
    if len(found) > MOST_MESSAGES:
        raise Problem(413, f"{len(found):,} messages at once", f"Send at most {MOST_MESSAGES:,} in one request.")
    unwrap = kind in (BATCH, cloudevents.STRUCTURED)
    return [_part(one, f"$[{index}]" if many else "$", unwrap=unwrap) for index, one in enumerate(found)], many


def _part(value: Any, place: str, *, unwrap: bool) -> Part:
    if not isinstance(value, dict):
        raise Problem(422, "A message is an object", "Send a JSON object, or an array of them.", place=place)
    if not unwrap:
        return Part(value, "", place)
    attributes, data = cloudevents.unwrap(value)
    if not isinstance(data, dict):
        raise Problem(422, "The CloudEvent has no data", "Put the message into `data`.", place=f"{place}.data")
    return Part(data, attributes.id, place)


def _json(body: bytes) -> Any:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Problem(400, "The body is not JSON", f"{reason}. Send a JSON object in UTF-8.") from None
    if b"\\u0000" in body:
        raise Problem(400, "The body holds a NUL character", "No database keeps \\u0000: leave it out.")
    return value


def _too_large(most: int) -> Problem:
    return Problem(413, "The body is too large", f"Send at most {most:,} bytes, in several requests if need be.")
