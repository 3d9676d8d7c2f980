"""analytics/trial: the evidence of all signals together."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.statistics import feedback
from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Past
from analytics.trial import known, trial
from analytics.trial.known import Known
from analytics.trial.minutes import Arm, Minute
from analytics.trial.trial import Kind, State, Trial

BINS, SEGMENTS, ISSUES = 6 * 24 * 3, 3, 2
SESSIONS_A_MINUTE = 40.0
RATE, ERROR_RATE, NEGATIVE = 0.02, 0.04, 0.2
KINDS: tuple[Kind, ...] = ("canary", "ramp", "replace")


Histories = tuple[Vector, Vector, Vector, Vector, Vector]


def histories(chance: np.random.Generator, releases: int) -> Histories:
    """Three steady days of so many services."""
    started = chance.poisson(10 * SESSIONS_A_MINUTE / SEGMENTS, (releases, BINS, SEGMENTS)).astype(float)
    hurt = chance.binomial(started.astype(int), RATE).astype(float)
    total = started.sum(axis=-1)
    errors = chance.binomial(total.astype(int), ERROR_RATE).astype(float)
    items = chance.poisson(5.0, total.shape).astype(float)
    return started, hurt, errors, items, chance.binomial(items.astype(int), NEGATIVE).astype(float)


def learned(told: Histories) -> Known:
    started, hurt, errors, items, negative = told
    total, nothing = started.sum(axis=-1), np.zeros_like(errors)
    crash = Past(started, hurt, nothing, nothing)
    return known.learn(crash, Past(total[..., np.newaxis], errors[..., np.newaxis], nothing, nothing), items, negative)


def service(chance: np.random.Generator, releases: int) -> Known:
    return learned(histories(chance, releases))


def arm(chance: np.random.Generator, releases: int, share: float, effect: float) -> Arm:
    started = chance.poisson(share * SESSIONS_A_MINUTE / SEGMENTS, (releases, SEGMENTS))
    total = started.sum(axis=-1)
    items = chance.poisson(share * 0.5, releases)
    return Arm(
        started.astype(float),
        chance.binomial(started, RATE * effect).astype(float),
        chance.binomial(total, ERROR_RATE).astype(float),
        items.astype(float),
        chance.binomial(items, NEGATIVE).astype(float),
    )


def minute(chance: np.random.Generator, releases: int, share: float, effect: float) -> Minute:
    nothing = np.zeros(releases)
    new, old = arm(chance, releases, share, effect), arm(chance, releases, 1.0 - share, 1.0)
    return Minute(np.full(releases, share), new, old, np.zeros((releases, ISSUES)), nothing, nothing)


def watched(kind: Kind, releases: int, minutes: int, effect: float) -> Vector:
    """``log E`` over the threshold, [R, T]."""
    chance = np.random.default_rng(7)
    share = 1.0 if kind == "replace" else 0.3
    of = trial.prepare(kind, service(chance, releases), share, minutes, 0.01)
    state, found = trial.begin(of, ISSUES), []
    for _ in range(minutes):
        state = trial.step(of, state, minute(chance, releases, share, effect))
        found.append(trial.log_evidence(of, state) - of.threshold)
    return np.stack(found, axis=-1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_release_keeps_its_evidence_low(kind: Kind) -> None:
    """Of 60 at an error budget of 1 %, looked at 100 times, at most 4: more come by chance once in 2,000 times."""
    assert (watched(kind, 60, 100, 1.0).max(axis=-1) >= 0.0).sum() <= 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_release_that_hurts_three_times_as_many_is_found(kind: Kind) -> None:
    """All but a few of them, in four hours."""
    assert (watched(kind, 10, 240, 3.0).max(axis=-1) >= 0.0).mean() >= 0.9


@pytest.mark.parametrize("kind", ["canary", "ramp"])
def test_without_any_count_nothing_is_said(kind: Kind) -> None:
    """Every stake still stands at 1, and they sum to 1: the evidence is nothing."""
    of, state = after_silence(kind, 0.3)
    assert trial.log_evidence(of, state) == pytest.approx([0.0, 0.0], abs=0.02)


def test_a_replace_that_falls_silent_is_a_fault_of_telemetry() -> None:
    """What was due counts as its exposure, so that users told of without sessions are no sign of harm."""
    of, state = after_silence("replace", 1.0)
    assert trial.faulty(state).all()
    assert (trial.log_evidence(of, state) < 0.0).all()


def after_silence(kind: Kind, share: float) -> tuple[Trial, State]:
    of = trial.prepare(kind, service(np.random.default_rng(1), 2), share, 60, 0.01)
    state = trial.begin(of, ISSUES)
    for _ in range(5):
        state = trial.step(of, state, silent(2, share))
    return of, state


def silent(releases: int, share: float) -> Minute:
    nothing, none = np.zeros(releases), np.zeros((releases, SEGMENTS))
    both = Arm(none, none, nothing, nothing, nothing)
    return Minute(np.full(releases, share), both, both, np.zeros((releases, ISSUES)), nothing, nothing)


@pytest.mark.parametrize("kind", KINDS)
def test_one_release_is_judged_as_among_many(kind: Kind) -> None:
    """The leading axis is only for speed: none of them knows of the others, nor that there are any."""
    chance = np.random.default_rng(3)
    share = 1.0 if kind == "replace" else 0.3
    told_before = histories(chance, 3)
    many = trial.prepare(kind, learned(told_before), share, 30, 0.01)
    started, hurt, errors, items, negative = (of[1:2] for of in told_before)
    one = trial.prepare(kind, learned((started, hurt, errors, items, negative)), share, 30, 0.01)
    state, alone = trial.begin(many, ISSUES), trial.begin(one, ISSUES)
    for _ in range(30):
        told = minute(chance, 3, share, 2.0)
        state, alone = trial.step(many, state, told), trial.step(one, alone, of_one(told, 1))
    assert trial.log_evidence(one, alone)[0] == pytest.approx(trial.log_evidence(many, state)[1])


def of_one(told: Minute, place: int) -> Minute:
    here = slice(place, place + 1)
    new, old = (
        Arm(one.started[here], one.hurt[here], one.errors[here], one.feedback[here], one.negative[here])
        for one in (told.new, told.old)
    )
    return Minute(told.share[here], new, old, told.issues[here], told.sibling_started[here], told.sibling_hurt[here])


def test_feedback_of_a_service_with_moods_is_not_taken_for_harm() -> None:
    """The share drifts as its own history did; a known share would be refuted by it."""
    chance = np.random.default_rng(5)
    moods = np.repeat(np.clip(NEGATIVE * np.exp(0.4 * chance.standard_normal((20, BINS // 36))), 0, 0.9), 36, axis=1)
    items = chance.poisson(200.0, moods.shape).astype(float)
    told = replace(
        service(chance, 20), habit=feedback.learn(items, chance.binomial(items.astype(int), moods).astype(float))
    )
    of = trial.prepare("replace", told, 1.0, 120, 0.01)
    state = trial.begin(of, ISSUES)
    for at in range(120):
        items_now = chance.poisson(20.0, 20)
        bad = chance.binomial(items_now, moods[:, -1] if at < 60 else moods[:, -2])
        quiet = silent(20, 1.0)
        said = replace(quiet.new, feedback=items_now.astype(float), negative=bad.astype(float))
        state = trial.step(of, state, replace(quiet, new=said))
    assert (trial.log_evidence(of, state) < of.threshold).mean() >= 0.9
