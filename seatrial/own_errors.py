"""Seatrial's own errors, reported by `sentry_sdk` to a DSN, which may be one of its own projects, without a loop."""

import sys
import time
from collections import deque
from contextvars import ContextVar
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sentry_sdk

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send
    from structlog.types import EventDict

MOST_A_MINUTE = 30
"""Reports of one process."""

_sent: deque[float] = deque()
_handling_own: ContextVar[bool] = ContextVar("handling_own", default=False)


def configure(dsn: str, role: str) -> None:
    """Report unhandled errors and error logs; no personal data, and no performance data."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"seatrial@{version('seatrial')}",
        before_send=_unless_own,
        default_integrations=True,
        auto_enabling_integrations=False,
        max_request_body_size="never",
        include_local_variables=False,  # a frame's variables can hold a token or a webhook's secret
    )
    sentry_sdk.set_tag("seatrial.role", role)


def number_of(dsn: str) -> int | None:
    """The project number a DSN ends with."""
    last = urlsplit(dsn).path.rstrip("/").rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() else None


def report(_logger: object, level: str, event: "EventDict") -> "EventDict":
    """A processor of structlog: what a loop of ours survives is told too, for nobody reads every log."""
    if level in {"error", "exception", "critical"}:
        error = sys.exc_info()[1]
        if error is not None:
            sentry_sdk.capture_exception(error)
        else:
            sentry_sdk.capture_message(str(event.get("event")), level="error")
    return event


class WithoutLoop:
    """ASGI: marks the handling of the own project's envelopes; errors raised in it are not reported again."""

    def __init__(self, app: "ASGIApp", dsn: str) -> None:
        self._app = app
        self._number = number_of(dsn)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        parts = [part for part in scope.get("path", "").split("/") if part]
        own = self._number is not None and parts[:2] == ["api", str(self._number)]
        token = _handling_own.set(own)
        try:
            await self._app(scope, receive, send)
        finally:
            _handling_own.reset(token)


def _unless_own(event: Any, _hint: Any) -> Any:
    return None if _handling_own.get() or not _has_room(time.monotonic()) else event


def _has_room(now: float) -> bool:
    """A consumer that fails on its own report would report that, and so on: then this bounds it."""
    while _sent and _sent[0] < now - 60.0:
        _sent.popleft()
    if len(_sent) >= MOST_A_MINUTE:
        return False
    _sent.append(now)
    return True
