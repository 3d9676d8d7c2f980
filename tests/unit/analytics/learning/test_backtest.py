"""analytics/learning/backtest.py: a release's minutes under a policy, as the evaluator would have decided."""

from collections.abc import Sequence

from analytics.learning.backtest import Look, Past, Replayed, Run
from models.domain.deploy import Deploy, Step
from models.domain.evidence import EvidenceMinute
from models.domain.policy import Consequence, Limit, Policy, Quantity, Signal, SignalPolicy
from models.domain.verdict import Mode, Verdict
from tests.fakes.evidence import A_DAY, FIRST, OLD, Watched, minute, numbered

NEW = "shop@1.5.0"
AUTOMATIC = Policy(mode=Mode.AUTOMATIC)
BAD = [minute(2, 1)] * 15
LITTLE, HOLD, ROLLBACK = Verdict.INSUFFICIENT_DATA, Verdict.HOLD, Verdict.ROLLBACK


def past(*looks: Look, inferred: bool = False, irreversible: bool = False) -> Past:
    start = Step(FIRST * 60_000, "started", 0.3)
    deploy = Deploy("d1", "production", NEW, OLD, (start,), inferred=inferred, irreversible=irreversible)
    return Past(deploy, A_DAY, looks)


def replay(of: Past, policy: Policy, minutes: Sequence[EvidenceMinute]) -> Replayed:
    run = Run(of, policy)
    for one in numbered(minutes):
        run.fold(one)
    return run.finish()


def told(replayed: Replayed) -> list[tuple[int, Verdict, str | None]]:
    """Minutes since the deploy, verdicts, and what is called for."""
    return [(change.minute - FIRST, change.verdict, change.call) for change in replayed.changes]


def test_a_replay_says_what_the_engine_says() -> None:
    """After each minute; and each change once, with what it calls for."""
    run = Run(past(), AUTOMATIC)
    verdicts = [run.fold(one) for one in numbered(BAD)]
    assert verdicts == Watched().see(*BAD).verdicts
    found = told(run.finish())
    assert [verdict for _, verdict, _ in found] == [LITTLE, HOLD, ROLLBACK]
    assert [call for _, _, call in found] == [None, "hold", "rollback"]
    assert [number for number, _, _ in found] == [0, verdicts.index(HOLD), verdicts.index(ROLLBACK)]


def test_the_mode_and_the_deploy_say_what_is_done() -> None:
    """The verdicts stay."""
    assert replay(past(), Policy(), BAD).calls_for("rollback_recommended")
    assert replay(past(inferred=True), AUTOMATIC, BAD).calls_for("rollback_recommended")
    assert replay(past(irreversible=True), AUTOMATIC, BAD).calls_for("rollback_withheld")
    observing = replay(past(), Policy(mode=Mode.OBSERVE), BAD)
    assert [call for _, _, call in told(observing)] == [None, None, None]
    recommends = Policy(mode=Mode.AUTOMATIC, signals={Signal.USERS: SignalPolicy(mode=Mode.RECOMMEND)})
    assert not replay(past(), recommends, BAD).calls_for("rollback")


def test_what_was_decided_while_a_minute_was_open_is_decided_again() -> None:
    """After the minute before it, and its state stays as holds and rollbacks do."""
    burst = minute(20, 1)
    look = Look(FIRST + 1, tuple(numbered([burst], FIRST + 2)))
    quiet = [minute(0, 1)] * 6
    found = replay(past(look), AUTOMATIC, quiet)
    assert told(found) == [(0, LITTLE, None), (2, ROLLBACK, "rollback")]
    assert [change.provisional for change in found.changes] == [False, True]
    assert told(replay(past(), AUTOMATIC, quiet)) == [(0, LITTLE, None)]


def test_a_look_after_the_last_minute_counts_too() -> None:
    """The watch may have ended before its minute closed."""
    look = Look(FIRST + 2, tuple(numbered([minute(20, 1)], FIRST + 3)))
    assert told(replay(past(look), AUTOMATIC, [minute(0, 1)] * 3))[-1] == (3, ROLLBACK, "rollback")


def test_a_look_that_is_not_graver_changes_nothing() -> None:
    """Under another policy, what was urgent then may not be."""
    look = Look(FIRST + 1, tuple(numbered([minute(20, 1)], FIRST + 2)))
    other = Policy(signals={Signal.USERS: SignalPolicy(mode=Mode.OBSERVE)})
    quiet = [minute(0, 1)] * 6
    assert replay(past(look), other, quiet) == replay(past(), other, quiet)


def test_a_limit_holds_here_as_it_would_have() -> None:
    """And recommends as it is broken."""
    limit = Limit(Quantity.HURT, 20, 5, Consequence.ROLLBACK_RECOMMENDED)
    incident = [minute(0, 1), minute(9, 21), minute(9, 21), minute(9, 21)]
    assert told(replay(past(), Policy(limits=(limit,)), incident)) == [
        (0, LITTLE, None),
        (3, HOLD, "rollback_recommended"),
    ]


def test_a_change_is_the_same_whether_its_minute_was_open_or_not() -> None:
    """Seconds are no difference between two policies."""
    look = Look(FIRST + 1, tuple(numbered([minute(20, 1)], FIRST + 2)))
    minutes = [minute(0, 1), minute(0, 1), minute(20, 1), minute(0, 1)]
    assert replay(past(look), AUTOMATIC, minutes) == replay(past(), AUTOMATIC, minutes)
