"""The tally's way to the ledger's topic."""

import asyncio
import json

from api.intake.keeping.appender import Appender
from api.intake.keeping.bookkeeper import Bookkeeper
from api.intake.keeping.tally import Tally
from models.clock import SimulatedClock
from models.domain.ledger import Category, Fate
from models.ports import NewRecord
from models.wire.topics import ERRORS, LEDGER, all_topics
from tests.fakes.intake import NOW
from tests.fakes.log import MemoryLog


def test_sums_go_to_the_ledger_by_project() -> None:
    """One record a project tells its sums; then they begin anew, while the totals go on."""
    tally = Tally()
    tally.accepted("shop", Category.ERROR)
    tally.accepted("shop", Category.ERROR)
    tally.settled("shop", Category.ERROR, Fate.DROPPED_BY_CLIENT, 7)
    tally.settled("web", Category.OTHER, Fate.FILTERED)
    first, second = (json.loads(record.value or b"") for record in tally.take(NOW))
    assert first["project"] == "shop"
    assert first["counts"] == [
        {"category": "error", "fate": "accepted", "count": 2},
        {"category": "error", "fate": "dropped_by_client", "count": 7},
    ]
    assert second["counts"] == [{"category": "other", "fate": "filtered", "count": 1}]
    assert first["id"] != second["id"]
    assert tally.take(NOW) == []
    assert tally.totals["error", "accepted"] == 2


def test_an_outage_of_the_log_loses_no_counts() -> None:
    """While the log is down counts are kept; afterwards each is told once."""

    async def scenario() -> MemoryLog:
        clock = SimulatedClock(NOW)
        log = MemoryLog(clock, all_topics(1))
        appender = Appender(log.writer())
        tally = Tally()
        bookkeeper = Bookkeeper(tally, appender, clock)
        appender.start()
        log.down = True
        tally.settled("shop", Category.ERROR, Fate.INVALID)
        await bookkeeper.book()
        tally.settled("shop", Category.ERROR, Fate.INVALID)
        await bookkeeper.book()
        log.down = False
        await bookkeeper.stop()
        await appender.stop()
        return log

    records = [json.loads(record.value or b"") for record in asyncio.run(scenario()).records(LEDGER)]
    assert sum(entry["count"] for record in records for entry in record["counts"]) == 2
    assert len({record["id"] for record in records}) == len(records) == 2


def test_a_project_that_has_its_share_keeps_nobody_s_counts() -> None:
    """Not those of others, and not its own: that it was limited is told."""

    async def scenario() -> MemoryLog:
        clock = SimulatedClock(NOW)
        log = MemoryLog(clock, all_topics(1))
        appender = Appender(log.writer(), most_bytes=8_000)
        tally = Tally()
        for project in ("alpha", "beta"):
            tally.settled(project, Category.ERROR, Fate.RATE_LIMITED)
        appender.start()
        full = asyncio.create_task(appender.append([NewRecord(ERRORS, b"alpha:1", bytes(3_400))]))
        await asyncio.sleep(0)
        await Bookkeeper(tally, appender, clock).book()
        await full
        await appender.stop()
        return log

    told = [json.loads(record.value or b"")["project"] for record in asyncio.run(scenario()).records(LEDGER)]
    assert sorted(told) == ["alpha", "beta"]
