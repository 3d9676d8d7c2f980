"""The evaluator over a real store: what it decides of a release, and what that calls for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from consumers.evaluation import course, reading, writing
from models.domain.deploy import MINUTE
from models.domain.verdict import Verdict
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries import policies
from models.store.sql import SqlUnitOfWork
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching

Watch = Callable[..., Watching]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Makes shops under watch, each over a store of its own."""
    engines: list[Engine] = []

    def make(*, provisional: bool = True, policy: str = f'mode = "automatic"{WEBHOOK}') -> Watching:
        engine = open_engine(f"sqlite:///{tmp_path / f'store-{len(engines)}.db'}")
        engines.append(engine)
        migrate(engine)
        shop = Watching(engine, provisional=provisional)
        if policy:
            shop.apply(policy)
        return shop

    yield make
    for engine in engines:
        engine.dispose()


def canary(shop: Watching, minutes: int, hurt: int, *, step: int = 1, known: bool = True) -> None:
    """A third of the traffic on the new release, with so many users hurt on it each minute, and one on the old."""
    for _ in range(minutes):
        shop.visits(NEW, 20, hurt, known=known)
        shop.visits(OLD, 40, 1, known=known)
        shop.pass_time(1, step=step)


def kinds(shop: Watching) -> list[str]:
    return [row["kind"] for row in shop.rows(tables.action)]


# What is decided ------------------------------------------------------------------------------------------------------


def test_a_bad_canary_is_rolled_back_once(watch: Watch) -> None:
    """The decision, its action and its message are there, and no second one follows."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 8, hurt=5)
    last = shop.decisions()[-1]
    assert last.verdict is Verdict.ROLLBACK
    assert [row["kind"] for row in shop.rows(tables.action) if row["kind"] == "rollback"] == ["rollback"]
    action = next(row for row in shop.rows(tables.action) if row["kind"] == "rollback")
    assert (action["target"], action["decision"], action["state"]) == (OLD, last.decision, "pending")
    published = {row["publication"] for row in shop.rows(tables.publication) if row["topic"] == "seatrial.verdicts"}
    assert f"verdict/{last.decision}" in published
    assert last.document["action"] == {"kind": "rollback", "target": OLD, "reason": last.judgement.sentence}


def test_a_healthy_canary_continues_and_calls_for_nothing(watch: Watch) -> None:
    """As many users hurt on it as beside it, a session."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    for minute in range(100):
        shop.visits(NEW, 20, hurt=minute % 2)
        shop.visits(OLD, 40, hurt=1)
        shop.pass_time(1)
    assert [one.verdict for one in shop.decisions()] == [Verdict.INSUFFICIENT_DATA, Verdict.CONTINUE]
    assert kinds(shop) == []


def test_a_burst_is_acted_on_before_its_minute_is_closed(watch: Watch) -> None:
    """The decision says that it is provisional; its evidence is frozen; it is taken once although the minute closes."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    shop.pass_time(1)
    shop.visits(OLD, 40, hurt=1)
    shop.visits(NEW, 20, hurt=19)
    shop.errors(NEW, 19, "ZeroDivisionError")
    shop.look()
    (taken,) = [one for one in shop.decisions() if one.verdict is Verdict.ROLLBACK]
    assert taken.provisional
    assert taken.evidence.minutes[-1].new.hurt >= 19
    canary(shop, 3, hurt=0)
    assert [one.verdict for one in shop.decisions()].count(Verdict.ROLLBACK) == 1
    found = shop.evaluation()
    assert found is not None
    assert found.judgement.verdict is Verdict.ROLLBACK


def test_an_open_minute_leaves_no_trace_in_the_state(watch: Watch) -> None:
    """Looking often gives the state that looking once gives."""
    states = []
    for looks in (1, 7):
        shop = watch()
        shop.deploy(NEW, 0.33, "started")
        shop.pass_time(1)
        for _ in range(looks):
            shop.visits(NEW, 0)
            shop.look()
        shop.visits(NEW, 20, hurt=1)
        for _ in range(looks):
            shop.look()
        shop.pass_time(2)
        found = shop.evaluation()
        assert found is not None
        states.append(found.state)
    assert states[0] == states[1]


def test_a_replay_decides_the_same_whatever_its_step(watch: Watch) -> None:
    """Byte for byte: the documents of all decisions, looked for every minute or once at the end."""
    documents = []
    for step in (1, 12):
        shop = watch(provisional=False)
        shop.deploy(NEW, 0.33, "started")
        for _ in range(12):
            shop.visits(NEW, 20, hurt=4)
            shop.errors(NEW, 1, "KeyError")
            shop.visits(OLD, 40, hurt=1)
            shop.pass_time(1) if step == 1 else shop.skip(1)
        shop.pass_time(12, step=step)
        documents.append([one.document for one in shop.decisions()])
    assert documents[0] == documents[1]
    assert documents[0][-1]["verdict"] == "rollback"


def test_what_the_past_called_for_is_not_done_now(watch: Watch) -> None:
    """A replay records what it would have told, and tells nobody."""
    shop = watch(provisional=False)
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 8, hurt=6)
    assert {row["state"] for row in shop.rows(tables.action)} == {"replayed"}
    assert all(row["published"] for row in shop.rows(tables.publication))


# What it calls for ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "fields", "called"),
    [
        ("observe", {}, None),
        ("recommend", {}, "rollback_recommended"),
        ("automatic", {}, "rollback"),
        ("automatic", {"irreversible": True}, "rollback_withheld"),
    ],
)
def test_mode_and_deploy_say_what_a_rollback_calls_for(
    watch: Watch, mode: str, fields: dict[str, bool], called: str | None
) -> None:
    """Observing calls for nothing; what cannot be undone is told to a person."""
    shop = watch(policy=f'mode = "{mode}"{WEBHOOK}')
    shop.deploy(NEW, 0.33, "started", **fields)
    canary(shop, 8, hurt=6)
    assert shop.decisions()[-1].verdict is Verdict.ROLLBACK
    assert [kind for kind in kinds(shop) if kind.startswith("rollback")] == ([called] if called else [])


def test_without_a_webhook_the_decision_says_what_it_called_for(watch: Watch) -> None:
    """Nobody can be told, so there is no action; the page shows that there should have been one."""
    shop = watch(policy='mode = "automatic"')
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 8, hurt=6)
    assert kinds(shop) == []
    assert shop.decisions()[-1].document["action"]["kind"] == "rollback"


def test_a_release_that_was_withdrawn_is_not_rolled_back_again(watch: Watch) -> None:
    """A person was faster than the evaluator: the verdict stands, and calls for nothing."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    for _ in range(8):
        shop.visits(NEW, 20, hurt=6)
        shop.visits(OLD, 40, hurt=1)
        shop.skip(1)
    shop.deploy(NEW, state="rolled_back")
    shop.pass_time(2)
    assert Verdict.ROLLBACK in [one.verdict for one in shop.decisions()]
    assert kinds(shop) == []
    found = shop.evaluation()
    assert found is not None
    assert found.ended


