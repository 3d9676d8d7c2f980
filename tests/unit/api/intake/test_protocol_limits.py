"""sentry-protocol.md, 1.7, row by row, with our own bounds: what is too large is told, and costs nothing beside it.

Over the whole application.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from api.intake import limits
from tests.fakes.intake import envelope
from tests.fakes.protocol import EVENT, SAID, SENT, SESSION, Wire

MINUTE = {"started": SESSION["started"], "exited": 1}
ATTRIBUTES = {"release": "shop@1.0"}
DISCARDED = {"category": "error", "reason": "before_send", "quantity": 1}


def sized(payload: Mapping[str, object], size: int) -> bytes:
    """The JSON of a payload, filled up to just so many bytes."""
    bare = json.dumps({**payload, "filling": ""}).encode()
    return json.dumps({**payload, "filling": "x" * (size - len(bare))}).encode()


def aggregates(count: int) -> dict[str, object]:
    return {"aggregates": [MINUTE] * count, "attrs": ATTRIBUTES}


@dataclass(frozen=True)
class Bound:
    fits: bytes
    fates: dict[str, int]
    beyond: bytes
    fates_beyond: dict[str, int]
    status: int = 413
    """Of what is beyond, alone in its envelope."""
    kind: str = ""
    """What the answer says was too large."""


def of_items(kind: str, item: object, most: int, fate: str, *, lost: str) -> Bound:
    """So many items of a kind, and one more, which alone is lost."""
    one, many = (kind, item), [(kind, item)] * most
    return Bound(envelope(*many), {fate: most}, envelope(*many, one), {fate: most, lost: 1}, 200)


EVENT_BYTES = limits.MAX_EVENT_BYTES
REPORT = {"event_id": "a" * 32, "comments": "slow"}
ROWS: dict[str, Bound] = {
    "event 1 MiB": Bound(
        # The record, with what intake adds, must fit into one of Kafka's.
        envelope(("event", sized(EVENT, limits.MAX_RECORD_BYTES - 1_024))),
        {"error accepted": 1},
        envelope(("event", sized(EVENT, EVENT_BYTES + 1))),
        {"error invalid": 1},
        kind="event",
    ),
    "feedback, like an event": Bound(
        envelope(("feedback", sized(SAID, EVENT_BYTES))),
        {"feedback accepted": 1},
        envelope(("feedback", sized(SAID, EVENT_BYTES + 1))),
        {"feedback invalid": 1},
        kind="feedback",
    ),
    "user_report, like an event": Bound(
        envelope(("user_report", sized(REPORT, EVENT_BYTES))),
        {"feedback accepted": 1},
        envelope(("user_report", sized(REPORT, EVENT_BYTES + 1))),
        {"feedback invalid": 1},
        kind="user_report",
    ),
    "session 1 MiB": Bound(
        envelope(("session", sized(SESSION, EVENT_BYTES))),
        {"session accepted": 1},
        envelope(("session", sized(SESSION, EVENT_BYTES + 1))),
        {"session invalid": 1},
        kind="session",
    ),
    "session items 100 per envelope": of_items(
        "session", SESSION, limits.MAX_SESSIONS, "session accepted", lost="session invalid"
    ),
    "100 aggregate buckets per sessions item": Bound(
        envelope(("sessions", aggregates(limits.MAX_AGGREGATES))),
        {"session accepted": 1},
        envelope(("sessions", aggregates(limits.MAX_AGGREGATES + 1))),
        {"session invalid": 1},
        200,
    ),
    "client_report 100 KiB": Bound(
        envelope(("client_report", sized({"discarded_events": [DISCARDED]}, limits.MAX_CLIENT_REPORT_BYTES))),
        {"error dropped_by_client": 1},
        envelope(("client_report", sized({"discarded_events": [DISCARDED]}, limits.MAX_CLIENT_REPORT_BYTES + 1))),
        {"other invalid": 1},
        kind="client_report",
    ),
    "client_report 100": of_items(
        "client_report",
        {"discarded_events": [DISCARDED]},
        limits.MAX_CLIENT_REPORTS,
        "error dropped_by_client",
        lost="other invalid",
    ),
    "attachment: none of its own, and counted as filtered": Bound(
        envelope(("attachment", b"x" * 4 * EVENT_BYTES)),
        {"other filtered": 1},
        envelope(*[("attachment", b"x")] * 31),
        {"other filtered": 31},
        200,
    ),
    "header line 8 KiB": Bound(
        envelope(headers={"filling": "x" * (limits.MAX_HEADER_LINE_BYTES - len('{"filling": ""}'))}),
        {},
        envelope(headers={"filling": "x" * (1 + limits.MAX_HEADER_LINE_BYTES - len('{"filling": ""}'))}),
        {"other invalid": 1},
        400,
    ),
    "an item's header line 8 KiB": Bound(
        b'{}\n{"type":"' + b"x" * (limits.MAX_HEADER_LINE_BYTES - len('{"type":""}')) + b'"}\n',
        {"other filtered": 1},
        b'{}\n{"type":"' + b"x" * (1 + limits.MAX_HEADER_LINE_BYTES - len('{"type":""}')) + b'"}\n',
        {"other invalid": 1},
        400,
    ),
    "1,000 items": Bound(
        envelope(*[("check_in", b"")] * limits.MAX_ITEMS),
        {"other filtered": limits.MAX_ITEMS},
        envelope(*[("check_in", b"")] * (limits.MAX_ITEMS + 1)),
        {"other invalid": 1},
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_bound_is_allowed(wire: Wire, row: str) -> None:
    """What is just as large as may be is taken."""
    told = wire.post(ROWS[row].fits)
    assert (told.status, told.fates) == (200, ROWS[row].fates)


@pytest.mark.parametrize("row", ROWS)
def test_beyond_a_bound(wire: Wire, row: str) -> None:
    """What is larger has its code, its body, and its line in the ledger."""
    bound = ROWS[row]
    told = wire.post(bound.beyond)
    assert (told.status, told.fates) == (bound.status, bound.fates_beyond)
    if bound.kind:
        assert told.json["detail"].startswith(f"envelope exceeded size limits for type '{bound.kind}' (")
    if told.status != 200:
        assert told.headers["x-sentry-error"].startswith(told.json["detail"])


@pytest.mark.parametrize("row", [name for name, bound in ROWS.items() if bound.kind])
def test_a_neighbour_is_taken(wire: Wire, row: str) -> None:
    """An item that is fine beside one that is too large is taken, and the answer is 200."""
    neighbour = "session" if "event" in row else "event"
    payload = SESSION if neighbour == "session" else EVENT
    told = wire.post(ROWS[row].beyond + envelope((neighbour, payload)).partition(b"\n")[2])
    assert told.status == 200
    assert len(told.values) == 1


@pytest.mark.parametrize("size", [limits.MAX_COMPRESSED_BYTES, limits.MAX_COMPRESSED_BYTES + 1])
def test_a_body_as_it_travels(wire: Wire, size: int) -> None:
    """5 MiB travel; one byte more is a 413."""
    frame = len(SENT + b'{"type":"attachment"}\n')
    told = wire.post(SENT + b'{"type":"attachment"}\n' + b"x" * (size - frame))
    taken = size == limits.MAX_COMPRESSED_BYTES
    assert told.status == (200 if taken else 413)
    assert told.fates == ({"error accepted": 1, "other filtered": 1} if taken else {"other invalid": 1})
