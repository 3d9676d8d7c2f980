"""Seatrial reports its own errors, but not those of handling its own reports."""

import asyncio
from typing import Any

from seatrial.own_errors import MOST_A_MINUTE, WithoutLoop, _has_room, _sent, _unless_own, number_of

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


def test_the_own_project_is_the_number_that_the_dsn_ends_with() -> None:
    """With or without a path before it."""
    assert number_of(DSN) == 7
    assert number_of("https://key@host/prefix/42") == 42
    assert number_of("https://key@host/") is None
