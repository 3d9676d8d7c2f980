"""What a backtest reads, on an SQLite file and a real PostgreSQL."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Engine

from models.domain.decision import Frozen
from models.domain.evidence import Baseline
from models.domain.verdict import Verdict
from models.store import tables
from models.store.queries import watched
from models.wire.times import to_text
from tests.fakes.evidence import minute, numbered
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, PROJECT, Rows

AT = NOON * 60_000


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


def evaluated(rows: Rows, deploy: str, first: int = NOON, **rest: Any) -> None:
    row = {"environment": ENVIRONMENT, "deploy": deploy, "release": NEW, "inferred": False, "policy": "default@0"}
    row |= {"first_minute": first, "as_of": first + 5, "data_to": AT, "evaluated_at": AT, "state": b"{}"}
    row |= {"judgement": "{}", "decision": None, "ended": False}
    baseline = msgspec.json.encode(Baseline("shop@1.4.2", "concurrent")).decode()
    rows.put(tables.evaluation, **(row | {"baseline": baseline} | rest))


def decided(rows: Rows, name: str, deploy: str = "d", *, provisional: bool = False, **rest: Any) -> None:
    frozen = Frozen(tuple(numbered([minute(1, 2), minute(3, 4)], NOON)), "hash")
    row = {"decision": name, "environment": ENVIRONMENT, "deploy": deploy, "minute": NOON, "release": NEW}
    row |= {"verdict": "hold", "mode": "automatic", "policy": "careful@2", "taken_by": "evaluator"}
    row |= {"provisional": provisional, "decided_at": AT, "judgement": "-"}
    row |= {"document": msgspec.json.encode({"data_to": to_text(AT + 61_500)}).decode()}
    rows.put(tables.decision, **(row | {"evidence": msgspec.json.encode(frozen).decode()} | rest))


def test_deploys_are_paged_newest_first(rows: Rows, engine: Engine) -> None:
    """Also where two began in one minute; those before a time, and of elsewhere, are left out."""
    for deploy, first in (("a", NOON), ("b", NOON + 1), ("c", NOON + 1), ("d", NOON + 2), ("old", NOON - 1)):
        evaluated(rows, deploy, first)
    evaluated(rows, "a", environment="staging")
    with engine.connect() as connection:
        found: list[watched.Watched] = []
        while page := watched.listed(
            connection, PROJECT, ENVIRONMENT, since=NOON, before=found[-1].place if found else None, limit=2
        ):
            found += page
    assert [one.deploy for one in found] == ["d", "c", "b", "a"]
    assert (found[0].release, found[0].replaces, found[0].state) == (NEW, "shop@1.4.2", b"{}")


def test_only_what_was_decided_on_open_minutes_has_them(rows: Rows, engine: Engine) -> None:
    """The others need no evidence, for it is in the minutes; in the order in which they were taken."""
    for name in ("d-10", "d-9", "d-2"):
        decided(rows, name, provisional=name == "d-9", verdict="rollback" if name == "d-10" else "hold")
    decided(rows, "d-11", "another")
    said = {"outcome": "o-1", "decision": "d-9", "label": "correct", "reason": None, "said_by": "ada", "booked_at": AT}
    rows.put(tables.outcome, **said)
    with engine.connect() as connection:
        found = watched.decided(connection, PROJECT, ENVIRONMENT, ["d", "nothing"])
    assert set(found) == {"d"}
    first, second, third = found["d"]
    assert [one.decision for one in found["d"]] == ["d-2", "d-9", "d-10"]
    assert (first.data_to, first.shown) == (None, ())
    assert (second.data_to, second.shown) == (AT + 61_500, tuple(numbered([minute(1, 2), minute(3, 4)], NOON)))
    assert [one.label for one in second.outcomes] == ["correct"]
    assert third.verdict is Verdict.ROLLBACK


def test_minutes_are_read_as_they_are_stored(rows: Rows, engine: Engine) -> None:
    """In order, after a minute, and no more than asked for."""
    for number in (3, 1, 2, 0):
        numbers = {"score": None, "log_evidence": 0.0, "value": None, "low": None, "high": None, "base": None}
        where = {"environment": ENVIRONMENT, "deploy": "d", "minute": NOON + number, "verdict": "hold"}
        rows.put(tables.evaluation_minute, **(where | numbers | {"evidence": f'{{"minute":{number}}}'}))

    def minutes(connection: Connection, after: int) -> list[str]:
        found = watched.minutes(connection, PROJECT, ENVIRONMENT, "d", after=after, limit=2)
        return [one.evidence for one in found]

    with engine.connect() as connection:
        assert minutes(connection, -1) == ['{"minute":0}', '{"minute":1}']
        assert minutes(connection, NOON + 1) == ['{"minute":2}', '{"minute":3}']
        assert minutes(connection, NOON + 3) == []
        assert watched.minutes(connection, "blog", ENVIRONMENT, "d", after=-1, limit=2) == []
