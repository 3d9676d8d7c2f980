"""The demo's deployer obeys signed webhooks, each of them once."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from seatrial.demo.deployer import BadSignature, Deployer, verify

KEY = b"0123456789abcdef01234567"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def signed(body: bytes, *, name: str = "msg_1", at: int | None = None, key: bytes = KEY) -> dict[str, str]:
    stamp = str(int(time.time()) if at is None else at)
    mac = hmac.new(key, b".".join((name.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,AAAA {signature}"}


@pytest.fixture
def deployer() -> Iterator[Deployer]:
    deployer = Deployer(SECRET)
    deployer.share = 0.3
    yield deployer
    deployer.close()


def test_the_specifications_own_example_is_verified() -> None:
    """The example of the Standard Webhooks libraries: secret, id, timestamp, body and signature as published."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    body = b'{"test": 2432232314}'
    assert verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, body, 1_614_265_330) == headers["webhook-id"]


def test_a_rollback_takes_the_traffic_away_once(deployer: Deployer) -> None:
    """The same webhook delivered again has no second effect."""
    body = json.dumps({"kind": "rollback"}).encode()
    assert deployer.receive(signed(body), body) == 200
    assert deployer.share == 0.0
    deployer.share = 0.5
    assert deployer.receive(signed(body), body) == 200
    assert (deployer.share, deployer.repeated, len(deployer.effects)) == (0.5, 1, 1)


def test_what_only_informs_changes_no_traffic(deployer: Deployer) -> None:
    """A hold is told, and not obeyed."""
    body = json.dumps({"kind": "hold"}).encode()
    assert deployer.receive(signed(body), body) == 200
    assert deployer.share == 0.3
    assert not deployer.rolled_back.is_set()


@pytest.mark.parametrize(
    "headers",
    [
        signed(b"{}", key=b"another key of 24 bytes!"),
        signed(b"another body"),
        signed(b"{}", at=1_600_000_000),
        {},
        {"webhook-id": "1", "webhook-timestamp": "now", "webhook-signature": "v1,x"},
    ],
)
def test_what_is_not_signed_by_us_is_refused(deployer: Deployer, headers: dict[str, str]) -> None:
    """A wrong key, another body, an old timestamp, nothing at all, nonsense."""
    with pytest.raises(BadSignature):
        verify(SECRET, headers, b"{}", time.time())
    assert deployer.receive(headers, b"{}") == 401
    assert deployer.share == 0.3
