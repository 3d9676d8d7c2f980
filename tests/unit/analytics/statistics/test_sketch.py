"""How many distinct users there are: `analytics.statistics.sketch`."""

import random

import pytest

from analytics.statistics.sketch import ERROR, KEPT, dump, estimate, hashed, join, load
from models.domain.identity import hash_identity


def users(number: int, seed: int = 0) -> list[int]:
    chance = random.Random(seed)
    return [chance.getrandbits(64) for _ in range(number)]


@pytest.mark.parametrize("number", [0, 1, 500, KEPT - 1])
def test_few_users_are_counted(number: int) -> None:
    """Exactly, and said so."""
    found = estimate(join([users(number)]))
    assert (found.n, found.error) == (number, 0.0)


@pytest.mark.parametrize("number", [KEPT, 3_000, 40_000])
def test_many_users_are_estimated_within_the_bound(number: int) -> None:
    """In 190 of 200 simulations, 3.1 more or fewer by chance, and without leaning to one side."""
    runs = 200
    off = [estimate(join([users(number, seed)])).n / number - 1 for seed in range(runs)]
    assert sum(abs(one) <= ERROR for one in off) >= 190 - 3 * 3.1
    assert abs(sum(off) / runs) < ERROR / 4


def test_real_identities_are_spread_evenly() -> None:
    """They are keyed hashes; their first 64 bits are taken as they are."""
    number = 20_000
    found = estimate(join([[hashed(hash_identity(b"key", f"user-{one}")) for one in range(number)]]))
    assert abs(found.n / number - 1) < ERROR


def test_a_sketch_is_small_and_comes_back() -> None:
    """8 KB at most."""
    full = join([users(5_000)])
    assert len(dump(full)) == 8 * KEPT
    assert load(dump(full)) == full
    assert load(dump(frozenset())) == frozenset()
