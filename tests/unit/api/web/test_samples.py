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
    sample = sample_of("ab", event)
    assert (sample.kind, sample.message) == ("ZeroDivisionError", "by zero")
    assert sample.frames[0] == Frame("cart.py:88", "total", in_app=True, source="    1 / 0")
    assert sample.frames[1] == Frame("flask/app.py:9", "dispatch", in_app=False, source=None)


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
    sample = sample_of("ab", event)
    assert len(sample.frames) <= FRAMES
    assert all(isinstance(frame.place, str) and frame.place for frame in sample.frames)


@pytest.mark.parametrize(
    "event",
    [{"logentry": {"message": "no %s", "formatted": "no price"}}, {"message": "no price"}, {"logentry": "no price"}],
)
def test_what_an_event_says_is_shown(event: dict[str, Any]) -> None:
    """In the canonical form, and in those in which older events are stored."""
    assert sample_of("ab", event).message == "no price"