# What is never rolled back -------------------------------------------------------------------------------------------


def test_a_full_replace_is_held_at_most(watch: Watch) -> None:
    """Nothing served beside it, so time of day cannot be told from harm."""
    shop = watch()
    shop.deploy(NEW)
    for _ in range(8):
        shop.visits(NEW, 60, hurt=20)
        shop.pass_time(1)
    assert {one.verdict for one in shop.decisions()} == {Verdict.HOLD}
    assert "no_concurrent_baseline" in shop.decisions()[-1].judgement.held_by


def test_without_any_identity_it_is_held_at_most(watch: Watch) -> None:
    """One user's failures cannot be told from many."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    for _ in range(8):
        shop.visits(NEW, 20, known=False)
        shop.visits(OLD, 40, known=False)
        shop.errors(NEW, 10, "KeyError", known=False)
        shop.pass_time(1)
    verdicts = {one.verdict for one in shop.decisions()}
    assert Verdict.ROLLBACK not in verdicts
    assert Verdict.HOLD in verdicts


def test_a_release_that_nobody_deployed_can_at_most_be_recommended_against(watch: Watch) -> None:
    """Its deploy is inferred from its first sessions, and marked so."""
    shop = watch()
    canary(shop, 10, hurt=8)
    found = shop.evaluation()
    assert found is not None
    assert found.inferred
    assert "rollback" not in kinds(shop)


def test_going_back_to_the_replaced_release_is_not_judged(watch: Watch) -> None:
    """It is known already, and its old troubles are no news."""
    shop = watch()
    shop.deploy(NEW)
    shop.visits(NEW, 60)
    shop.pass_time(2)
    before = len(shop.decisions(OLD))
    shop.deploy(OLD)
    for _ in range(5):
        shop.visits(OLD, 60, hurt=30)
        shop.pass_time(1)
    assert len(shop.decisions(OLD)) == before


# Policies, and other evaluators --------------------------------------------------------------------------------------


def test_a_new_mode_is_a_decision_on_the_same_state(watch: Watch) -> None:
    """The test goes on where it was; what it calls for is what the new mode allows."""
    shop = watch(policy=f'mode = "recommend"{WEBHOOK}')
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 8, hurt=6)
    shop.apply(f'mode = "automatic"{WEBHOOK}')
    canary(shop, 1, hurt=0)
    assert kinds(shop)[-1] == "rollback"
    assert [one.mode for one in shop.decisions()][-1] == "automatic"


def test_a_policy_applied_anew_is_no_second_rollback(watch: Watch) -> None:
    """While the first is on its way, or was taken; one that could not be delivered is called for again."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 8, hurt=6)
    shop.apply(f'mode = "automatic"{WEBHOOK}')
    canary(shop, 1, hurt=0)
    assert kinds(shop).count("rollback") == 1
    assert shop.decisions()[-1].document["action"] is None
    with shop.engine.begin() as connection:
        connection.execute(update(tables.action).values(state="failed"))
    shop.apply(f'mode = "automatic"\nallowed_hosts = ["10.0.0.7"]{WEBHOOK}')
    canary(shop, 1, hurt=0)
    assert kinds(shop).count("rollback") == 2


