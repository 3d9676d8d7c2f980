"""Kayenta's judge, NetflixACAJudge, on one critical metric: the crashed share of sessions.

spinnaker/kayenta, NetflixACAJudge.scala, MannWhitneyClassifier.scala and MannWhitney.scala: the time points of canary
and baseline are two samples; their shift has a Hodges-Lehmann estimate and a confidence interval (98 %), by inverting
the Mann-Whitney z with its tie and continuity corrections. The metric is High, and the canary fails, if the interval's
lower end exceeds ``0.25 |estimate|`` and the ratio of the means is not below 1; a ratio is not known, and not asked
for, where a mean is 0. Samples that are equal, or of one value only, pass. A minute without sessions is a 0, as by the
default ``nanStrategy``. It is run each hour over all time points since the deploy.

In a replace its baseline is the same hours of the day before, in the ten-minute points in which history is kept. Both
samples then are such points, which are 6 an hour.

The lower end of the interval exceeds c exactly if the z of a shift just above c exceeds the quantile, so that no root
of it is sought: this z is the evidence, and moving its threshold moves the confidence. Where the samples have ties z
jumps; there a shift of 0 is meant to be 0, while the original's solver ends within 1e-6 of it, on either side.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from benchmarks.decisions.judges.control import DAY_BINS, share
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at, known_since, sums
from benchmarks.decisions.streams import BIN_MINUTES, Past, Plan, Shares, Stream

HOUR = 60
HALVINGS = 40
"""Of an interval at most 2 wide: the estimate is known to 2e-12."""
JUST_ABOVE = 1e-9
"""Shares of n and of m sessions differ by at least 1/nm: 1e-9 at 30,000 sessions a point."""


@dataclass(frozen=True, slots=True)
class Kayenta:
    name: str = "Kayenta"
    source: str = "spinnaker/kayenta, NetflixACAJudge"
    confidence: float = 0.98
    tolerance: float = 0.25
    allowed_increase: float = 1.0

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        new, old, step = points(past, plan, stream)
        hours = new.shape[1] * step // HOUR
        shifts = np.full((len(new), hours), -np.inf)
        for release, (canary, baseline) in enumerate(zip(new, old, strict=True)):
            for hour in range(hours):
                until = (hour + 1) * HOUR // step
                shifts[release, hour] = self.z_beyond_tolerance(canary[:until], baseline[:until])
        evidence = known_since(shifts, HOUR, stream.new.crashed.shape[1], before=-np.inf)
        quantile = float(stats.norm.isf((1 - self.confidence) / 2))
        return Verdicts(first_at(evidence, np.nextafter(quantile, np.inf)), evidence)

    def z_beyond_tolerance(self, canary: Shares, baseline: Shares) -> float:
        """The evidence from two samples; minus infinity where they pass without a test."""
        x, y = np.sort(canary), np.sort(baseline)
        if np.array_equal(x, y) or (x[0] == x[-1] == y[0] == y[-1]):
            return -np.inf
        mean, baseline_mean = x.mean(), y.mean()
        if mean > 0 and baseline_mean > 0 and mean < self.allowed_increase * baseline_mean:
            return -np.inf
        return z(x, y, self.tolerance * abs(shift(x, y)) + JUST_ABOVE)


def points(past: Past, plan: Plan, stream: Stream) -> tuple[Shares, Shares, int]:
    """[R, points] crashed shares of the new release and of its baseline, and the minutes from one point to the next."""
    new, old = stream.new, stream.old
    if plan.kind != "replace":
        canary = share(new.crashed, new.started.sum(axis=2))
        return canary, share(old.crashed, old.started.sum(axis=2)), 1
    canary = share(sums(new.crashed, BIN_MINUTES), sums(new.started.sum(axis=2), BIN_MINUTES))
    day = share(past.crashed[:, -DAY_BINS:], past.started[:, -DAY_BINS:].sum(axis=2))
    return canary, day[:, np.arange(canary.shape[1]) % DAY_BINS], BIN_MINUTES


def shift(x: Shares, y: Shares) -> float:
    """The Hodges-Lehmann estimate of how much larger ``x`` is: the median of all differences. Both are sorted."""
    low, high = x[0] - y[-1], x[-1] - y[0]
    half = len(x) * len(y) / 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _pairs_above(x - middle, y) > half:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)


def z(x: Shares, y: Shares, moved: float) -> float:
    """The Mann-Whitney z of ``x - moved`` against ``y``, corrected for ties and continuity. Both are sorted."""
    x = x - moved
    n, m = len(x), len(y)
    above = _pairs_above(x, y) - n * m / 2
    _, ties = np.unique(np.concatenate([x, y]), return_counts=True)
    variance = n * m / 12 * (n + m + 1 - float((ties**3 - ties).sum()) / ((n + m) * (n + m - 1)))
    return float((above - 0.5 * np.sign(above)) / np.sqrt(variance))


def _pairs_above(x: Shares, y: Shares) -> float:
    """In how many pairs ``x`` is the larger; a tie is half a pair."""
    return float(np.searchsorted(y, x, side="left").sum() + np.searchsorted(y, x, side="right").sum()) / 2
