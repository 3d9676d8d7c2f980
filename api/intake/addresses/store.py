"""The body of the old `store` endpoint: one event, plain or as base64 of zlib, which nothing declares."""

import base64
import binascii

from api.intake.opening.encodings import decode
from api.intake.opening.envelope import Envelope, Item
from api.intake.refusal import Refusal, bad_envelope

STANDARD = bytes.maketrans(b"-_ ", b"+/+")
"""To the standard alphabet: from that for addresses, and from a plus sign that an address made a space."""


def parse(body: bytes) -> Envelope:
    """The event in ``body``, as an envelope with this one item. Raises `Refusal`."""
    text = body.strip()
    if not text:
        raise bad_envelope("the body is empty: send an event")
    if not text.startswith(b"{"):
        try:
            text = decode("deflate", base64.b64decode(text.translate(STANDARD), validate=True))
        except binascii.Error as error:
            raise Refusal(400, "invalid event", "the body is neither JSON nor base64 of compressed JSON") from error
    return Envelope({}, (Item("event", text),))
