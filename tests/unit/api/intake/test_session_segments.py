"""What intake tells of a session's segments: what the project's settings ask for, and no other text of a client."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from api.intake.intake import build_intake
from api.intake.opening.request import Request
from models.clock import SimulatedClock
from models.domain.project import ProjectSettings, Segment
from models.wire.times import to_text
from models.wire.topics import SESSIONS, all_topics
from tests.fakes.intake import KEY, NOW, OneProject, envelope
from tests.fakes.log import MemoryLog

ASKED = (Segment("os"), Segment("device"), Segment("country"), Segment("plan", ("pro", "free")))
ATTRIBUTES = {
    "release": "shop@1.0",
    "user_agent": "Mozilla/5.0 (iPhone)",
    "plan": "ana@example.org",
    "secret": "hunter2",
}


def told(
    attributes: Mapping[str, Any], headers: Mapping[str, str], asked: tuple[Segment, ...] = ASKED, trusted: str = ""
) -> list[dict[str, Any]]:
    """The attributes that the log has of a session and of aggregates sent with these."""
    log = MemoryLog(SimulatedClock(NOW), all_topics(1))
    intake = build_intake(OneProject(ProjectSettings(segments=asked)), log.writer(), SimulatedClock(NOW), trusted)
    minute = {"started": to_text(NOW)}
    body = envelope(
        ("session", minute | {"sid": "a" * 32, "attrs": attributes}),
        ("sessions", {"aggregates": [minute | {"exited": 1}], "attrs": attributes}),
    )

    async def send() -> None:
        intake.start()
        await intake.take_envelope(Request("42", tuple(headers.items()), (("sentry_key", KEY),), body))
        await intake.stop()

    asyncio.run(send())
    values = [json.loads(record.value or b"") for record in log.records(SESSIONS)]
    return [value.get("attrs") or value["session"]["attrs"] for value in values]


def test_each_segment_asked_for_has_a_value_of_its_list() -> None:
    """What a project does not list is `other`: nobody's address gets into the log this way."""
    found = told(ATTRIBUTES, {})
    assert [one["segments"] for one in found] == [
        {"os": "iOS", "device": "mobile", "country": "unknown", "plan": "other"}
    ] * 2
    assert "example.org" not in json.dumps(found)
    assert "hunter2" not in json.dumps(found)


def test_where_nothing_is_asked_nothing_is_told() -> None:
    """Not even the country."""
    assert all("segments" not in one for one in told(ATTRIBUTES, {"cf-ipcountry": "DE"}, (), "CF-IPCountry"))


@pytest.mark.parametrize(
    ("attributes", "headers", "trusted", "country"),
    [
        ({}, {"cf-ipcountry": "de"}, "CF-IPCountry", "DE"),
        ({"country": "FR"}, {"cf-ipcountry": "DE"}, "CF-IPCountry", "FR"),
        ({}, {"cf-ipcountry": "XX"}, "CF-IPCountry", "unknown"),
        ({}, {"cf-ipcountry": "DE"}, "", "unknown"),
        ({}, {"cf-ipcountry": "DE"}, "X-Country", "unknown"),
        ({}, {}, "CF-IPCountry", "unknown"),
    ],
)
def test_the_country_is_what_the_session_or_a_trusted_proxy_says(
    attributes: dict[str, str], headers: dict[str, str], trusted: str, country: str
) -> None:
    """A header that the settings do not name is anybody's, and not believed."""
    found = told({"release": "shop@1.0"} | attributes, headers, (Segment("country"),), trusted)
    assert [one["segments"] for one in found] == [{"country": country}] * 2
