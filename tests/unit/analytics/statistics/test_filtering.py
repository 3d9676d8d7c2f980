"""analytics/statistics/filtering.py, against the sum over every course of a small model."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.statistics import causes, filtering
from analytics.statistics.causes import Causes, Counts, Incidents, Siblings
from analytics.statistics.filtering import Beliefs
from tests.fakes.causes import SMALL, STATES, by_enumeration, of

THETAS = np.array([1.0, 1.05, 3.0])
COURSES = [of([1, 0, 6, 9], 2.0, [3, 1, 8, 9], 4.0), of([0, 0, 0, 0], 0.3, [0, 2, 0, 0], 0.01)]


def rested(model: Causes, rows: int) -> Beliefs:
    """At rest, with several rows."""
    rest = filtering.at_rest(model)
    return Beliefs(np.repeat(rest.service, rows, axis=-2), rest.control)


@pytest.mark.parametrize("counts", COURSES)
def test_beliefs_and_likelihoods_are_those_of_all_courses(counts: Counts) -> None:
    """Four minutes, six states: 7,776 courses for each theta."""
    beliefs, told = rested(SMALL, len(THETAS)), np.zeros(len(THETAS))
    for minute in range(4):
        beliefs, likelihood = filtering.step(SMALL, beliefs, counts.at(minute), THETAS)
        told += likelihood

    ends = np.array([by_enumeration(counts, [theta] * 4) for theta in THETAS])

    assert told - told[0] == pytest.approx(np.log(ends.sum(axis=1) / ends[0].sum()))
    for row, expected in enumerate(ends / ends.sum(axis=1, keepdims=True)):
        assert [beliefs.service[kind, row, level] for kind, level in STATES] == pytest.approx(expected)


@pytest.mark.parametrize("counts", COURSES)
def test_the_control_alone_is_followed_by_its_own_drift(counts: Counts) -> None:
    """The same sum, over a model whose service is the control and which has no control."""
    beliefs = filtering.follow(SMALL, filtering.at_rest(SMALL), counts)
    nothing = np.zeros(4)
    as_service = replace(SMALL, own=SMALL.control_alone)
    alone = Counts(counts.control, counts.control_due, nothing, nothing)

    expected = filtering.follow(as_service, filtering.at_rest(as_service), alone)

    assert beliefs.control == pytest.approx(expected.service)


def test_a_control_with_noise_of_its_own_tells_of_incidents_but_not_of_drift() -> None:
    """Without trust in it: within a kind levels are as if it were not there; between kinds it is weighed as alone."""
    counts = Counts(np.array(4.0), np.array(2.0), np.array(9.0), np.array(4.0))
    unseen = replace(counts, control=np.zeros(()), control_due=np.zeros(()))
    model = replace(SMALL, trust=np.array(0.0))
    beliefs, _ = filtering.step(model, filtering.at_rest(model), counts, filtering.NO_EFFECT)
    without, _ = filtering.step(model, filtering.at_rest(model), unseen, filtering.NO_EFFECT)
    service, bare = beliefs.service[:, 0], without.service[:, 0]
    before = filtering.predict(model, filtering.at_rest(model).control)[:, 0].sum(axis=-1)
    odds_alone = beliefs.control.sum(axis=(-2, -1)) / before

    assert service / service.sum(axis=-1, keepdims=True) == pytest.approx(bare / bare.sum(axis=-1, keepdims=True))
    assert service.sum(axis=-1)[1] / service.sum(axis=-1)[0] == pytest.approx(
        bare.sum(axis=-1)[1] / bare.sum(axis=-1)[0] * odds_alone[1] / odds_alone[0]
    )


def test_trust_lies_between() -> None:
    """Half trusted, the odds of states are the geometric mean of those of no trust and of all."""
    counts = Counts(np.array(4.0), np.array(2.0), np.array(9.0), np.array(4.0))
    logs = []
    for trust in (0.0, 0.5, 1.0):
        model = replace(SMALL, trust=np.array(trust))
        beliefs, _ = filtering.step(model, filtering.at_rest(model), counts, filtering.NO_EFFECT)
        logs.append(np.log(beliefs.service / beliefs.service[0, 0, 0]))

    assert logs[1] == pytest.approx((logs[0] + logs[2]) / 2)


def test_without_counts_beliefs_stay_at_rest() -> None:
    """Nothing due and nothing seen: the stationary law is kept."""
    model, nothing = causes.beside_siblings(0.3), Counts(*[np.zeros(())] * 4)
    beliefs, likelihood = filtering.step(model, rested(model, 2), nothing, np.array([1.0, 5.0]))

    assert beliefs.service == pytest.approx(rested(model, 2).service)
    assert beliefs.control == pytest.approx(rested(model, 2).control)
    assert likelihood == pytest.approx([0.0, 0.0])


def test_services_side_by_side_are_what_each_is_alone() -> None:
    """Each with a model of its own."""
    spreads = np.array([0.1, 0.5])
    siblings = Siblings(np.array([0.3, 0.1]), np.array([0.2, 0.9]), np.array([1.0, 0.1]))
    incidents = Incidents(np.array([10.0, 3.0]), np.array([25.0, 60.0]))
    counts = Counts(np.array([5.0, 0.0]), np.array([2.0, 1.0]), np.array([9.0, 1.0]), np.array([4.0, 3.0]))
    model = causes.beside_siblings(spreads, siblings, incidents)
    beliefs, likelihood = filtering.step(model, rested(model, 3), counts, THETAS)

    for number in range(2):
        theirs = Siblings(*(each[number] for each in (siblings.spread, siblings.coupling, siblings.trust)))
        own = Incidents(incidents.days[number], incidents.minutes[number])
        alone = causes.beside_siblings(spreads[number], theirs, own)
        each = Counts(*(value[number] for value in (counts.own, counts.own_due, counts.control, counts.control_due)))
        one, told = filtering.step(alone, rested(alone, 3), each, THETAS)
        assert beliefs.service[number] == pytest.approx(one.service)
        assert beliefs.control[number] == pytest.approx(one.control)
        assert likelihood[number] == pytest.approx(told)


@pytest.mark.parametrize("own", [0.0, 1.0, 1e6])
@pytest.mark.parametrize("own_due", [0.0, 1e-9, 1e6])
@pytest.mark.parametrize("control", [0.0, 1e6])
@pytest.mark.parametrize("control_due", [0.0, 1e6])
@pytest.mark.parametrize("trust", [0.0, 0.5, 1.0])
def test_no_counts_are_impossible(own: float, own_due: float, control: float, control_due: float, trust: float) -> None:
    """A million where none was due, and none where a million was; twice, from whatever that leaves to believe."""
    model = causes.beside_siblings(0.3, Siblings(np.array(0.3), np.array(0.5), np.array(trust)))
    counts = Counts(*(np.array(value) for value in (own, own_due, control, control_due)))
    beliefs = rested(model, len(THETAS))
    for _ in range(2):
        beliefs, likelihood = filtering.step(model, beliefs, counts, THETAS)
        assert np.isfinite(likelihood).all()
        for belief in (beliefs.service, beliefs.control):
            assert (belief >= 0.0).all()
            assert belief.sum(axis=(0, 2)) == pytest.approx(np.ones(belief.shape[1]))
