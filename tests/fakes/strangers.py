"""Replay lines of a release whose names and texts were chosen to break pages."""

from collections.abc import Iterator
from typing import Any

import msgspec

from models.wire import topics
from models.wire.times import to_text

PROJECT, ENVIRONMENT = "shop", "staging"
RELEASE = "..%2Fa <script>alert(1)<%2Fscript>&\"'?#@1.0 \u202eevil مرحبا"
"""What a name may hold: a slash may not."""
MARKUP = "<img src=x onerror=alert(1)></q></td><script>alert(1)</script>"
ISSUES = 57
QUOTES = 58
"""More than a page holds."""
MINUTE = 60_000


def lines(until: int) -> Iterator[bytes]:
    """A deploy, sessions, many issues and quotes, two of 8,000 letters, within the hour before ``until`` (ms)."""
    start = until - 60 * MINUTE
    yield _line(start, topics.DEPLOYS, "deploy", _deploy())
    for number in range(ISSUES):
        at = start + (number + 1) * 10_000
        yield _line(at, topics.ERRORS, f"e{number}", _error(number, at))
        yield _line(at, topics.SESSIONS, f"s{number}", _session(number, at))
    for number in range(QUOTES):
        at = start + 30 * MINUTE + number * 1_000
        yield _line(at, topics.FEEDBACK, f"f{number}", _feedback(number, at))


def _deploy() -> dict[str, Any]:
    commits = [{"id": "<b>", "message": MARKUP * 50, "author": "\u202eana"}]
    return {"release": RELEASE, "environment": ENVIRONMENT, "by": MARKUP, "commits": commits, "exposure": 1.0}


def _error(number: int, at: int) -> dict[str, Any]:
    message = MARKUP * 130 if number == 0 else f"مرحبا {MARKUP}"
    frames = [{"filename": f"{MARKUP}.py", "function": MARKUP, "lineno": 1, "in_app": True, "context_line": MARKUP}]
    frames += [{"filename": None, "function": 3, "lineno": "x", "in_app": "yes"}]
    exception = {"type": f"Error{number}{'<b>' * 3}", "value": message, "stacktrace": {"frames": frames}}
    return {
        "event": {
            "event_id": f"{number:032x}",
            "timestamp": to_text(at),
            "level": "error",
            "release": RELEASE,
            "environment": ENVIRONMENT,
            "user": {"id": f"user-{number % 9}"},
            "exception": {"values": [exception | {"mechanism": {"type": "x", "handled": number % 2 == 0}}]},
        }
    }


def _session(number: int, at: int) -> dict[str, Any]:
    session: dict[str, Any] = {
        "sid": f"{number:032x}",
        "did": f"user-{number % 9}",
        "started": to_text(at),
        "timestamp": to_text(at),
    }
    session |= {"status": "unhandled" if number % 2 else "exited", "errors": 1, "init": True}
    return {"session": session | {"attrs": {"release": RELEASE, "environment": ENVIRONMENT}}}


def _feedback(number: int, at: int) -> dict[str, Any]:
    message = "é" * 8_000 if number == 0 else f"\u202e{MARKUP} مرحبا {number}"
    told = {"message": message, "release": RELEASE, "environment": ENVIRONMENT, "id": f"f{number}", "at": to_text(at)}
    return told | ({"event_id": f"{number % 3:032x}"} if number % 2 else {"rating": 1 + number % 5})


def _line(at: int, topic: str, key: str, value: dict[str, Any]) -> bytes:
    told = {
        "topic": topic,
        "key": f"{PROJECT}:{key}",
        "received_at": to_text(at),
        "value": {"project": PROJECT} | value,
    }
    return msgspec.json.encode(told) + b"\n"
