"""sentry-protocol.md, section 6, "Drift": a client's clock that is far off is corrected. Over the whole application."""

from typing import Any

import pytest

from models.wire.times import to_text
from tests.fakes.api import NOW
from tests.fakes.intake import envelope
from tests.fakes.protocol import SAID, Wire

MINUTE = 60_000
AGO = 2_000
"""What every item says: that it happened two seconds before it was sent, ms."""


def times(wire: Wire, kind: str, off: int, sent_at: object) -> dict[str, Any]:
    """The value in the log of an item of a client whose clock is ``off`` ms ahead."""
    at = to_text(NOW + off - AGO)
    items: dict[str, dict[str, Any]] = {
        "event": {"message": "boom", "timestamp": at},
        "feedback": SAID | {"timestamp": at},
        "session": {"started": at, "timestamp": at, "attrs": {"release": "shop@1.0"}},
        "sessions": {"aggregates": [{"started": at, "exited": 1}], "attrs": {"release": "shop@1.0"}},
    }
    told = wire.post(envelope((kind, items[kind]), headers={} if sent_at is None else {"sent_at": sent_at}))
    (value,) = told.values
    return value


def happened(kind: str, value: dict[str, Any]) -> object:
    return {
        "event": lambda: value["event"]["timestamp"],
        "feedback": lambda: value["at"],
        "session": lambda: value["session"]["started"],
        "sessions": lambda: value["aggregates"][0]["started"],
    }[kind]()


@pytest.mark.parametrize("kind", ["event", "feedback", "session", "sessions"])
@pytest.mark.parametrize("minutes", [55, -55, 3 * 60, -3 * 60, 20 * 24 * 60, -20 * 24 * 60])
def test_a_clock_far_off_is_corrected(wire: Wire, kind: str, minutes: int) -> None:
    """`|received - sent_at| >= 55 min`: all times are shifted, both directions."""
    off = minutes * MINUTE
    value = times(wire, kind, off, to_text(NOW + off))
    assert happened(kind, value) == to_text(NOW - AGO)
    assert value["sent_at"] == to_text(NOW)


@pytest.mark.parametrize("kind", ["event", "feedback", "session", "sessions"])
def test_a_clock_a_little_off_is_left(wire: Wire, kind: str) -> None:
    """Below that, it may be the network's."""
    off = -55 * MINUTE + 1
    assert happened(kind, times(wire, kind, off, to_text(NOW + off))) == to_text(NOW + off - AGO)


@pytest.mark.parametrize("kind", ["event", "feedback", "session", "sessions"])
@pytest.mark.parametrize("sent_at", [None, "junk", {}, True])
def test_no_sent_at_no_correction(wire: Wire, kind: str, sent_at: object) -> None:
    """Python's sessions have none: nothing is shifted."""
    off = -3 * 60 * MINUTE
    assert happened(kind, times(wire, kind, off, sent_at)) == to_text(NOW + off - AGO)


@pytest.mark.parametrize("minutes", [55, -55])
def test_a_correction_is_noted(wire: Wire, minutes: int) -> None:
    """With the event, among its errors."""
    event = times(wire, "event", minutes * MINUTE, to_text(NOW + minutes * MINUTE))["event"]
    assert "clock_drift" in {fault["type"] for fault in event["errors"]}