def test_what_a_minute_showed_stays_when_a_new_margin_judges_anew(watch: Watch) -> None:
    """A decision's page is drawn from the minutes as they were when it was taken."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 5, hurt=2)
    before = shop.rows(tables.evaluation_minute)
    shop.apply(f'mode = "automatic"\nmargin = 0.9{WEBHOOK}')
    canary(shop, 1, hurt=2)
    assert [row for row in shop.rows(tables.evaluation_minute) if row in before] == before


def test_a_new_margin_judges_the_same_evidence_anew(watch: Watch) -> None:
    """From the first minute, and only the outcome is recorded."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 5, hurt=1)
    before = shop.evaluation()
    shop.apply(f'mode = "automatic"\nmargin = 0.5{WEBHOOK}')
    canary(shop, 1, hurt=1)
    after = shop.evaluation()
    assert before is not None
    assert after is not None
    assert after.policy != before.policy
    assert after.as_of == before.as_of + 1
    assert b'"margin":0.5' in after.state


def test_of_two_evaluators_one_decides(watch: Watch) -> None:
    """The slower one finds the evaluation moved, and writes nothing."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 1, hurt=6)
    shop.visits(NEW, 20, hurt=19)
    shop.skip(1)
    now = shop.clock.now()
    with shop.engine.connect() as connection:
        policy = policies.current(connection, "shop")
        closed = now // MINUTE - 1
        (slower,) = (one for one in reading.courses(connection, "shop", policy, closed) if one.deploy.release == NEW)
        course.fold(slower, reading.evidence_of(connection, "shop", policy, slower, slower.next_minute, closed))
    shop.clock.set(now + 10_000)
    shop.look()
    decided = shop.rows(tables.decision)
    look = writing.Look("shop", policy, now, now, continuous=False, public_url="")
    with pytest.raises(writing.Overtaken), SqlUnitOfWork(shop.engine) as unit:
        writing.write(unit, look, slower, slower.judged[-1].judgement)
    assert shop.rows(tables.decision) == decided


def test_nothing_is_folded_while_a_partition_stands_still(watch: Watch) -> None:
    """Its minute is not closed, so it is not judged; nor is the open one, for half of the data may be missing."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 2, hurt=0)
    before = shop.evaluation()
    shop.clock.set(shop.clock.now() + 10 * 60_000)
    shop.evaluator.tick()
    assert shop.evaluation() == before


def test_a_source_that_goes_silent_is_told_once(watch: Watch) -> None:
    """Silence is a fault to show, never a pass."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    canary(shop, 15, hurt=0)
    for _ in range(14):
        shop.visits(OLD, 40, hurt=1)
        shop.pass_time(1)
    assert kinds(shop).count("silent_source") == 1
    found = shop.evaluation()
    assert found is not None
    assert "silent_source" in found.judgement.held_by


def test_silence_that_begins_with_a_minute_held_before_it_closed_stops_nothing(watch: Watch) -> None:
    """Errors without sessions: the open minute's hold, and the silence told as it closes, are two decisions."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    for _ in range(9):
        shop.visits(OLD, 4)  # 2 are due on the new one, by its third of the traffic
        shop.pass_time(1)
    shop.visits(OLD, 3)
    shop.errors(NEW, 6, "ZeroDivisionError")
    shop.clock.set(shop.clock.now() + 20_000)
    shop.look()
    shop.visits(OLD, 3)
    for _ in range(4):
        shop.visits(OLD, 4)
        shop.pass_time(1)
    found = shop.evaluation()
    assert found is not None
    assert found.as_of >= shop.clock.now() // MINUTE - 2
    held = [(one.minute, one.provisional) for one in shop.decisions() if one.verdict is Verdict.HOLD]
    assert len({minute for minute, _ in held}) < len(held)


def test_issues_are_named_in_the_order_in_which_they_were_seen(watch: Watch) -> None:
    """And a reason speaks of an issue by its name."""
    shop = watch()
    shop.deploy(NEW, 0.33, "started")
    for kind in ("KeyError", "TypeError"):
        shop.errors(NEW, 3, kind)
        shop.visits(NEW, 20)
        shop.pass_time(1)
    named = {row["issue"]: row["number"] for row in shop.rows(tables.issue_name)}
    titles = {row["issue"]: row["title"].partition(":")[0] for row in shop.rows(tables.issue)}
    assert sorted((number, titles[issue]) for issue, number in named.items()) == [(1, "KeyError"), (2, "TypeError")]
    found = shop.evaluation()
    assert found is not None
    assert {reason.issue for reason in found.judgement.reasons} >= {"SHOP-1", "SHOP-2"}
