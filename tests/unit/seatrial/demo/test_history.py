"""The demo's history: made from a seed, in order, and like a shop's."""

from collections import Counter

import msgspec
import pytest

from consumers.decoding import KINDS
from models.wire import topics
from models.wire.times import to_milliseconds
from seatrial.demo import catalogue
from seatrial.demo.history import History

NOW = 1_790_000_000_000


@pytest.fixture(scope="module")
def history() -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in History(3, NOW, 0.1).lines()]


def test_the_same_seed_gives_the_same_bytes() -> None:
    """And another seed gives others."""
    first, again, other = (list(History(seed, NOW, 0.02).lines()) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_time_of_day_only_cuts_the_history_off() -> None:
    """Run again two minutes or hours later on the same day, the demo tells what it told, and goes on."""
    earlier, later = (list(History(3, NOW + hours * 3_600_000, 0.02).lines()) for hours in (0, 5))
    assert len(earlier) < len(later)
    assert later[: len(earlier)] == earlier


def test_lines_are_in_order_and_in_the_past(history: list[dict[str, object]]) -> None:
    """Three weeks that end now."""
    times = [to_milliseconds(line["received_at"]) or 0 for line in history]
    assert times == sorted(times)
    assert times[0] > NOW - 22 * catalogue.DAY
    assert times[-1] < NOW


def test_every_value_is_a_wire_event(history: list[dict[str, object]]) -> None:
    """Each is read by its topic's own struct."""
    for line in history:
        msgspec.convert(line["value"], KINDS[str(line["topic"])])
    assert {line["topic"] for line in history} == set(topics.CONSUMED) - {topics.LEDGER}


def test_a_canary_shares_the_traffic_as_deployed() -> None:
    """1.2.0 has half of the visits while it is at a half."""
    start = NOW - catalogue.DAYS * catalogue.DAY
    first, last = start + 1.5 * catalogue.DAY, start + 3.2 * catalogue.DAY
    seen: Counter[str] = Counter()
    for text in History(3, NOW, 0.3).lines():
        line = msgspec.json.decode(text)
        if line["topic"] == topics.SESSIONS and "session" in line["value"]:
            at = to_milliseconds(line["received_at"]) or 0
            if first < at < last:
                seen[line["value"]["session"]["attrs"]["release"]] += 1
    assert set(seen) == {"shop@1.1.0", "shop@1.2.0"}
    assert 0.4 < seen["shop@1.2.0"] / seen.total() < 0.6
