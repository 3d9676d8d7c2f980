"""analytics/statistics/stakes.py: prospects by enumeration of all counts, and that stakes are stakes."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from analytics.statistics import likelihood, onset, stakes
from analytics.statistics.e_process import EFFECT_WEIGHTS, EFFECTS, ISSUE_EFFECTS, ISSUE_RATE, threshold
from analytics.statistics.likelihood import Vector
from analytics.statistics.stakes import SIGNAL_STAKES, Prospect, Signal

NEED = threshold(0.0025)
COUNTS = np.arange(400)
VOLUMES = some.sampled_from([0.0, 1e-9, 1e6]) | some.floats(0.0, 1e6)


def moments(chances: Vector, ratios: Vector) -> tuple[float, float]:
    """The mean and the variance of log-likelihood ratios that come with such chances."""
    mean = float((chances * ratios).sum())
    return mean, float((chances * (ratios - mean) ** 2).sum())


def at_each_effect(found: Prospect, law: Callable[[float], tuple[float, float]], effects: Vector = EFFECTS) -> None:
    expected = np.array([law(float(effect)) for effect in effects])
    assert found.information == pytest.approx(expected[:, 0], rel=1e-6)
    assert found.variance == pytest.approx(expected[:, 1], rel=1e-6)


def test_a_count_tells_what_its_poisson_laws_do() -> None:
    """Nine units due; by the sum over all counts."""

    def law(effect: float) -> tuple[float, float]:
        chances = stats.poisson.pmf(COUNTS, 9.0 * effect)
        return moments(chances, likelihood.known_mean(np.array(effect), COUNTS, 9.0))

    at_each_effect(stakes.count(9.0, EFFECTS), law)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_units_beside_the_old_arm_tell_what_both_counts_do(share: float) -> None:
    """Six due on the new arm, and as many on the old one as its exposure says; by the sum over all pairs."""
    old = stats.poisson.pmf(COUNTS, 6.0 * (1 - share) / share)

    def law(effect: float) -> tuple[float, float]:
        chances = stats.poisson.pmf(COUNTS, 6.0 * effect)[:, None] * old
        return moments(chances, likelihood.concurrent(np.array(effect), COUNTS[:, None], COUNTS, share))

    at_each_effect(stakes.conditional(6.0, share, EFFECTS), law)


def test_beside_an_arm_of_all_traffic_a_unit_tells_as_much_as_with_a_known_mean() -> None:
    """As the share goes to nothing, the old arm makes the rate known."""
    beside, known = stakes.conditional(9.0, 1e-9, EFFECTS), stakes.count(9.0, EFFECTS)

    assert beside.information == pytest.approx(known.information, rel=1e-6)
    assert beside.variance == pytest.approx(known.variance, rel=1e-6)


def test_new_issues_tell_what_their_counts_do() -> None:
    """In 5,000 sessions of which healthy issues hit 2; by the sum over all counts."""

    def law(rate: float) -> tuple[float, float]:
        chances = stats.poisson.pmf(COUNTS, 5_000.0 * rate)
        ratios = stats.poisson.logpmf(COUNTS, 5_000.0 * rate) - stats.poisson.logpmf(COUNTS, 5_000.0 * ISSUE_RATE)
        return moments(chances, ratios)

    rates = ISSUE_RATE * ISSUE_EFFECTS
    at_each_effect(stakes.new_issue(5_000.0, rates, ISSUE_RATE), law, rates)


@pytest.mark.parametrize("share", [0.05, 0.4])
def test_feedback_tells_what_its_binomial_laws_do(share: float) -> None:
    """Forty items; three times .4 is .95, not more."""

    def law(effect: float) -> tuple[float, float]:
        bad = np.arange(41)
        chances = stats.binom.pmf(bad, 40, min(effect * share, 0.95))
        return moments(chances, likelihood.proportion(np.array(effect), bad, 40, share))

    at_each_effect(stakes.feedback(40.0, share, np.array([1.5, 2.0, 3.0])), law, np.array([1.5, 2.0, 3.0]))


def test_the_chance_is_that_of_a_normal_end() -> None:
    """20 nats on average, 16 of variance, against a need of 9 and the spare one: 2.5 standard deviations."""
    found = stakes.chance(Prospect(np.array([20.0]), np.array([16.0])), 9.0)

    assert found == pytest.approx(stats.norm.cdf(2.5))


def priors_and_chances(sessions: Vector, segments: int) -> tuple[dict[Signal, Vector], dict[Signal, Vector]]:
    """Of releases with so many sessions each, of which 1 % hurt a user; half as many new issues and no feedback."""
    shares = np.array([1.0] if segments == 1 else [1.0, *[1.0 / segments] * segments])
    prospects: dict[Signal, Prospect] = {
        "crash": stakes.count(0.01 * sessions[:, None] * shares, EFFECTS),
        "errors": stakes.count(0.03 * sessions[:, None], EFFECTS),
        "issue": stakes.new_issue(sessions[:, None], ISSUE_RATE * ISSUE_EFFECTS, ISSUE_RATE),
        "feedback": stakes.feedback(np.zeros((len(sessions), 1)), 0.2, np.array([1.5, 2.0, 2.5, 3.0])),
    }
    even = np.full(4, 0.25)
    prior: dict[Signal, Vector] = {
        "crash": stakes.prior("crash", segments),
        "errors": stakes.prior("errors", 1),
        "issue": stakes.prior("issue", 1, even),
        "feedback": stakes.prior("feedback", 1, even),
    }
    return prior, {signal: stakes.chance(prospect, NEED) for signal, prospect in prospects.items()}


@given(some.lists(VOLUMES, min_size=1, max_size=4), some.integers(1, 5))
def test_stakes_are_at_least_nothing_and_sum_to_one(sessions: list[float], segments: int) -> None:
    """At any volume; each release by itself is what it is among others."""
    prior, chances = priors_and_chances(np.array(sessions), segments)
    together = stakes.share_out(prior, chances)
    alone = [stakes.share_out(*priors_and_chances(np.array([one]), segments)) for one in sessions]

    total = sum(cells.sum(axis=(-2, -1)) for cells in together.values())
    assert total == pytest.approx(np.ones(len(sessions)))
    for signal, cells in together.items():
        assert (cells >= 0.0).all()
        assert cells == pytest.approx(np.concatenate([one[signal] for one in alone]))


def test_before_volume_is_known_stakes_are_the_priors() -> None:
    """Crash has half; of that segments have 30 %; a segment that is all traffic has no second stream."""
    assert sum(SIGNAL_STAKES.values()) == pytest.approx(1.0)
    assert stakes.prior("crash", 3).sum(axis=-1) == pytest.approx([0.35, 0.05, 0.05, 0.05])
    assert stakes.prior("crash", 1) == pytest.approx(0.5 * EFFECT_WEIGHTS[None])


def test_few_sessions_bet_on_large_effects_and_many_on_small_ones_too() -> None:
    """600 sessions tell nothing of x1.2, of segments and of feedback; so most is on what can be won: .89, of .43."""
    few, many = (stakes.share_out(*priors_and_chances(np.array([volume]), 5)) for volume in (600.0, 1.2e6))

    assert few["crash"][0, 0, 0] < 0.01 < stakes.prior("crash", 5)[0, 0]
    assert few["crash"][0, 0, 3:].sum() + few["errors"][0, 0, 2:].sum() + few["issue"].sum() > 0.85
    assert many["crash"][0, 0] == pytest.approx(many["crash"].sum() * 0.7 * EFFECT_WEIGHTS, rel=0.05)
    assert many["feedback"].sum() < 0.01


def test_a_signals_stakes_are_those_on_its_streams_times_those_on_their_effects() -> None:
    """And within each stream they sum to 1."""
    cells = stakes.share_out(*priors_and_chances(np.array([600.0, 1e5]), 3))["crash"]
    of_streams, within = stakes.by_stream(cells)

    assert np.exp(of_streams[..., None] + within) == pytest.approx(cells)
    assert np.logaddexp.reduce(within, axis=-1) == pytest.approx(np.zeros((2, 4)))


def test_a_late_onset_that_leaves_no_time_has_hardly_a_stake() -> None:
    """With 40 nats in the whole watch, the last tenth has 4: too few for the threshold."""
    found = stakes.onsets(Prospect(np.array(40.0), np.array(60.0)), NEED, 720)
    usual = onset.stakes(720)

    assert found.sum() == pytest.approx(1.0)
    assert found[0] > usual[0]
    assert found[700] < 0.05 * usual[700]


@given(some.lists(VOLUMES, min_size=1, max_size=4), some.sampled_from([1, 2, 720]))
def test_stakes_on_onsets_sum_to_one_at_any_volume(units: list[float], minutes: int) -> None:
    """Where nothing is told, or everything at once, they are the usual ones."""
    prospect = stakes.count(np.array(units), np.array([stakes.ONSET_EFFECT]))
    found = stakes.onsets(Prospect(prospect.information[:, 0], prospect.variance[:, 0]), NEED, minutes)

    assert (found > 0.0).all()
    assert found.sum(axis=-1) == pytest.approx(np.ones(len(units)))
    for row, volume in zip(found, units, strict=True):
        if volume == 0.0:
            usual = onset.stakes(minutes)[:minutes]
            assert row == pytest.approx(usual / usual.sum())
