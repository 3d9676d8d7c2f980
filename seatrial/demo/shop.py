"""A small shop: a real Flask application, instrumented by the unmodified `sentry_sdk`. One process is one release.

``python -m seatrial.demo.shop RELEASE ENVIRONMENT PORT DSN``; the variable ``SHOP_WITHOUT_BUG`` takes the bug away.
"""

import os
import signal
import sys
from dataclasses import dataclass
from decimal import Decimal
from types import FrameType
from typing import Any
from uuid import uuid4
from zlib import crc32

import sentry_sdk
from flask import Flask, request
from sentry_sdk.envelope import Envelope, Item, PayloadRef
from werkzeug.serving import WSGIRequestHandler, make_server

PRICES = {"shoes": Decimal("59.90"), "coat": Decimal("129.00"), "socks": Decimal("4.90"), "hat": Decimal("19.50")}


@dataclass(frozen=True, slots=True)
class Voucher:
    value: Decimal
    minimum: Decimal
    """The least that a cart must come to; zero for gift vouchers."""


VOUCHERS = {"WELCOME": Voucher(Decimal(10), Decimal(40)), "GIFT": Voucher(Decimal(15), Decimal(0))}


def total(items: list[str], voucher: Voucher | None) -> Decimal:
    """Until 1.4.2: the voucher's value off a cart that reaches its minimum."""
    amount = sum((PRICES[item] for item in items), Decimal(0))
    if voucher is not None and amount >= voucher.minimum:
        amount -= min(voucher.value, amount)
    return amount


def fair_total(items: list[str], voucher: Voucher | None) -> Decimal:
    """From 1.5.0: a cart below the minimum gets its share of the voucher. A gift voucher has no minimum."""
    amount = sum((PRICES[item] for item in items), Decimal(0))
    if voucher is not None:
        reached = min(Decimal(1), amount / voucher.minimum)
        amount -= min(round(voucher.value * reached, 2), amount)
    return amount


def charge(user: str, amount: Decimal) -> str:
    """The payment provider, who refuses about one customer in a hundred with an answer that nobody expected."""
    answer = {"status": "accepted", "reference": uuid4().hex}
    if crc32(user.encode()) % 100 == 0:
        answer = {"status": "maintenance"}
    return f"{answer['reference']} {amount}"


def build_shop(release: str, *, with_bug: bool) -> Flask:
    """The application. A request names its user by the header ``X-User``."""
    shop = Flask("shop")
    price = fair_total if with_bug and release.endswith("@1.5.0") else total

    @shop.before_request
    def know_user() -> None:
        sentry_sdk.set_user({"id": request.headers.get("X-User", "")})

    @shop.get("/search")
    def search() -> dict[str, Any]:
        wanted = request.args.get("q", "")
        return {"found": sorted(item for item in PRICES if wanted in item)}

    @shop.post("/cart")
    def cart() -> dict[str, Any]:
        items = _items()
        return {"items": items, "amount": str(total(items, None))}

    @shop.post("/checkout")
    def checkout() -> dict[str, Any]:
        voucher = VOUCHERS.get(str((request.get_json() or {}).get("voucher")))
        amount = price(_items(), voucher)
        return {"paid": charge(request.headers.get("X-User", ""), amount)}

    @shop.post("/feedback")
    def feedback() -> dict[str, Any]:
        said = request.get_json() or {}
        send_feedback(str(said.get("message", "")), request.headers.get("X-User", ""), release, said.get("event"))
        return {"thanks": True}

    @shop.errorhandler(500)
    def failed(_: Exception) -> tuple[dict[str, Any], int]:
        """What an error page knows, so that who writes about it can say which error it was."""
        return {"event": sentry_sdk.last_event_id()}, 500

    return shop


def send_feedback(message: str, user: str, release: str, about: str | None) -> None:
    """The Python SDK has no call for feedback: hand an envelope to its transport."""
    client = sentry_sdk.get_client()
    event_id = uuid4().hex
    said = {"message": message, "source": "shop"} | ({"associated_event_id": about} if about else {})
    payload = {
        "event_id": event_id,
        "type": "feedback",
        "level": "info",
        "release": release,
        "environment": client.options["environment"],
        "user": {"id": user},
        "contexts": {"feedback": said},
    }
    envelope = Envelope(headers={"event_id": event_id})
    envelope.add_item(Item(payload=PayloadRef(json=payload), type="feedback"))
    if client.transport is not None:
        client.transport.capture_envelope(envelope)


class KeepAlive(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: the shop's output is not the demo's."""


def main() -> None:
    release, environment, port, dsn = sys.argv[1:5]
    sentry_sdk.init(dsn=dsn, release=release, environment=environment)
    with_bug = "SHOP_WITHOUT_BUG" not in os.environ
    server = make_server(
        "127.0.0.1", int(port), build_shop(release, with_bug=with_bug), threaded=True, request_handler=KeepAlive
    )

    def end(_number: int, _frame: FrameType | None) -> None:
        # The SDK's sessions of this minute leave with the process: its own exit hook waits only two seconds.
        sentry_sdk.get_client().close(timeout=10)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    server.serve_forever()


def _items() -> list[str]:
    told = (request.get_json() or {}).get("items") or []
    return [item for item in told if item in PRICES]


if __name__ == "__main__":
    main()
