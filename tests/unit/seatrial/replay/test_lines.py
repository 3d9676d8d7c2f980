"""The lines of a replay file."""

import json

from models.wire import topics
from seatrial.replay.lines import BadLine, Line, read


def line(
    at: str = "2026-01-01T00:00:00Z", topic: str = topics.SESSIONS, key: str | None = "shop:1", **value: object
) -> bytes:
    return json.dumps({"topic": topic, "key": key, "received_at": at, "value": value or {"project": "shop"}}).encode()


def test_a_line_is_read_with_its_value_as_it_was_written() -> None:
    """The value goes on byte for byte; its project is known."""
    (found,) = read([line(project="shop", session={"sid": "1"})])
    assert isinstance(found, Line)
    assert json.loads(found.value) == {"project": "shop", "session": {"sid": "1"}}
    assert (found.project, found.key, found.received_at) == ("shop", b"shop:1", 1_767_225_600_000)


def test_a_value_without_a_project_takes_it_from_the_key() -> None:
    """As the consumers do it."""
    (found,) = read([line(context={"type": "dev.cdevents.service.deployed"})])
    assert isinstance(found, Line)
    assert found.project == "shop"


def test_bad_lines_are_told_with_their_number_and_harm_no_other() -> None:
    """Each is counted as an editor counts it, blank lines included."""
    lines = [
        line(),
        b"",
        b"{not json",
        line(topic="elsewhere"),
        line(at="yesterday"),
        line(at="2025-12-31T23:59:59Z"),
        b'{"topic": "seatrial.sessions"}',
        b"\xff\xfe",
        line(at="2026-01-01T00:00:01Z"),
    ]
    found = list(read(lines))
    assert [one.number for one in found if isinstance(one, BadLine)] == [3, 4, 5, 6, 7, 8]
    assert [one.number for one in found if isinstance(one, Line)] == [1, 9]


def test_a_line_of_the_future_is_a_bad_one() -> None:
    """Where there is a present."""
    first, second = read([line(), line(at="9999-12-31T00:00:00Z")], latest=1_767_225_600_000)
    assert isinstance(first, Line)
    assert isinstance(second, BadLine)
    assert second.reason == "received_at is in the future: 9999-12-31T00:00:00Z"
    assert all(isinstance(one, Line) for one in read([line(), line(at="9999-12-31T00:00:00Z")]))


def test_what_to_do_is_said_of_an_unknown_topic_and_a_wrong_order() -> None:
    """A bad line names the topics there are, or asks for the file to be sorted."""
    reasons = [
        one.reason
        for one in read([line(topic="x"), line(), line(at="2025-01-01T00:00:00Z")])
        if isinstance(one, BadLine)
    ]
    assert "seatrial.deploys" in reasons[0]
    assert "sort the file" in reasons[1]
