"""Who knows a project's number and no key of it: what they send costs strangers their turns, and not the project."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

import pytest

from api.intake.intake import Intake, build_intake
from api.intake.opening.request import Request
from api.intake.refusal import Refusal
from models.clock import SimulatedClock
from models.wire.topics import ERRORS, all_topics
from tests.fakes.intake import KEY, NOW, NUMBER, OneProject, envelope
from tests.fakes.log import MemoryLog

BODY = envelope(("event", {"message": "boom", "release": "shop@1.0"}))
IN_DSN = envelope(("event", {"message": "boom"}), headers={"dsn": f"https://{KEY}@shop.example/{NUMBER}"})
NAMED = (("sentry_key", KEY),)
BOMB = zlib.compress(bytes(19 * 1024 * 1024))
FLOOD = 20


def request(body: bytes, query: tuple[tuple[str, str], ...] = (), encoding: str = "") -> Request:
    return Request(str(NUMBER), (("content-encoding", encoding),), query, body)


def play(scenario: Callable[[Intake], Awaitable[None]]) -> MemoryLog:
    clock = SimulatedClock(NOW)
    log = MemoryLog(clock, all_topics(1))

    async def run() -> None:
        intake = build_intake(OneProject(), log.writer(), clock)
        intake.start()
        await scenario(intake)
        await intake.stop()

    asyncio.run(run())
    return log


@pytest.mark.parametrize(
    "sent", [request(BOMB, encoding="deflate"), request(b"garbage"), request(envelope(headers={"dsn": "of nobody"}))]
)
def test_a_flood_without_a_key_makes_no_project_wait(sent: Request) -> None:
    """The project's request is done while most of them still wait for their turn."""

    async def scenario(intake: Intake) -> None:
        await intake.take_envelope(request(BODY, NAMED))
        flood = [asyncio.create_task(intake.take_envelope(sent)) for _ in range(FLOOD)]
        await asyncio.sleep(0)
        await intake.take_envelope(request(BODY, NAMED))
        assert sum(one.done() for one in flood) <= 2
        assert all(isinstance(told, Refusal) for told in await asyncio.gather(*flood, return_exceptions=True))
        assert dict(intake.tally.totals) == {("error", "accepted"): 2}

    assert len(play(scenario).records(ERRORS)) == 2


def test_a_tunnel_is_its_project_s_from_its_first_line_on() -> None:
    """It is taken, and what is broken after that line is counted for the project."""

    async def scenario(intake: Intake) -> None:
        await intake.take_envelope(request(zlib.compress(IN_DSN), encoding="deflate"))
        with pytest.raises(Refusal):
            await intake.take_envelope(request(zlib.compress(IN_DSN[:-8]), encoding="deflate"))
        assert dict(intake.tally.totals) == {("error", "accepted"): 1, ("other", "invalid"): 1}

    assert len(play(scenario).records(ERRORS)) == 1
