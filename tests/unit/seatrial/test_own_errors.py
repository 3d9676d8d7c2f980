"""Seatrial reports its own errors, but not those of handling its own reports."""

import asyncio
import json
import threading
from typing import Any

import pytest
import sentry_sdk
import structlog

from seatrial import logs, own_errors
from seatrial.own_errors import MOST_A_MINUTE, WithoutLoop, _has_room, _sent, _unless_own, number_of
from seatrial.roles import repeat

DSN = "http://key@127.0.0.1:8321/7"


def kept_while_handling(path: str) -> bool:
    kept: list[bool] = []

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        kept.append(_unless_own({"event_id": "1"}, {}) is not None)

    asyncio.run(WithoutLoop(app, DSN)({"type": "http", "path": path}, None, None))  # type: ignore[arg-type]
    return kept[0]


def test_an_error_in_handling_the_own_projects_envelope_is_not_reported() -> None:
    """It would come back as an envelope, and fail again, for ever."""
    assert not kept_while_handling("/api/7/envelope/")
    assert not kept_while_handling("//api/7/store")


def test_every_other_error_is_reported() -> None:
    """Of other projects' envelopes, of pages, and outside of requests."""
    assert kept_while_handling("/api/77/envelope/")
    assert kept_while_handling("/api/v1/projects/7/gate")
    assert _unless_own({"event_id": "1"}, {}) is not None


def test_a_process_reports_no_more_than_so_many_a_minute() -> None:
    """A failure that its own report causes again comes to an end."""
    now = 1e9
    assert sum(_has_room(now + second / 100) for second in range(1_000)) == MOST_A_MINUTE
    assert _has_room(now + 100)
    _sent.clear()


def test_what_a_loop_survives_is_reported_without_its_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """An error that is logged and lived through is told too; what its frames held is not."""
    told: list[Any] = []
    own_errors.configure(DSN, "evaluator")
    sentry_sdk.get_client().options["before_send"] = lambda event, _hint: told.append(event)
    structlog.reset_defaults()
    logs.configure("evaluator")
    stop = threading.Event()

    def tick() -> None:
        stop.set()
        secret = "".join(reversed("terces-a"))  # noqa: F841 - what must not be told; its source may be
        message = "the store is away"
        raise OSError(message)

    repeat(tick, 0.0, stop, "evaluator")
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    (event,) = told
    assert event["exception"]["values"][-1]["value"] == "the store is away"
    assert "a-secret" not in json.dumps(event, default=str)
    assert "role.failed" in capsys.readouterr().err


def test_the_own_project_is_the_number_that_the_dsn_ends_with() -> None:
    """With or without a path before it."""
    assert number_of(DSN) == 7
    assert number_of("https://key@host/prefix/42") == 42
    assert number_of("https://key@host/") is None
