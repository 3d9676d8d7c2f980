"""The evaluator under policies that say more than a margin: what limits, signals and critical services call for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.domain.verdict import Verdict
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries import evaluations
from tests.fakes.consuming import PROJECT
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching

AUTOMATIC = f'mode = "automatic"{WEBHOOK}'
LIMIT = """
[[limits]]
signal = "unhandled_free_sessions"
at_least = 0.9
over = "5m"
"""
RECOMMENDS = f'{LIMIT}verdict = "rollback_recommended"\n'
USERS_RECOMMEND = '[signals.crash_free_users]\nmode = "recommend"\n'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(opened)
    yield opened
    opened.dispose()


def watching(engine: Engine, policy: str, exposure: float = 0.33) -> Watching:
    shop = Watching(engine)
    shop.apply(policy)
    shop.deploy(NEW, exposure, "started")
    return shop


def canary(shop: Watching, minutes: int, hurt: int, beside: int = 1) -> None:
    for _ in range(minutes):
        shop.visits(NEW, 20, hurt)
        shop.visits(OLD, 40, beside)
        shop.pass_time(1)


def called(shop: Watching) -> list[tuple[str, str]]:
    """The kind and target of what each decision on the new release called for; the old one is under watch too."""
    actions = [one.document["action"] for one in shop.decisions()]
    return [(action["kind"], action["target"]) for action in actions if action]


def test_a_broken_limit_holds_and_lets_go(engine: Engine) -> None:
    """An incident of both releases is none of the release's, and breaks its limit; once it is over, so is the hold."""
    shop = watching(engine, AUTOMATIC + LIMIT)
    canary(shop, 3, hurt=0)
    canary(shop, 2, hurt=14, beside=28)
    canary(shop, 16, hurt=0)
    before, held, *after = [one.verdict for one in shop.decisions()]
    assert (before, held) == (Verdict.INSUFFICIENT_DATA, Verdict.HOLD)
    assert set(after) <= {Verdict.INSUFFICIENT_DATA, Verdict.CONTINUE}
    assert after
    assert called(shop) == [("hold", NEW)]
    assert shop.decisions()[1].judgement.held_by == ("limit",)


def test_a_limit_may_recommend_a_rollback_and_never_does_one(engine: Engine) -> None:
    """However bad it is, and whatever the mode; once, as it is broken."""
    shop = watching(engine, AUTOMATIC + RECOMMENDS)
    canary(shop, 6, hurt=10, beside=20)
    assert called(shop) == [("rollback_recommended", OLD)]
    assert Verdict.ROLLBACK not in {one.verdict for one in shop.decisions()}


def test_a_limit_that_breaks_while_it_is_held_is_told(engine: Engine) -> None:
    """The verdict stays; that a rollback is recommended is new."""
    shop = watching(engine, AUTOMATIC + RECOMMENDS, exposure=1.0)
    for hurt in (0, 0, 3, 3, 3, 3, 15, 15, 15):
        shop.visits(NEW, 40, hurt)
        shop.pass_time(1)
    holds = [one for one in shop.decisions() if one.verdict is Verdict.HOLD]
    assert [one.document["action"]["kind"] for one in holds] == ["hold", "rollback_recommended"]
    assert [set(one.judgement.held_by) & {"limit"} for one in holds] == [set(), {"limit"}]


def test_a_signal_that_may_only_recommend_rolls_nothing_back(engine: Engine) -> None:
    """Its evidence is enough, and a person decides."""
    shop = watching(engine, AUTOMATIC + USERS_RECOMMEND)
    canary(shop, 8, hurt=6)
    last = shop.decisions()[-1]
    assert last.verdict is Verdict.ROLLBACK
    assert last.document["held_by"] == ["signal_mode"]
    assert ("rollback_recommended", OLD) in called(shop)
    assert "the signals that reached it only recommend" in last.document["action"]["reason"]


def test_what_was_recommended_is_done_once_another_signal_proves_it(engine: Engine) -> None:
    """A new issue whose users are many enough by themselves."""
    shop = watching(engine, AUTOMATIC + USERS_RECOMMEND)
    canary(shop, 8, hurt=6)
    shop.errors(NEW, 30, "KeyError")
    canary(shop, 4, hurt=0)
    kinds = [kind for kind, _ in called(shop)]
    assert kinds.index("rollback_recommended") < kinds.index("rollback")
    assert kinds.count("rollback") == 1


@pytest.mark.parametrize(("signals", "kind"), [("", "rollback"), (USERS_RECOMMEND, "rollback_recommended")])
def test_a_policy_that_judges_anew_calls_for_nothing_twice(engine: Engine, signals: str, kind: str) -> None:
    """What a rollback was allowed to do stays with it."""
    shop = watching(engine, AUTOMATIC + signals)
    canary(shop, 8, hurt=6)
    before = called(shop)
    shop.apply(f"margin = 0.2\n{AUTOMATIC}{signals}")
    canary(shop, 3, hurt=0)
    assert called(shop) == before
    assert before[-1] == (kind, OLD)
    assert shop.decisions()[-1].policy == "default@2"


def test_a_rollback_of_a_version_without_signal_modes_stays_what_it_was(engine: Engine) -> None:
    """Its state lacks what this version asks for: judged anew, nothing is decided or called for a second time."""
    shop = watching(engine, AUTOMATIC)
    canary(shop, 8, hurt=6)
    before = called(shop), len(shop.decisions())
    (row,) = (one for one in shop.rows(tables.evaluation) if one["release"] == NEW)
    state = {
        name: value for name, value in json.loads(row["state"]).items() if name not in ("stakes", "alone", "acting")
    }
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        of = tables.evaluation.c.release == NEW
        connection.execute(update(tables.evaluation).where(of).values(state=json.dumps(state).encode()))
    canary(shop, 3, hurt=0)
    assert before[0][-1] == ("rollback", OLD)
    assert (called(shop), len(shop.decisions())) == before


def test_a_critical_service_has_its_budget(engine: Engine) -> None:
    """By the package of its releases; the state says so."""
    shop = watching(engine, "[services.shop]\ncritical = true\nfalse_rollbacks_per_1000 = 40\n")
    canary(shop, 1, hurt=0)
    with shop.engine.connect() as connection:
        found = evaluations.latest(connection, PROJECT, NEW, "production")
    assert found is not None
    assert b'"alpha":0.04' in found.state
