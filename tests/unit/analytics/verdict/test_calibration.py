"""The engine from end to end, against simulated releases whose truth is known. Seeds are fixed."""

import numpy as np
from scipy import stats

from models.domain.evidence import ArmMinute, EvidenceMinute
from models.domain.policy import Policy
from models.domain.verdict import Verdict
from tests.fakes.evidence import FIRST, Watched

SHARE, SESSIONS, RATE = 0.3, 400, 0.02
"""Of the traffic, a minute, and users hurt a session: 8 a minute."""


def rolled_back(ratio: float, minutes: int, budget: float, chance: np.random.Generator) -> int | None:
    """The minute of the rollback, from 1; None if there was none."""
    watched = Watched(Policy(false_rollbacks_per_1000=budget, bake_minutes=minutes))
    started = chance.binomial(SESSIONS, SHARE, minutes)
    hurt_new, hurt_old = chance.binomial(started, RATE * ratio), chance.binomial(SESSIONS - started, RATE)
    for number in range(minutes):
        of_new, new, old = int(started[number]), int(hurt_new[number]), int(hurt_old[number])
        arms = ArmMinute(started=of_new, hurt=new), ArmMinute(started=SESSIONS - of_new, hurt=old)
        watched.see(EvidenceMinute(FIRST + number, SHARE, *arms))
        if watched.now.verdict is Verdict.ROLLBACK:
            return number + 1
    return None


def test_false_rollbacks_stay_within_the_budget() -> None:
    """Of 1,000 healthy canaries of 200 users hurt, under a budget of 50 in 1,000: at most 50, and chance."""
    chance = np.random.default_rng(31)

    false = sum(rolled_back(1.0, 25, 50.0, chance) is not None for _ in range(1_000))

    assert 0 < false <= stats.binom.ppf(0.999, 1_000, 0.05)


def test_the_default_budget_hardly_ever_rolls_a_healthy_release_back() -> None:
    """2.5 in 1,000: at most 3 of 300."""
    chance = np.random.default_rng(32)

    assert sum(rolled_back(1.0, 25, 2.5, chance) is not None for _ in range(300)) <= 3


def test_five_times_as_bad_is_always_found_within_minutes() -> None:
    """All of 200, at the default budget; half of them within three minutes."""
    chance = np.random.default_rng(33)

    found = [rolled_back(5.0, 25, 2.5, chance) for _ in range(200)]

    delays = [delay for delay in found if delay is not None]
    assert len(delays) == 200
    assert np.median(delays) <= 3


def test_half_again_as_bad_is_mostly_found_within_two_hours() -> None:
    """300 users hurt where 200 were due tell enough."""
    chance = np.random.default_rng(34)

    assert sum(rolled_back(1.5, 120, 2.5, chance) is not None for _ in range(40)) >= 30
