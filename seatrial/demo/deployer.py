"""The demo's deployer: switches the shop's traffic, and obeys signed webhooks, each of them once.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOK_SECONDS = 0.05
TOLERANCE = 5 * 60
"""Seconds that a webhook's timestamp may be off, against replays of old ones."""


class BadSignature(Exception):
    """The webhook is not from who shares our secret, or it is old."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The webhook's id, if it is signed and fresh; raises `BadSignature`."""
    name, stamp, signatures = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not name or not stamp.isdigit() or abs(now - int(stamp)) > TOLERANCE:
        raise BadSignature(BadSignature.__doc__)
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise BadSignature(BadSignature.__doc__) from None
    signed = b".".join((name.encode(), stamp.encode(), body))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(one, f"v1,{expected}") for one in signatures.split()):
        raise BadSignature(BadSignature.__doc__)
    return name


class Deployer:
    """Holds the new release's share of traffic. A webhook that says ``rollback`` takes it to zero, once an id."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._lock = threading.Lock()
        self.share = 0.0
        self.effects: dict[str, dict[str, Any]] = {}
        """What was obeyed, by webhook id."""
        self.told: list[dict[str, Any]] = []
        """Every signed message, also the ones that only inform."""
        self.repeated = 0
        self.refused = 0
        self.rolled_back = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}/hooks/seatrial"
        threading.Thread(target=self._server.serve_forever, args=(LOOK_SECONDS,), daemon=True).start()

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Obey one request; the HTTP status of the answer."""
        try:
            name = verify(self.secret, headers, body, time.time())
            message = json.loads(body)
        except (BadSignature, ValueError):
            self.refused += 1
            return 401
        with self._lock:
            if name in self.effects:
                self.repeated += 1
                return 200
            self.effects[name] = message
            self.told.append(message)
            if kind_of(message) == "rollback":
                self.share = 0.0
                self.rolled_back.set()
        return 200

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def kind_of(message: Mapping[str, Any]) -> str:
    """``rollback``, ``hold``, …: what a webhook of ours tells."""
    return str(message.get("kind") or message.get("type") or "").removeprefix("seatrial.").removesuffix(".v1")


def _handler(deployer: Deployer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = deployer.receive(headers, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing: the story says what matters."""

    return Handler
