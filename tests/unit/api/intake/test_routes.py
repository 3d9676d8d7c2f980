"""Intake over HTTP: addresses, answers, and the log behind them."""

import base64
import json
import zlib
from collections.abc import Iterator

import pytest

from models.wire.topics import ERRORS, LEDGER, SESSIONS
from tests.fakes.intake import KEY, NUMBER, URL, Serving, envelope, serving

EVENT = {"event_id": "a" * 32, "message": "boom", "release": "shop@1.0"}
GOOD = envelope(("event", EVENT))


@pytest.fixture
def served() -> Iterator[Serving]:
    with serving() as started:
        yield started


@pytest.mark.parametrize(
    "path",
    [
        "/api/42/envelope/",
        "/api/42/envelope",
        "/api/42/envelope//",
        "/api//42//envelope/",
        "//api/42/envelope/",
        "/api/0042/envelope/",
    ],
)
def test_slashes_do_not_matter(served: Serving, path: str) -> None:
    """The address is the same with, without and with repeated slashes."""
    answer = served.client.post(f"http://testserver{path}", content=GOOD)
    assert (answer.status_code, answer.json()) == (200, {"id": "a" * 32})


def test_an_answer_comes_after_the_append(served: Serving) -> None:
    """When a client has its 200, the log has its event."""
    assert served.client.post(URL, content=GOOD).status_code == 200
    assert [value["event"]["event_id"] for value in served.values(ERRORS)] == ["a" * 32]


@pytest.mark.parametrize("body", [b"{}", b"{}\n", envelope(("what", {}))])
def test_an_envelope_without_an_event_has_no_id(served: Serving, body: bytes) -> None:
    """Headers alone, and items that are not kept, are answered 200 with an empty object."""
    answer = served.client.post(URL, content=body)
    assert (answer.status_code, answer.json()) == (200, {})


def test_good_items_survive_bad_neighbours(served: Serving) -> None:
    """One broken item costs the others nothing."""
    session = {"sid": "b" * 32, "started": 1_795_390_700, "attrs": {"release": "shop@1.0"}}
    body = envelope(("session", b"junk"), ("event", b"{broken"), ("session", session), ("attachment", b"\x00"))
    assert served.client.post(URL, content=body).status_code == 200
    assert len(served.values(SESSIONS)) == 1
    assert dict(served.totals) == {
        ("session", "invalid"): 1,
        ("error", "invalid"): 1,
        ("session", "accepted"): 1,
        ("other", "filtered"): 1,
    }


@pytest.mark.parametrize(
    "body",
    [json.dumps(EVENT).encode(), base64.b64encode(zlib.compress(json.dumps(EVENT).encode())), b"  {}  "],
)
def test_the_old_endpoint_takes_a_bare_event(served: Serving, body: bytes) -> None:
    """`store` takes an event as JSON, and as base64 of zlib, which nothing declares."""
    answer = served.client.post(f"/api/{NUMBER}/store/", content=body)
    assert answer.status_code == 200
    assert answer.json()["id"] == served.values(ERRORS)[0]["event"]["event_id"]


def test_a_preflight_is_answered(served: Serving) -> None:
    """A browser behind a proxy may ask first; it needs no key."""
    served.client.headers.pop("x-sentry-auth")
    answer = served.client.options(URL, headers={"Origin": "https://shop", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-sentry-auth" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_told(served: Serving, method: str) -> None:
    """Any other method is a 405 that a browser may read."""
    answer = served.client.request(method, URL)
    assert answer.status_code == 405
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_dsn_in_the_envelope_is_enough(served: Serving) -> None:
    """A tunnel sends neither header nor query."""
    served.client.headers.pop("x-sentry-auth")
    body = envelope(("event", EVENT), headers={"dsn": f"https://{KEY}@host/{NUMBER}"})
    assert served.client.post(URL, content=body).status_code == 200


def test_a_log_that_is_down_is_a_503(served: Serving) -> None:
    """Without a spool nothing is acknowledged then: 503, when to retry, and the ledger has what could not be taken."""
    served.log.down = True
    answer = served.client.post(URL, content=GOOD)
    served.log.down = False
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["access-control-allow-origin"] == "*"
    assert served.intake.unavailable == 1
    assert dict(served.totals) == {("error", "rate_limited"): 1}
    assert served.client.post(URL, content=GOOD).status_code == 200


def test_counts_reach_the_ledger_at_the_end() -> None:
    """Stopping intake appends what it has counted."""
    with serving() as served:
        served.client.post(URL, content=GOOD)
    assert served.values(LEDGER)[0]["counts"] == [{"category": "error", "fate": "accepted", "count": 1}]


def test_a_body_without_a_length_is_cut_off(served: Serving) -> None:
    """A chunked body, which announces no length, is read no further than the bound."""
    answer = served.client.post(URL, content=(b"x" * 100_000 for _ in range(200)))
    assert answer.status_code == 413
