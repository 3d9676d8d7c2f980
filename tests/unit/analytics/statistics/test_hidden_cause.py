"""analytics/statistics/hidden_cause.py: against sums over all courses and onsets, and its guarantees by enumeration."""

from itertools import product
from math import log

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import causes, hidden_cause, onset
from analytics.statistics.causes import Counts, Siblings
from analytics.statistics.e_process import EFFECTS, LOG_EFFECT_WEIGHTS, log_healthy, threshold
from analytics.statistics.hidden_cause import Watch
from analytics.statistics.likelihood import Vector
from tests.fakes.causes import SMALL, STATES, by_enumeration, emission, of, step

MARGIN = 0.05
FEW_EFFECTS = np.array([1.5, 4.0])
EVEN = np.log([0.5, 0.5])
STAKES = np.array([0.5, 0.2, 0.2, 0.1])
SMALL_WATCH = Watch(SMALL, FEW_EFFECTS, MARGIN, onset.schedule(STAKES))


def siblings(trust: float = 1.0) -> Siblings:
    """They drift as the service does, by half as much, and not of themselves if they are trusted."""
    return Siblings(np.array(0.1), np.array(0.5), np.array(trust))


def usual_watch(minutes: int = 720) -> Watch:
    return Watch(causes.beside_siblings(0.2, siblings()), EFFECTS, MARGIN, onset.usual(minutes))


def healthy(minutes: int, releases: int, units: float, on_siblings: float, seed: int, theta: float = 1.0) -> Counts:
    """Counts by the model itself: drift of .2 that siblings share half, incidents of either kind, no grain."""
    chance = np.random.default_rng(seed)
    model = causes.beside_siblings(0.2, siblings())
    states = np.array([chance.choice(model.usual.size, p=model.usual.ravel()) for _ in range(releases)])
    counts = []
    for _ in range(minutes):
        kind, level = np.unravel_index(states, model.usual.shape)
        kind = (chance.random((releases, 1)) > np.cumsum(model.kinds[kind], axis=-1)).sum(axis=-1).clip(0, 9)
        level = (chance.random((releases, 1)) > np.cumsum(model.drift[level], axis=-1)).sum(axis=-1).clip(0, 12)
        states = kind * 13 + level
        counts.append([units * theta * model.own.times[kind, level], on_siblings * model.control.times[kind, level]])
    own, control = np.moveaxis(chance.poisson(np.array(counts)), 0, -1)
    return of(own, units, control, on_siblings)


# What it computes ---------------------------------------------------------------------------------------------------


def test_the_recursion_is_the_mixture_over_every_onset_and_effect() -> None:
    """Each with the filter that it would have alone: the sum over all courses of states, for each onset and effect."""
    counts = of([3, 1, 7], 2.0, [4, 3, 5], 4.0)
    state = hidden_cause.begin(SMALL_WATCH)
    for minute in range(3):
        state = hidden_cause.step(SMALL_WATCH, state, counts.at(minute))
    one = by_enumeration(counts, [1.0] * 3).sum()
    numerator = STAKES[3:].sum()
    for effect, begun in product(FEW_EFFECTS, range(3)):
        numerator += 0.5 * STAKES[begun] * by_enumeration(counts, [1.0] * begun + [effect] * (3 - begun)).sum() / one
    at_margin = log(by_enumeration(counts, [1.0 + MARGIN] * 3).sum() / one)

    assert not hidden_cause.frozen(SMALL_WATCH, state)
    assert state.at_margin == pytest.approx(at_margin)
    expected = log(numerator) - float(log_healthy(at_margin))
    assert hidden_cause.log_evidence(SMALL_WATCH, state, EVEN) == pytest.approx(expected)


# What it guarantees -------------------------------------------------------------------------------------------------

OWN_SEEN, CONTROL_SEEN, DUE = range(9), range(4), 0.2


def every_course(minutes: int) -> Counts:
    """All counts of the service up to 8 and of its control up to 3, in each minute: 36 to the power of minutes."""
    each = np.array(list(product(product(OWN_SEEN, CONTROL_SEEN), repeat=minutes)))
    return of(each[..., 0], DUE, each[..., 1], DUE)


def chances(counts: Counts, theta: float) -> Vector:
    """How likely each of these courses is by the model: its forward algorithm, written out for `STATES`."""
    ways = np.array([[step(one, other) for other in range(len(STATES))] for one in range(len(STATES))])
    here = np.array([SMALL.usual[state] for state in STATES])[:, None]
    for minute in range(counts.own.shape[-1]):
        here = (ways.T @ here) * emission(counts.at(minute), theta)
    chance: Vector = here.sum(axis=0)
    return chance


