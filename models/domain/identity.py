"""Identity of a user: hashed with a key of the project, so that sessions and events of one user meet."""

import hashlib
import hmac

IDENTITY_CHARACTERS = 32


def hash_identity(key: bytes, value: str) -> str:
    """HMAC-SHA-256 of ``value``, cut to 32 hexadecimal characters (128 bits)."""
    digest = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:IDENTITY_CHARACTERS]
