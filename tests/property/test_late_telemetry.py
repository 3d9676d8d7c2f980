"""Whatever comes and however late: nothing is known too early, twice, or beyond a quota."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.decisions.generator.telemetry import delayed, thinned, thinned_mean, within
from benchmarks.decisions.streams import Counts, Shares

COUNTS = arrays(np.int64, (2, 12), elements=st.integers(0, 50))
WAITING = arrays(np.int64, (2,), elements=st.integers(0, 50))
MINUTES = st.floats(0.0, 100.0)


@given(COUNTS, WAITING, MINUTES, st.integers(0, 100))
def test_nothing_is_known_before_it_happened_or_twice(counts: Counts, waiting: Counts, late: float, seed: int) -> None:
    known = delayed(counts, thinned(np.random.default_rng(seed), late), waiting)
    assert (known >= 0).all()
    assert (known.cumsum(axis=1) <= counts.cumsum(axis=1) + waiting[:, None]).all()


@given(COUNTS, MINUTES)
def test_without_delay_all_is_known_at_once_and_with_it_less(counts: Counts, late: float) -> None:
    nobody: Shares = np.zeros(2)
    means: Shares = counts.astype(np.float64)
    assert np.array_equal(delayed(means, thinned_mean(0.0), nobody), counts)
    known = delayed(means, thinned_mean(late), nobody)
    assert (known.sum(axis=1) <= counts.sum(axis=1) + 1e-9).all()


@given(MINUTES)
def test_what_comes_evenly_and_waits_as_ever_is_known_evenly(late: float) -> None:
    means: Shares = np.full((1, 12), 3.0)
    waiting: Shares = np.array([3.0 * late])
    known = delayed(means, thinned_mean(late), waiting)
    assert np.allclose(known, 3.0)


@given(COUNTS, st.floats(1.0, 100.0))
def test_a_quota_takes_at_most_itself_and_all_that_is_below(counts: Counts, quota: float) -> None:
    taken = within(np.full((2, 1), quota), counts)
    assert (taken * counts <= quota + 1e-9).all()
    assert (taken[counts <= quota] == 1.0).all()
