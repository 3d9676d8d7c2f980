"""sentry-protocol.md, 1.5, row by row: how an envelope is cut apart. Over the whole application."""

import json
from typing import Any

import pytest

from tests.fakes.intake import envelope
from tests.fakes.protocol import EVENT, EVENT_ID, SAID, SESSION, Wire

BARE = {"message": "boom", "release": "shop@1.0"}
E, S, F = json.dumps(BARE).encode(), json.dumps(SESSION).encode(), json.dumps(SAID).encode()
ERROR, SESSIONS, FEEDBACK = "error accepted", "session accepted", "feedback accepted"
FILTERED, INVALID = "other filtered", "error invalid"


def lines(*parts: bytes, last: bytes = b"") -> bytes:
    return b"\n".join(parts) + last


def item(kind: str, **more: object) -> bytes:
    return json.dumps({"type": kind, **more}).encode()


TAKEN: dict[str, tuple[bytes, dict[str, int]]] = {
    "header lines end with a newline": (lines(b"{}", item("event"), E, last=b"\n"), {ERROR: 1}),
    "or with EOF": (lines(b"{}", item("event"), E), {ERROR: 1}),
    "{} is valid": (b"{}", {}),
    "unknown keys": (lines(b'{"what":[1]}', item("event", filename="x", y=None), E), {ERROR: 1}),
    "\\r is payload": (lines(b"{}", item("event"), E + b"\r", item("session"), S), {ERROR: 1, SESSIONS: 1}),
    "\\r behind a header is white space": (lines(b"{}\r", item("event") + b"\r", E), {ERROR: 1}),
    "with length: exactly so many bytes, then a newline": (
        lines(b"{}", item("event", length=len(E)), E, item("session", length=len(S)), S, last=b"\n"),
        {ERROR: 1, SESSIONS: 1},
    ),
    "with length: then EOF": (lines(b"{}", item("event", length=len(E)), E), {ERROR: 1}),
    "with length: newlines inside": (
        lines(b"{}", item("attachment", length=5), b"a\n\n\nb", item("event"), E),
        {FILTERED: 1, ERROR: 1},
    ),
    "without length: up to the next newline": (
        lines(b"{}", item("event"), E, item("session"), S),
        {ERROR: 1, SESSIONS: 1},
    ),
    "length null is none": (lines(b"{}", item("event", length=None), E), {ERROR: 1}),
    '{"type":"attachment"} + EOF is an empty payload': (lines(b"{}", item("attachment")), {FILTERED: 1}),
    "length:0 and two newlines": (
        lines(b"{}", item("attachment", length=0), b"", item("event"), E),
        {FILTERED: 1, ERROR: 1},
    ),
    "length:0 and EOF": (lines(b"{}", item("attachment", length=0)), {FILTERED: 1}),
    "Python: lengths and a last newline": (envelope(("session", SESSION), ("event", BARE)), {SESSIONS: 1, ERROR: 1}),
    "JavaScript: no lengths, no last newline, but for attachments": (
        lines(b"{}", item("feedback"), F, item("attachment", length=2), b"\n\n"),
        {FEEDBACK: 1, FILTERED: 1},
    ),
    "JavaScript: a log's item_count": (
        lines(b"{}", item("log", item_count=1, content_type="application/vnd.sentry.items.log+json"), b'{"items":[]}'),
        {FILTERED: 1},
    ),
    "unknown item types: skip the payload": (
        lines(b"{}", item("of_tomorrow"), b"not JSON", item("event"), E),
        {FILTERED: 1, ERROR: 1},
    ),
    "headers only: 200 {}": (b"{}\n", {}),
    "any number of sessions up to 100": (envelope(*[("session", SESSION)] * 100), {SESSIONS: 100}),
    "any number of aggregates, attachments, client reports": (
        envelope(*[("attachment", b"x")] * 5, *[("client_report", {"discarded_events": []})] * 5),
        {FILTERED: 5},
    ),
    "at most one event: the second is counted as invalid": (
        envelope(("event", BARE), ("event", BARE)),
        {ERROR: 1, INVALID: 1},
    ),
    "at most one feedback": (envelope(("feedback", SAID), ("feedback", SAID)), {FEEDBACK: 1, "feedback invalid": 1}),
    "an event and a feedback: both": (envelope(("event", BARE), ("feedback", SAID)), {ERROR: 1, FEEDBACK: 1}),
    "an event and a transaction": (envelope(("event", BARE), ("transaction", {})), {ERROR: 1, FILTERED: 1}),
}

