"""The shop's customers: real requests over HTTP with keep-alive, each customer on one release at a time."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2

from seatrial.demo import catalogue

CUSTOMERS = 400
REQUESTS_A_SECOND = 15.0
THREADS = 4
GIFT_SHARE = 0.25
"""Of checkouts, those that are paid with a gift voucher: it is the season."""
WRITES_SHARE = 0.5
"""Of customers that meet an error, how many write about it."""


@dataclass(slots=True)
class Sent:
    """What the customers did and met, by release: to be compared with the ledger."""

    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    feedback: Counter[str] = field(default_factory=Counter)
    hurt: dict[str, set[str]] = field(default_factory=dict)
    unanswered: int = 0
    first_hurt_at: dict[str, float] = field(default_factory=dict)
    """`time.monotonic` of the first failure."""


class Customers:
    """Threads that send requests until stopped. ``share`` tells the new release's part of the traffic now."""

    def __init__(self, old: tuple[str, str], new: tuple[str, str], share: Callable[[], float], seed: int) -> None:
        self.sent = Sent()
        self._old, self._new, self._share = old, new, share
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(seed * THREADS + n,), daemon=True) for n in range(THREADS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> Sent:
        """Returns when every request is answered."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.sent

    def _run(self, seed: int) -> None:
        lot = random.Random(seed)
        next_at = time.monotonic()
        with httpx2.Client(timeout=10) as client:
            while not self._stop.wait(max(0.0, next_at - time.monotonic())):
                next_at = max(next_at, time.monotonic() - 1.0) + lot.expovariate(REQUESTS_A_SECOND / THREADS)
                self._visit(client, lot)

    def _visit(self, client: httpx2.Client, lot: random.Random) -> None:
        number = lot.randrange(CUSTOMERS)
        # A customer stays with a release while its share stands: the number decides, spread by a factor prime to 1,000.
        release, address = self._new if number * 617 % 1_000 < self._share() * 1_000 else self._old
        user = f"customer-{number}"
        path, body = _request(lot)
        failed = self._send(client, release, address, user, path, body)
        if failed and release == self._new[0] and body.get("voucher") and lot.random() < WRITES_SHARE:
            with self._lock:
                self.sent.feedback[release] += 1
            said = {"message": lot.choice(catalogue.VOUCHER), "event": failed.get("event")}
            self._send(client, release, address, user, "/feedback", said)

    def _send(
        self, client: httpx2.Client, release: str, address: str, user: str, path: str, body: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """What the shop says of its failure, if it failed."""
        try:
            answer = (
                client.post(address + path, json=body, headers={"X-User": user})
                if body
                else client.get(f"{address}{path}", headers={"X-User": user})
            )
        except httpx2.TransportError:
            with self._lock:
                self.sent.unanswered += 1
            return None
        with self._lock:
            self.sent.requests[release] += 1
            if answer.status_code == 500:
                self.sent.failures[release] += 1
                self.sent.hurt.setdefault(release, set()).add(user)
                self.sent.first_hurt_at.setdefault(release, time.monotonic())
        return answer.json() if answer.status_code == 500 else None


def _request(lot: random.Random) -> tuple[str, dict[str, object]]:
    """Half of the visits search, some fill a cart, a third check out."""
    step = lot.random()
    if step < 0.45:
        return f"/search?q={lot.choice(['s', 'co', 'hat'])}", {}
    items: list[str] = lot.sample(["shoes", "coat", "socks", "hat"], 2)
    if step < 0.65:
        return "/cart", {"items": items}
    voucher = "GIFT" if lot.random() < GIFT_SHARE else lot.choice([None, None, "WELCOME"])
    return "/checkout", {"items": items, "voucher": voucher}
