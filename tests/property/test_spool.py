"""Whatever a log does to its flushes, and whenever the process dies: nothing answered is lost, nothing overtakes."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from api.intake.keeping.appender import Appender
from api.intake.keeping.spool import Spool
from models.clock import SimulatedClock
from models.ports import NewRecord
from models.wire.topics import SESSIONS, all_topics
from tests.fakes.log import MemoryLog

NOW = 1_795_390_740_000
KEPT = st.one_of(st.none(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
LIFE = st.tuples(st.lists(KEPT, max_size=6), st.lists(st.integers(1, 3), max_size=8), st.integers(1, 4))
LIVES = st.lists(LIFE, min_size=1, max_size=4)
"""One life of the process after another: what happens to its flushes, how many records each request has, and how many
requests are out at once."""


@settings(deadline=None, max_examples=60)
@given(LIVES)
def test_order_and_completeness(lives: list[tuple[list[float | None], list[int], int]]) -> None:
    """The log has every answered record, and of each key the first copies stand in the order of their requests."""
    log = MemoryLog(SimulatedClock(NOW), all_topics(2))
    answered: list[tuple[bytes, bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        for accidents, requests, at_once in [*lives, ([], [1], 1)]:
            log.accidents.clear()
            log.accidents.extend(accidents)
            asyncio.run(_live(log, Path(folder), (requests, at_once), answered))
        asyncio.run(_empty(log, Path(folder)))
    there = list(dict.fromkeys((one.key or b"", one.value or b"") for one in log.records(SESSIONS)))
    for key in {key for key, _ in answered}:
        assert [value for own, value in there if own == key] == [value for own, value in answered if own == key]


async def _live(log: MemoryLog, folder: Path, load: tuple[list[int], int], answered: list[tuple[bytes, bytes]]) -> None:
    """Append, then end without shipping what is in the spool."""
    appender = _appender(log, folder)
    appender.start()
    requests, at_once = load
    for first in range(0, len(requests), at_once):
        made = []
        for count in requests[first : first + at_once]:
            numbers = range(len(answered), len(answered) + count)
            made.append([NewRecord(SESSIONS, b"shop:%d" % (one % 3), b"%06d" % one) for one in numbers])
            answered += [(record.key or b"", record.value or b"") for record in made[-1]]
        await asyncio.gather(*(appender.append(records) for records in made))
    await appender.stop()


async def _empty(log: MemoryLog, folder: Path) -> None:
    log.accidents.clear()
    appender = _appender(log, folder)
    appender.start()
    assert appender.spool is not None
    async with asyncio.timeout(20):
        while appender.spool.count:  # noqa: ASYNC110 - no event tells that it is empty
            await asyncio.sleep(0.001)
    await appender.stop()


def _appender(log: MemoryLog, folder: Path) -> Appender:
    spool = Spool(folder, 1_000_000, SimulatedClock(NOW), segment_bytes=100)
    return Appender(log.writer(), spool=spool, retries=(0.0,))
