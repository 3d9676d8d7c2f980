"""Signatures of Standard Webhooks, against the published example and the receivers' own check."""

import base64
import hashlib
import hmac

import pytest

from actions.signing import signed_headers
from seatrial.demo.deployer import BadSignature, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the published example's
AT = 1_614_265_330


def test_the_specifications_own_example() -> None:
    """Secret, id, timestamp, body and signature as the libraries of Standard Webhooks publish them."""
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", AT, b'{"test": 2432232314}', SECRET)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_it_is_what_the_words_of_the_specification_compute() -> None:
    """HMAC-SHA256 of id, timestamp and body with dots between, keyed by the bytes that the secret carries."""
    key = b"0123456789abcdef0123456789abcdef"
    secret = "whsec_" + base64.b64encode(key).decode()
    expected = hmac.digest(key, b"act_1.1614265330.\xff\x00 body", hashlib.sha256)
    headers = signed_headers("act_1", AT, b"\xff\x00 body", secret)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_a_receiver_verifies_it() -> None:
    """The demo's deployer takes it, and not with another body."""
    headers = signed_headers("act_1", AT, b"{}", SECRET)
    assert verify(SECRET, headers, b"{}", AT) == "act_1"
    with pytest.raises(BadSignature):
        verify(SECRET, headers, b"{ }", AT)
