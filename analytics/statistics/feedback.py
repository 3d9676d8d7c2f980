"""How negative a service's feedback usually is, and how surely that is known (decision-engine.md, 2A, P7).

`hidden_share` takes the habit for the middle about which the share drifts.
"""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.season import by_hours

EFFECTS: Vector = np.array([1.5, 2.0, 2.5, 3.0])
LOG_EFFECT_WEIGHTS: Vector = np.log(np.full(len(EFFECTS), 1.0 / len(EFFECTS)))
MARGIN = 0.25
"""By how much more often feedback may be negative."""
SCATTER_HOURS = 6
FEWEST, MOST = 30.0, 3000.0
"""Items that history counts as; but never as more than it held."""


@dataclass(frozen=True, slots=True)
class Habit:
    share: Vector
    """Negative among feedback [...], between 0 and 1."""
    items: Vector
    """``K`` [...]: how many items the history counts as; 0 without any."""


def learn(items: Numbers, negative: Numbers) -> Habit:
    """From both [..., bins]: ``K = q (1 - q) / v``, ``v`` the variance of the 6-hour shares beyond chance."""
    n, bad = (by_hours(of).reshape(*of.shape[:-1], -1, SCATTER_HOURS).sum(axis=-1) for of in (items, negative))
    total = n.sum(axis=-1)
    share = (bad.sum(axis=-1) + 0.5) / (total + 1.0)
    by_chance = share * (1.0 - share)
    beyond = ((bad - n * share[..., np.newaxis]) ** 2).sum(axis=-1) - total * by_chance
    scatter = np.maximum(beyond, 0.0) / np.maximum((n**2).sum(axis=-1), 1.0)
    counts_as = np.clip(by_chance / np.maximum(scatter, by_chance / MOST), FEWEST, MOST)
    return Habit(share, np.minimum(counts_as, total))