BROKEN: dict[str, bytes] = {
    "zero bytes": b"",
    "only a newline": b"\n",
    "a header that is no object": b"[]",
    "a header on two lines": b"{\n}",
    "a header that is not UTF-8 JSON": b"\xff\xfe{}",
    "an item's header that is no object": lines(b"{}", b"7", E),
    "an item without a type": lines(b"{}", b"{}", E),
    "a type that is no text": lines(b"{}", b'{"type":7}', E),
    "with length: no newline behind": lines(b"{}", item("event", length=len(E) - 1), E),
    "EOF before length": lines(b"{}", item("event", length=len(E) + 1), E),
    "length negative": lines(b"{}", item("event", length=-1), E),
    "length a text": lines(b"{}", item("event", length=str(len(E))), E),
    "length a fraction": lines(b"{}", item("event", length=len(E) + 0.5), E),
    "length true": lines(b"{}", item("attachment", length=True), b"x"),
    "an empty line between": lines(b"{}", b"", item("event"), E),
}

HEADERS: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "event_id wins over the payload": ({"event_id": "c" * 32}, {**BARE, "event_id": EVENT_ID}, "c" * 32),
    "dashed": ({"event_id": "cccccccc-cccc-cccc-cccc-cccccccccccc"}, BARE, "c" * 32),
    "the payload's, if there is none": ({}, EVENT, EVENT_ID),
    "created if missing": ({}, BARE, None),
    "created if it is none": ({"event_id": "what"}, BARE, None),
    "trace and sdk are no matter": ({"trace": {"trace_id": 1}, "sdk": 5, "event_id": "d" * 32}, BARE, "d" * 32),
}


@pytest.mark.parametrize("row", TAKEN)
def test_items_are_cut_apart(wire: Wire, row: str) -> None:
    """Each item gets its fate, and a neighbour costs it nothing."""
    body, fates = TAKEN[row]
    told = wire.post(body)
    assert (told.status, told.fates) == (200, fates)


@pytest.mark.parametrize("row", BROKEN)
def test_broken_framing_is_a_400(wire: Wire, row: str) -> None:
    """Where nobody can say what belongs to what, nothing is taken, and the answer says where it broke."""
    told = wire.post(BROKEN[row])
    assert (told.status, told.json["detail"], told.fates) == (400, "invalid event envelope", {"other invalid": 1})
    assert told.json["causes"]


@pytest.mark.parametrize("row", HEADERS)
def test_the_events_id(wire: Wire, row: str) -> None:
    """The answer has the id under which the event is kept: 32 hexadecimal characters."""
    headers, event, identifier = HEADERS[row]
    told = wire.post(envelope(("event", event), headers=headers))
    assert told.json["id"] == told.values[0]["event"]["event_id"]
    assert identifier is None or told.json["id"] == identifier
    assert len(bytes.fromhex(told.json["id"])) == 16


@pytest.mark.parametrize("kind", ["feedback", "user_report"])
def test_ids_of_other_items(wire: Wire, kind: str) -> None:
    """A feedback's own id, and the event that a user's report is of, are the envelope's."""
    payload = SAID if kind == "feedback" else {"comments": "slow"}
    told = wire.post(envelope((kind, payload), headers={"event_id": "d" * 32}))
    assert told.values[0]["id" if kind == "feedback" else "event_id"] == "d" * 32


def test_sent_at_corrects_a_clock(wire: Wire) -> None:
    """`sent_at` is by the client's clock: one that is an hour late or more is corrected."""
    event = {**BARE, "timestamp": "2026-11-22T21:39:00Z"}
    told = wire.post(envelope(("event", event), headers={"sent_at": "2026-11-22T21:39:00Z"}))
    assert told.values[0]["event"]["timestamp"] == "2026-11-22T23:39:00Z"
