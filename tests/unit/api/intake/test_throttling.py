"""Limits as a client meets them: 429 with categories, what is not limited taken, and each item in the ledger."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from api.intake.protection import Protection
from models.domain.project import ProjectSettings
from models.wire.topics import ERRORS, SESSIONS
from tests.fakes.intake import NOW, URL, Serving, envelope, serving

EVENT = {"message": "boom", "release": "shop@1.0"}
SESSION = {"sid": "b" * 32, "started": NOW / 1000 - 60, "attrs": {"release": "shop@1.0"}}
SAID = {"contexts": {"feedback": {"message": "slow"}}}
REPORT = {"discarded_events": [{"category": "error", "reason": "ratelimit_backoff", "quantity": 3}]}
Start = Callable[..., Serving]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(quotas: Mapping[str, int], key_rate: int = 0) -> Serving:
            protection = Protection(key_rate=key_rate, now=lambda: 0.0)
            return stack.enter_context(serving(protection=protection, settings=ProjectSettings(quotas=quotas)))

        yield started


def test_health_flows_while_errors_are_throttled(start: Start) -> None:
    """The 429 names the errors alone, and the session beside them is in the log."""
    served = start({"error": 1})
    body = envelope(("event", EVENT), ("session", SESSION), ("client_report", REPORT))
    assert served.client.post(URL, content=body).status_code == 200
    answer = served.client.post(URL, content=body)
    assert answer.status_code == 429
    assert answer.headers["x-sentry-rate-limits"] == "60:error:project:quota"
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "error" in answer.json()["causes"][0]
    assert len(served.values(ERRORS)) == 1
    assert len(served.values(SESSIONS)) == 2
    assert dict(served.totals) == {
        ("error", "accepted"): 1,
        ("error", "rate_limited"): 1,
        ("session", "accepted"): 2,
        ("error", "dropped_by_client"): 6,
    }


def test_a_part_of_many_is_taken(start: Start) -> None:
    """Of five sessions as many as there are tokens for; those that are over the limit are counted one by one."""
    served = start({"session": 3})
    sessions = [("session", SESSION | {"sid": f"{number:032x}"}) for number in range(5)]
    answer = served.client.post(URL, content=envelope(*sessions))
    assert (answer.status_code, answer.headers["x-sentry-rate-limits"]) == (429, "20:session:project:quota")
    assert dict(served.totals) == {("session", "accepted"): 3, ("session", "rate_limited"): 2}


def test_each_kind_is_told_in_the_client_s_own_category(start: Start) -> None:
    """A user report goes by `default`, feedback by `feedback`; limits that last as long are one."""
    served = start({"feedback": 0, "error": 0})
    report = {"event_id": "a" * 32, "comments": "slow"}
    answer = served.client.post(URL, content=envelope(("event", EVENT), ("feedback", SAID), ("user_report", report)))
    assert answer.headers["x-sentry-rate-limits"] == "60:default;error;feedback:project:quota"


def test_a_key_s_rate(start: Start) -> None:
    """Its limit is told with the key as its scope."""
    served = start({}, key_rate=1)
    statuses = [served.client.post(URL, content=envelope(("event", EVENT))).status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    limited = served.client.post(URL, content=envelope(("event", EVENT)))
    assert limited.headers["x-sentry-rate-limits"] == "1:error:key:key_rate"


def test_what_is_over_the_limit_is_not_read(start: Start) -> None:
    """Garbage beyond the limit is refused for the limit, which is cheaper to find out."""
    served = start({"error": 0})
    assert served.client.post(URL, content=envelope(("event", b"{broken"))).status_code == 429
    assert dict(served.totals) == {("error", "rate_limited"): 1}


def test_what_is_not_kept_is_not_limited(start: Start) -> None:
    """Client reports tell what was lost, and are never limited; other kinds are filtered as ever."""
    served = start({"error": 0, "session": 0, "feedback": 0, "other": 0})
    body = envelope(("client_report", REPORT), ("attachment", b"x"))
    assert served.client.post(URL, content=body).status_code == 200
    assert dict(served.totals) == {("error", "dropped_by_client"): 3, ("other", "filtered"): 1}


def test_the_old_endpoint_is_limited_too(start: Start) -> None:
    """A bare event is an item of the same category."""
    served = start({"error": 1})
    assert [served.client.post("/api/42/store/", json=EVENT).status_code for _ in range(2)] == [200, 429]
