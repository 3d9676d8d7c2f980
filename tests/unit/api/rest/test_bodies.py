"""The bodies of requests: `api.rest.bodies`."""

import pytest

from api.problems import Problem
from api.rest.bodies import MOST_MESSAGES, parts


def test_one_and_many() -> None:
    """An object is one message, an array many, each with its place."""
    one, many = parts("application/json", b'{"a": 1}')
    assert (one[0].value, one[0].place, many) == ({"a": 1}, "$", False)
    two, many = parts("application/json; charset=utf-8", b"[{}, {}]")
    assert ([part.place for part in two], many) == (["$[0]", "$[1]"], True)


def test_an_event_is_unwrapped() -> None:
    """In structured mode the data is the message, and the event's id goes with it."""
    (part,), _ = parts("Application/CloudEvents+JSON", b'{"id": "e", "data": {"a": 1}}')
    assert (part.value, part.identifier) == ({"a": 1}, "e")


def test_an_envelope_that_does_not_say_so() -> None:
    """Without its content type, an event's JSON is taken as the message itself."""
    (part,), _ = parts("application/json", b'{"id": "e", "data": {"a": 1}}')
    assert part.value == {"id": "e", "data": {"a": 1}}


@pytest.mark.parametrize(
    ("kind", "body", "status", "place"),
    [
        ("application/cloudevents-batch+json", b"{}", 422, "$"),
        ("application/cloudevents+json", b'{"id": "e"}', 422, "$.data"),
        ("application/cloudevents-batch+json", b'[{"data": {}}, {"data": 7}]', 422, "$[1].data"),
        ("application/json", b"[{}, 1]", 422, "$[1]"),
        ("application/json", b"[]", 422, "$"),
        ("application/json", b"{]", 400, None),
        ("image/png", b"{}", 415, None),
        ("application/json", b"[" + b"{}," * MOST_MESSAGES + b"{}]", 413, None),
    ],
)
def test_refusals(kind: str, body: bytes, status: int, place: str | None) -> None:
    """Each with the status that HTTP has for it, and its place where there is one."""
    with pytest.raises(Problem) as refused:
        parts(kind, body)
    assert (refused.value.status, refused.value.place) == (status, place)
