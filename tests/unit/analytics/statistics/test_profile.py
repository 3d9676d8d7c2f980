"""analytics/statistics/profile.py: from a history to the test of a replace, whatever the history is."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from analytics.statistics import hidden_cause, onset, profile
from analytics.statistics.causes import Counts
from analytics.statistics.e_process import EFFECTS, threshold
from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Past, Profile
from tests.fakes.service import DAY, Service, drifting, mean_one, shape_of_day

MARGIN, MINUTES = 0.05, 180


def even(bins: int, units: float, sessions: float, segments: int = 1) -> Past:
    """The same in each bin and segment, without siblings."""
    shape = (bins, segments)
    return Past(np.full(shape, sessions), np.full(shape, units), np.zeros(bins), np.zeros(bins))


def numbers(known: Profile) -> list[Vector]:
    """All that a test is made of."""
    return [
        known.season.rate,
        known.season.levels,
        known.siblings.rate,
        known.factors,
        known.spread,
        known.moving.spread,
        known.moving.coupling,
        known.moving.trust,
        np.asarray(known.incidents.days),
        np.asarray(known.incidents.minutes),
        known.traffic.sessions,
    ]


def watch_of(known: Profile) -> hidden_cause.Watch:
    return hidden_cause.Watch(profile.of_replace(known), EFFECTS, MARGIN, onset.usual(MINUTES))


def highest(known: Profile, past: Past, theta: float, chance: np.random.Generator) -> Vector:
    """The highest ``log E`` of each service in three hours after midnight, at theta times its rate."""
    services = past.started.shape[0]
    before = profile.history(known, past, known_at_start=True)
    last = Counts(*(getattr(before, each.name)[..., -36:] for each in fields(before)))
    watch = watch_of(known)
    state = hidden_cause.begin(watch, profile.of_replace(known, 10.0), last)
    drift = np.repeat(drifting((services, MINUTES // 10), chance), 10, axis=-1)
    reached = np.full(services, -np.inf)
    for minute in range(MINUTES):
        started, siblings = chance.poisson([[100.0], [200.0]], (2, services))
        rate = 0.01 * shape_of_day(DAY)[minute // 10]
        due = profile.own_due(known, started[:, None], minute)[:, 0]
        counts = Counts(
            own=chance.poisson(started * rate * theta * mean_one(0.2, drift[:, minute])),
            own_due=due,
            control=chance.poisson(siblings * rate),
            control_due=profile.sibling_due(known, siblings, minute),
        )
        state = hidden_cause.step(watch, state, counts)
        reached = np.maximum(reached, hidden_cause.log_evidence(watch, state))
    return reached


def test_releases_of_services_that_are_only_known_by_history_are_judged_rightly() -> None:
    """Of 150 healthy ones few reach the threshold, as alpha says; three times as bad nearly all."""
    chance = np.random.default_rng(1)
    past = Service(spread=0.2).past(150, chance)
    known = profile.learn(past)
    healthy, bad = (highest(known, past, theta, chance) for theta in (1.0, 3.0))

    assert (healthy >= threshold(0.05)).sum() <= stats.binom.ppf(0.999, 150, 0.05)
    assert (bad >= threshold(0.0025)).mean() > 0.9


def test_segments_have_rates_of_their_own() -> None:
    """One is three times as bad as the other, and has a third of the sessions: all of them together are due as seen."""
    past = Past(
        started=np.tile([600.0, 300.0], (14 * DAY, 1)),
        units=np.tile([6.0, 9.0], (14 * DAY, 1)),
        sibling_started=np.zeros(14 * DAY),
        sibling_units=np.zeros(14 * DAY),
    )
    known = profile.learn(past)

    assert known.factors[1] / known.factors[0] == pytest.approx(3.0, rel=0.02)
    assert profile.own_due(known, np.array([600.0, 300.0]), 77.0) == pytest.approx([6.0, 9.0], rel=0.02)
    assert profile.history(known, past, known_at_start=False).own_due == pytest.approx(
        np.full(14 * DAY, 15.0), rel=0.02
    )


def test_siblings_due_follow_their_own_sessions() -> None:
    """At half a percent."""
    past = Past(np.full((2_016, 1), 100.0), np.ones((2_016, 1)), np.full(2_016, 1_000.0), np.full(2_016, 5.0))

    assert profile.sibling_due(profile.learn(past), np.array(300.0), 5.0) == pytest.approx(1.5, rel=0.01)


@settings(deadline=None, max_examples=25)
@given(
    bins=some.sampled_from([0, 1, 7, 144, 200]),
    units=some.sampled_from([0.0, 1.0, 1e6]),
    sessions=some.sampled_from([0.0, 1.0, 1e6]),
    siblings=some.sampled_from([0.0, 1e6]),
    segments=some.integers(1, 3),
)
def test_whatever_history_is_a_test_can_be_made_of_it(
    bins: int, units: float, sessions: float, siblings: float, segments: int
) -> None:
    """None, a bin, no crash, only crashes, crashes without sessions, millions: numbers, and finite evidence."""
    past = even(bins, units, sessions, segments)
    past = Past(past.started, past.units, np.full(bins, siblings), np.full(bins, siblings / 2))
    known = profile.learn(past)
    watch = watch_of(known)
    due = profile.own_due(known, np.full(segments, 50.0), 30.0).sum()
    state = hidden_cause.step(
        watch, hidden_cause.begin(watch), Counts(np.array(1.0), due, np.array(0.0), np.array(0.0))
    )

    assert all(np.isfinite(each).all() for each in numbers(known))
    assert np.isfinite(hidden_cause.log_evidence(watch, state))


def test_without_history_there_is_hardly_any_evidence() -> None:
    """Where a unit in a hundred sessions was guessed, three times as many for an hour prove nothing."""
    known = profile.learn(even(0, 0.0, 0.0))
    watch = watch_of(known)
    state = hidden_cause.begin(watch)
    for minute in range(60):
        due = profile.own_due(known, np.array([100.0]), float(minute))[0]
        state = hidden_cause.step(watch, state, Counts(np.array(3.0), due, np.array(0.0), np.array(0.0)))

    assert hidden_cause.log_evidence(watch, state) < 2.0


def test_services_side_by_side_are_what_each_is_alone() -> None:
    """All that is learned of them."""
    past = Service(spread=0.3, coupling=0.5, days=6).past(3, np.random.default_rng(2))
    one = Past(*(getattr(past, each.name)[1] for each in fields(past)))

    for many, alone in zip(numbers(profile.learn(past)), numbers(profile.learn(one)), strict=True):
        assert many[1] == pytest.approx(alone)
