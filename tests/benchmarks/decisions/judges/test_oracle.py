"""The oracle: its likelihoods against scipy's, and what it does to healthy releases."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.decisions.judges.oracle import LikelihoodRatio, log_ratios
from benchmarks.decisions.streams import Counts, Episode, Shares
from tests.fakes.streams import Steady, draw, truth_of

FAULTS = {
    "crash": Steady(effect=2.0, onset=20),
    "niche": Steady(kind="replace", effect=3.0, segment=1),
    "errors": Steady(kind="ramp", signal="errors", effect=1.5),
    "issue": Steady(signal="issue", effect=2.0),
    "feedback": Steady(kind="replace", signal="feedback", effect=1.8, onset=50),
}
faults = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
ALPHA = 0.05


def expected_ratios(fault: Steady, episode: Episode) -> Shares:
    """[R, T] by scipy's distributions."""
    truth, new = episode.truth, episode.stream.new
    match fault.signal:
        case "crash":
            some = slice(None) if fault.segment < 0 else slice(fault.segment, fault.segment + 1)
            seen, due = new.hurt[:, :, some].sum(axis=2), truth.new.hurt[:, :, some].sum(axis=2)
            return poisson_ratio(seen, due, due * truth.effect)
        case "errors":
            return poisson_ratio(new.errors, truth.new.errors, truth.new.errors * truth.effect)
        case "issue":
            due = truth.issues[:, :, 0]
            return poisson_ratio(episode.stream.issues[:, :, 0], due, due + truth.fault)
    healthy, bad = (
        stats.binom.logpmf(new.negative, new.feedback, truth.new.negative * effect) for effect in (1.0, truth.effect)
    )
    return np.asarray(bad - healthy)


def poisson_ratio(seen: Counts, due: Shares, bad: Shares) -> Shares:
    return np.asarray(stats.poisson.logpmf(seen, bad) - stats.poisson.logpmf(seen, due))


@faults
def test_each_minute_adds_the_likelihood_ratio(fault: Steady) -> None:
    """Of the signal and the segment that the fault hits; nothing before the onset."""
    episode = draw(fault, 1, 5)
    ratios = log_ratios(episode.stream, episode.truth)

    assert ratios == pytest.approx(expected_ratios(fault, episode))
    assert (ratios[:, : fault.onset] == 0).all()


@faults
def test_a_healthy_release_ever_reaches_the_threshold_with_at_most_alpha(fault: Steady) -> None:
    """4,000 healthy releases, each held against the fault: Ville's bound, and not far below it."""
    small = replace(fault, minutes=120, onset=0)
    healthy = draw(replace(small, effect=1.0), 2, 4_000)
    said = LikelihoodRatio(alpha=ALPHA).watch(
        healthy.past, healthy.plan, healthy.stream, truth_of(small, len(healthy.truth.bad))
    )
    fell = int((said.rolled_back < small.minutes).sum())

    assert 0 < fell <= stats.binom.ppf(0.999, 4_000, ALPHA)


@faults
def test_it_finds_the_fault_after_its_onset(fault: Steady) -> None:
    episode = draw(fault, 3, 50)
    said = LikelihoodRatio().watch(episode.past, episode.plan, episode.stream, episode.truth)

    assert (said.rolled_back < fault.minutes).mean() > 0.6
    assert (said.rolled_back >= fault.onset).all()


def test_of_a_healthy_release_there_is_nothing_to_tell_it() -> None:
    healthy = draw(Steady(), 4, 5)
    said = LikelihoodRatio().watch(healthy.past, healthy.plan, healthy.stream, healthy.truth)
    assert said.evidence is not None
    assert (said.evidence == 0).all()


def test_a_user_of_an_issue_that_is_never_due_is_strong_but_not_infinite_evidence() -> None:
    """And a minute in which nothing is due and nothing seen adds nothing."""
    episode = draw(Steady(signal="issue", effect=2.0), 5, 3)
    truth = replace(episode.truth, issues=np.zeros_like(episode.truth.issues))
    ratios = log_ratios(episode.stream, truth)

    assert np.isfinite(ratios).all()
    assert (ratios[episode.stream.issues[:, :, 0] > 0] > 10).all()


def test_a_signal_that_nobody_knows_is_an_error() -> None:
    episode = draw(Steady(), 6, 1)
    with pytest.raises(ValueError, match="'latency' is no signal"):
        log_ratios(episode.stream, replace(episode.truth, signal="latency"))
