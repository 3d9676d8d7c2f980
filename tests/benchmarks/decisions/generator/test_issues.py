"""benchmarks/decisions/generator/issues.py: the law of healthy releases' new issues."""

import numpy as np
import pytest

from benchmarks.decisions.generator.issues import NUMBER, RATE, new_issues


def test_of_a_hundred_healthy_releases_five_have_a_new_issue_above_the_rate() -> None:
    sessions = np.full((20_000, 1), 1000.0)
    _, means = new_issues(np.random.default_rng(1), sessions)
    assert (means[:, 0].max(axis=1) / 1000.0 > RATE).mean() == pytest.approx(0.05, abs=0.006)


def test_issues_are_in_the_order_in_which_they_are_first_seen() -> None:
    users, means = new_issues(np.random.default_rng(1), np.full((200, 50), 500.0))
    seen = users > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 50)
    assert (np.diff(first, axis=1) >= 0).all()
    assert (first[:, -1] == 50).any()
    assert users.shape == means.shape == (200, 50, NUMBER)


def test_means_move_with_their_counts() -> None:
    users, means = new_issues(np.random.default_rng(1), np.full((200, 50), 1e6))
    assert users.sum(axis=1) == pytest.approx(means.sum(axis=1), rel=0.2, abs=60)