def test_the_numerators_mean_is_one_at_no_effect_and_at_the_margin() -> None:
    """Over all 46,656 courses of three minutes; also those in which the control froze the watch, which are some."""
    counts = every_course(3)
    state, froze = hidden_cause.begin(SMALL_WATCH), np.zeros(counts.own.shape[0], dtype=bool)
    for minute in range(3):
        froze |= hidden_cause.frozen(SMALL_WATCH, state)
        state = hidden_cause.step(SMALL_WATCH, state, counts.at(minute))
    evidence = hidden_cause.log_evidence(SMALL_WATCH, state, EVEN)
    numerator = np.exp(evidence + log_healthy(state.at_margin))
    at_one, at_margin = chances(counts, 1.0), chances(counts, 1.0 + MARGIN)

    assert at_one.sum() == pytest.approx(1.0, abs=1e-3)
    assert 0.01 < (at_one * froze).sum() < 0.5
    assert 0.99 < (at_one * numerator).sum() <= 1.0 + 1e-9
    assert 0.99 < (at_margin * numerator / np.exp(state.at_margin)).sum() <= 1.0 + 1e-9
    assert (at_one * np.exp(evidence)).sum() <= 1 / 0.85


@pytest.mark.parametrize(("units", "theta"), [(0.1, 1.0), (3.0, 1.0), (100.0, 1.0), (3.0, 1.05)])
def test_a_healthy_release_rarely_reaches_the_threshold(units: float, theta: float) -> None:
    """300 watches of three hours of services that drift and break as the model says, looked at in each minute."""
    counts = healthy(180, 300, units, 3 * units, seed=5, theta=theta)
    watch = usual_watch(180)
    reached = (hidden_cause.course(watch, hidden_cause.begin(watch), counts).max(axis=-1) >= threshold(0.1)).sum()

    assert reached <= stats.binom.ppf(0.999, 300, 0.1)


# How it behaves -----------------------------------------------------------------------------------------------------


def steady(watch: Watch, own: float, control: float, minutes: int, due: float = 4.0) -> Vector:
    """``log E`` in each minute of such counts, where ``due`` were due on either."""
    counts = of(np.full(minutes, own), due, np.full(minutes, control), due)
    return hidden_cause.course(watch, hidden_cause.begin(watch), counts)


def test_a_bad_release_is_found_and_a_healthy_one_is_not() -> None:
    """Three times the four due a minute, within the hour; and as many as due, never."""
    assert steady(usual_watch(), 12, 4, 60).max() > threshold(0.0025)
    assert steady(usual_watch(), 4, 4, 300).max() < 0.5


def test_what_siblings_have_too_is_not_held_against_the_release() -> None:
    """Three times as many everywhere: the test freezes, and evidence stays where it was."""
    assert steady(usual_watch(), 12, 12, 60).max() < 2.0


def test_noisy_siblings_show_an_incident_at_once() -> None:
    """Of a hundred units a minute that drift by themselves, trusted for a hundredth: in the first minute of it.

    What the service had then is no evidence, in spite of the stake of the first minute.
    """
    noisy = Siblings(np.array(0.3), np.array(0.3), np.array(0.01))
    watch = Watch(causes.beside_siblings(0.2, noisy), EFFECTS, MARGIN, onset.usual(720))
    state = hidden_cause.step(watch, hidden_cause.begin(watch), of(120, 30.0, 400, 100.0))

    assert hidden_cause.frozen(watch, state)
    assert hidden_cause.log_evidence(watch, state) < 0.5


def test_a_frozen_test_gains_and_loses_nothing_but_follows_the_counts() -> None:
    """From the minute after the control looks like an incident."""
    watch = usual_watch()
    state = hidden_cause.begin(watch)
    while not hidden_cause.frozen(watch, state):
        state = hidden_cause.step(watch, state, of(12, 4.0, 16, 4.0))
    later = hidden_cause.step(watch, state, of(200, 4.0, 16, 4.0))

    assert hidden_cause.log_evidence(watch, later) == pytest.approx(hidden_cause.log_evidence(watch, state))
    assert later.at_margin == state.at_margin
    assert np.abs(later.beliefs.service - state.beliefs.service).max() > 0.1


