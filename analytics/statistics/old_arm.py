"""A canary whose control has a history (decision-engine.md, 2A, P4).

The exact test of `likelihood.concurrent` looks only at how units split between two arms, and so throws away what
history says of their rate. Where units are few it is mixed with that of `hidden_cause`, whose own count is the new
arm's, with a mean of ``m_old odds C theta``, and whose control is the whole old arm's, with ``m_old C``.

Guaranteed exactly: a stake of `EXACT` is on the concurrent test, so that it alone still rolls back at 1.9 nats beyond
the threshold, and errs as `e_process` says. The rest of the stake rests on the drift model, which `temper` checks.
"""

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.causes import Counts
from analytics.statistics.likelihood import Numbers, Vector

EXACT, EXACT_IF_TEMPERED = 0.15, 0.50
"""Of the stake: on the concurrent test; and where history did not behave as the model says."""
DISTRUSTED_FROM = 1.5
"""The temper from which that is so."""
FEW = 4.0
WINDOW_MINUTES = 120.0
"""Drift of a standard deviation ``s`` moves a rate by more than the chance of n units from n = 4/s^2 on (two standard
deviations); that in the time in which drift forgets."""


def few(old_units_a_minute: Vector, spread: Vector) -> NDArray[np.bool_]:
    """Whether the old arm's units are too few to be a control of their own, from those due on it by history [...]."""
    return np.asarray(WINDOW_MINUTES * old_units_a_minute < FEW / spread**2)


def counts(new: Numbers, due: Vector, share: Vector, old: Numbers, old_due: Vector) -> Counts:
    """One minute for the test with history [...].

    ``new`` units on the new arm; ``due`` by history on the old arm in the same segments, of whose exposure the new arm
    has ``share``. The control is the whole old arm, where ``old_due`` were due, also for a test of one segment.
    """
    return Counts(own=new, own_due=due * share / (1.0 - share), control=old, control_due=old_due)


def log_evidence(concurrent: Vector, with_history: Vector, temper: Vector) -> Vector:
    """``log E`` of both tests together [...]."""
    exact = np.where(temper > DISTRUSTED_FROM, EXACT_IF_TEMPERED, EXACT)
    mixed: Vector = np.logaddexp(np.log(exact) + concurrent, np.log1p(-exact) + with_history / temper)
    return mixed
