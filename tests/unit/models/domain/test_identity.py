"""models/domain/identity.py."""

import hashlib
import hmac
import re

import pytest

from models.domain.identity import hash_identity


def test_it_is_a_keyed_hash_of_128_bits() -> None:
    """HMAC-SHA-256, cut: whoever has the key can compute it elsewhere, nobody else can try names."""
    expected = hmac.new(b"key", b"ada@example.org", hashlib.sha256).hexdigest()[:32]

    assert hash_identity(b"key", "ada@example.org") == expected
    assert re.fullmatch(r"[0-9a-f]{32}", expected)


def test_another_key_or_another_user_gives_another_hash() -> None:
    """Two projects cannot be joined by their users, nor two users of one project be mixed up."""
    hashes = {hash_identity(key, value) for key in (b"a", b"b") for value in ("1", "2", "\uff11", " 1")}

    assert len(hashes) == 8


@pytest.mark.parametrize("value", ["", "\x00", "\ud800", "🚢" * 10_000])
def test_any_text_has_a_hash(value: str) -> None:
    """Users' names come from anywhere, lone surrogates among them."""
    assert len(hash_identity(b"key", value)) == 32
