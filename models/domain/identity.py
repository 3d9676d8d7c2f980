"""Identity of a user: hashed with a key of the project, so that sessions and events of one user meet."""

import hashlib
import hmac
import re

IDENTITY_CHARACTERS = 32
HASHED = re.compile(rf"[0-9a-f]{{{IDENTITY_CHARACTERS}}}")
NIL = "0" * 32
"""The nil UUID without its dashes."""


def hash_identity(key: bytes, value: str) -> str:
    """HMAC-SHA-256 of ``value``, cut to 32 hexadecimal characters (128 bits)."""
    digest = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:IDENTITY_CHARACTERS]


def device(did: object) -> object:
    """The device or user id of a session; SDKs write the nil UUID for none."""
    return None if isinstance(did, str) and did.replace("-", "") == NIL else did