def test_without_siblings_nothing_is_frozen_and_a_bad_release_takes_longer() -> None:
    """None due and none seen: only that it lasts tells it from an incident that siblings would have denied."""
    alone = usual_watch()
    counts = of(np.full(150, 12), 4.0, np.zeros(150), 0.0)
    state = hidden_cause.begin(alone)
    course = hidden_cause.course(alone, state, counts)

    assert hidden_cause.incident(alone, state) < 0.05
    assert course.max() > threshold(0.0025)
    assert course[60] < threshold(0.0025) < steady(alone, 12, 4, 61)[60]


def test_an_incident_that_ran_before_the_deploy_is_known() -> None:
    """Its own incident of an hour, still on at the deploy: less evidence than if it had begun with the release."""
    watch = usual_watch()
    ten_minutes = causes.beside_siblings(0.2, siblings(), minutes=10.0)
    before = of([*[40] * 30, *[140] * 6], 40.0, [40] * 36, 40.0)
    running = hidden_cause.begin(watch, ten_minutes, before)
    counts = of(np.full(10, 14), 4.0, np.full(10, 4), 4.0)

    assert hidden_cause.course(watch, running, counts).max() < 1.0
    assert hidden_cause.course(watch, hidden_cause.begin(watch), counts).max() > 3.0


def test_the_onset_is_told() -> None:
    """Calm for 90 minutes, then three times as many: each effect says so."""
    watch, state = usual_watch(), hidden_cause.begin(usual_watch())
    for minute in range(130):
        state = hidden_cause.step(watch, state, of(4 if minute < 90 else 12, 4.0, 4, 4.0))

    assert state.onsets.since[3] == pytest.approx(90, abs=3)


def test_releases_side_by_side_are_what_each_is_alone() -> None:
    """With models, stakes and counts of their own."""
    spreads, counts = np.array([0.1, 0.4]), healthy(30, 2, 3.0, 5.0, seed=8)
    stakes = np.stack([onset.stakes(40), np.full(40, 1 / 40)])
    together = Watch(causes.beside_siblings(spreads, siblings(0.3)), EFFECTS, MARGIN, onset.schedule(stakes))
    course = hidden_cause.course(together, hidden_cause.begin(together), counts)

    for number in range(2):
        model = causes.beside_siblings(spreads[number], siblings(0.3))
        alone = Watch(model, EFFECTS, MARGIN, onset.schedule(stakes[number]))
        own = Counts(*(each[number] for each in (counts.own, counts.own_due, counts.control, counts.control_due)))
        assert course[number] == pytest.approx(hidden_cause.course(alone, hidden_cause.begin(alone), own))


def test_one_model_serves_many_releases() -> None:
    """A model without leading axes, and counts with one."""
    counts, watch = healthy(10, 3, 3.0, 5.0, seed=9), usual_watch()
    course = hidden_cause.course(watch, hidden_cause.begin(watch), counts)
    state = hidden_cause.begin(watch)
    for minute in range(10):
        state = hidden_cause.step(watch, state, of(counts.own[1, minute], 3.0, counts.control[1, minute], 5.0))

    assert course.shape == (3, 10)
    assert hidden_cause.log_evidence(watch, state) == pytest.approx(course[1, -1])


def test_weights_of_effects_are_those_of_stakes() -> None:
    """All on one effect is the bet on it alone."""
    watch, state = usual_watch(), hidden_cause.begin(usual_watch())
    for _ in range(20):
        state = hidden_cause.step(watch, state, of(12, 4.0, 4, 4.0))
    with np.errstate(divide="ignore"):
        on_three = np.log(EFFECTS == 3.0)

    usual = hidden_cause.log_evidence(watch, state, LOG_EFFECT_WEIGHTS)
    assert hidden_cause.log_evidence(watch, state, on_three) > usual > 0.0


@pytest.mark.parametrize("counts", [of(0, 0.0, 0, 0.0), of(10**6, 1.0, 0, 1.0), of(0, 1e6, 10**6, 1e6)])
def test_extreme_counts_are_finite(counts: Counts) -> None:
    """A million units where one was due, none where a million were: five minutes of it, one after another."""
    watch, state = usual_watch(), hidden_cause.begin(usual_watch())
    for each in [counts, of(10**6, 1e6, 10**6, 1e6), counts, of(0, 1.0, 0, 1.0), counts]:
        state = hidden_cause.step(watch, state, each)
        assert np.isfinite(hidden_cause.log_evidence(watch, state))
        assert np.isfinite(state.onsets.running).all()
        assert 0.0 <= hidden_cause.incident(watch, state) <= 1.0 + 1e-9
