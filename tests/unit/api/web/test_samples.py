"""What the page of an issue shows of a stored event, whatever shape the event has."""

from typing import Any

import pytest

from api.web.samples import FRAMES, Frame, sample_of


def test_the_frame_that_failed_comes_first() -> None:
    """SDKs send the caller first; people look for the last."""
    frames = [
        {"filename": "flask/app.py", "function": "dispatch", "lineno": 9, "in_app": False},
        {"filename": "cart.py", "function": "total", "lineno": 88, "in_app": True, "context_line": "    1 / 0  "},
    ]
    event = {
        "exception": {"values": [{"type": "ZeroDivisionError", "value": "by zero", "stacktrace": {"frames": frames}}]}
    }
    (failure,) = sample_of("ab", event).failures
    assert (failure.kind, failure.message) == ("ZeroDivisionError", "by zero")
    assert failure.frames[0] == Frame("cart.py:88", "total", in_app=True, source="    1 / 0")
    assert failure.frames[1] == Frame("flask/app.py:9", "dispatch", in_app=False, source=None)


def test_the_cause_comes_before_what_was_raised_from_it() -> None:
    """It is what the issue is known by, and where to look."""
    cause = {"type": "PoolTimeout", "value": "no connection", "stacktrace": {"frames": [{"filename": "db.py"}]}}
    wrapper = {"type": "ServiceError", "value": "failed", "mechanism": {"source": "__cause__"}}
    sample = sample_of("ab", {"exception": {"values": [cause, wrapper]}, "platform": "python"})
    assert [(one.kind, one.message) for one in sample.failures] == [
        ("PoolTimeout", "no connection"),
        ("ServiceError", "failed"),
    ]
    assert sample.failures[0].frames == (Frame("db.py", "?", in_app=False, source=None),)


def test_a_stack_beside_the_exception_is_its_own() -> None:
    """As in events of native crashes, whose stacks are those of threads."""
    threads = {"values": [{"crashed": True, "stacktrace": {"frames": [{"filename": "main.c"}]}}]}
    (failure,) = sample_of("ab", {"exception": {"values": [{"type": "SIGSEGV"}]}, "threads": threads}).failures
    assert [frame.place for frame in failure.frames] == ["main.c"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"message": 3, "exception": "no"},
        {"exception": {"values": [None, {"type": 3, "value": ["x"], "stacktrace": {"frames": "no"}}]}},
        {"exception": {"values": [{"stacktrace": {"frames": [{"filename": 1, "function": {}, "lineno": "x"}, 7]}}]}},
        {"exception": {"values": [{"stacktrace": {"frames": [{"module": "a"}] * 500}}]}},
    ],
)
def test_an_event_of_any_shape_is_shown(event: dict[str, Any]) -> None:
    """Nothing raises, and a stack of any depth stays a list that one can read."""
    (failure,) = sample_of("ab", event).failures
    assert len(failure.frames) <= FRAMES
    assert all(isinstance(frame.place, str) and frame.place for frame in failure.frames)


@pytest.mark.parametrize(
    "event",
    [{"logentry": {"message": "no %s", "formatted": "no price"}}, {"message": "no price"}, {"logentry": "no price"}],
)
def test_what_an_event_says_is_shown(event: dict[str, Any]) -> None:
    """In the canonical form, and in those in which older events are stored."""
    assert [one.message for one in sample_of("ab", event).failures] == ["no price"]
