"""Whatever minutes come, the engine's answer is a number that can be read, and explains itself."""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.verdict import engine
from analytics.verdict.engine import State
from analytics.verdict.score import BANDS
from models.domain.evidence import ArmMinute, Baseline, EvidenceMinute, History, IssueMinute
from models.domain.policy import Policy
from models.domain.verdict import Judgement, Verdict

COUNTS = some.integers(0, 3) | some.integers(0, 10**12)
DELTAS = some.integers(-3, 50) | some.integers(-(10**12), 10**12)
ARMS = some.builds(
    ArmMinute,
    started=DELTAS,
    healthy=DELTAS,
    errored=DELTAS,
    unhandled=DELTAS,
    abnormal=DELTAS,
    crashed=DELTAS,
    hurt=COUNTS,
    anonymous=COUNTS,
)
ISSUES = some.dictionaries(some.sampled_from("abcdef"), some.tuples(COUNTS, COUNTS), max_size=3).map(
    lambda told: tuple(IssueMinute(name, *users) for name, users in sorted(told.items()))
)
EXPOSURES = some.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]) | some.floats(0.0, 1.0)
STREAMS = some.lists(some.tuples(some.integers(1, 3), EXPOSURES, ARMS, ARMS, ISSUES), min_size=1, max_size=12)
POLICIES = some.builds(
    Policy,
    false_rollbacks_per_1000=some.floats(0.001, 200.0),
    margin=some.floats(0.001, 1.0),
    bake_minutes=some.integers(1, 20),
)
HISTORIES = some.just(History()) | some.builds(
    History, some.integers(1, 1440), some.integers(1, 10**9), some.integers(0, 10**9), some.integers(0, 10**9)
)
BASELINES = some.sampled_from([Baseline(None, "none"), Baseline("r1", "sequential"), Baseline("r1", "concurrent")])
STARTS = some.builds(engine.begin, POLICIES, HISTORIES, BASELINES, inferred=some.booleans())


def minutes(stream: list[tuple[int, float, ArmMinute, ArmMinute, tuple[IssueMinute, ...]]]) -> list[EvidenceMinute]:
    """In order, with gaps."""
    number, found = 0, []
    for gap, exposure, new, old, issues in stream:
        number += gap
        found.append(EvidenceMinute(number, exposure, new, old, issues))
    return found


def course(state: State, evidence: list[EvidenceMinute]) -> tuple[list[State], list[Judgement]]:
    states, judgements = [], []
    for minute in evidence:
        state, judgement = engine.observe(state, minute)
        states.append(state)
        judgements.append(judgement)
    return states, judgements


def numbers(value: Any) -> list[float]:
    """Every number inside a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    found = [float(value)] if isinstance(value, int | float) else []
    return [*found, *(number for one in inner for number in numbers(one))]


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_every_number_is_finite(start: State, stream: list[Any]) -> None:
    """In the judgements and in the states: JSON has no infinity."""
    states, judgements = course(start, minutes(stream))

    assert all(isfinite(number) for one in judgements for number in numbers(asdict(one)))
    assert all(isfinite(number) for one in states for number in numbers(msgspec.structs.asdict(one)))
    json.dumps([asdict(one) for one in judgements], allow_nan=False)


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_score_points_and_verdict_agree(start: State, stream: list[Any]) -> None:
    """Points add up to what is missing from 100, and the score lies in the verdict's band."""
    for judgement in course(start, minutes(stream))[1]:
        points = sum(reason.points for reason in judgement.reasons)
        assert 0.0 <= judgement.confidence <= 1.0
        assert judgement.reasons
        if judgement.score is None:
            assert (judgement.verdict, points) == (Verdict.INSUFFICIENT_DATA, 0.0)
            continue
        low, high = BANDS.get(judgement.verdict, (0.0, 100.0))
        assert low <= judgement.score <= high
        assert round(points, 1) == round(100.0 - judgement.score, 1)
        assert all(reason.points >= 0.0 for reason in judgement.reasons)


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_shares_and_rates_lie_between_none_and_all(start: State, stream: list[Any]) -> None:
    """Whatever deltas say, and every interval has its value inside."""
    for judgement in course(start, minutes(stream))[1]:
        for reason in judgement.reasons:
            told = [one for one in (reason.low, reason.value, reason.high, reason.base) if one is not None]
            assert all(0.0 <= one <= 1.0 for one in told)
            if reason.low is not None and reason.value is not None and reason.high is not None:
                assert reason.low - 1e-6 <= reason.value <= reason.high + 1e-6


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_the_same_minutes_give_the_same_bytes(start: State, stream: list[Any]) -> None:
    """Also when each state is stored and loaded in between."""
    evidence = minutes(stream)
    states, judgements = course(start, evidence)
    state = engine.load(engine.dump(start))
    for minute, expected, judged in zip(evidence, states, judgements, strict=True):
        state, judgement = engine.observe(state, minute)
        assert engine.dump(state) == engine.dump(expected)
        assert judgement == judged
        assert engine.load(engine.dump(state)) == state
        state = engine.load(engine.dump(state))


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_a_rollback_stays_and_needs_a_baseline_beside(start: State, stream: list[Any]) -> None:
    """Nothing takes it back; and where nothing ever served beside, there is none."""
    evidence = minutes(stream)
    verdicts = [one.verdict for one in course(start, evidence)[1]]
    if Verdict.ROLLBACK in verdicts:
        first = verdicts.index(Verdict.ROLLBACK)
        assert set(verdicts[first:]) == {Verdict.ROLLBACK}
        assert start.concurrent
        assert any(0.0 < minute.exposure < 1.0 for minute in evidence[: first + 1])


@settings(deadline=None)
@given(STARTS, STREAMS)
def test_no_pass_without_sessions_of_both(start: State, stream: list[Any]) -> None:
    """A release is let go on only beside a baseline on which users were hurt, with sessions of its own."""
    states, judgements = course(start, minutes(stream))
    for state, judgement in zip(states, judgements, strict=True):
        if judgement.verdict is Verdict.CONTINUE:
            assert state.overlap > 0
            assert state.hurt_old > 0
            assert state.due > 0
