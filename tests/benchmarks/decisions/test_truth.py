"""Counts against the means in Truth: a z below 4 where an error of 4 % would give 4 or more."""

from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest

from benchmarks.decisions.streams import Counts, Due, Episode, Shares

Drawn = Callable[[str, int], Episode]
RELEASES = 40
Z, ERROR = 4.0, 0.04
ENOUGH = (Z / ERROR) ** 2


def z(observed: Counts, due: Shares) -> float:
    """Of sums that are at most as scattered as Poisson's, and large enough to tell."""
    assert due.sum() > ENOUGH
    return abs(float(observed.sum() - due.sum())) / sqrt(due.sum())


def test_a_mean_that_is_wrong_by_so_little_would_be_seen() -> None:
    due = np.full(100, 200.0)
    observed = np.random.default_rng(1).poisson(due)
    assert z(observed, due) < Z
    assert z(observed, due * (1 + 2 * ERROR)) > Z


@pytest.mark.parametrize(
    "name",
    [
        "healthy-canary20-100k",
        "healthy-ramp-10k-adopters",
        "healthy-replace-10k-incident",
        "healthy-replace-10k-loss",
        "healthy-replace-10k-skew",
        "healthy-replace-10k-sampled",
        "healthy-replace-10k-limited",
        "healthy-replace-100k-plus5",
        "healthy-canary20-100k-loops",
    ],
)
def test_a_healthy_new_release_has_what_is_due(drawn: Drawn, name: str) -> None:
    episode = drawn(name, RELEASES)
    arm, due = episode.stream.new, episode.truth.new
    assert z(arm.hurt, due.hurt) < Z
    assert z(arm.errors, due.errors) < Z
    assert negativity(arm.negative, arm.feedback, due) < Z


def negativity(negative: Counts, feedback: Counts, due: Due) -> float:
    variance = (feedback * due.negative * (1 - due.negative)).sum()
    return abs(float(negative.sum() - (feedback * due.negative).sum())) / sqrt(variance)


@pytest.mark.parametrize("name", ["healthy-canary20-10k-skew", "healthy-canary20-100k", "bad-canary20-100k-x1-2"])
def test_an_old_release_has_what_is_due_whatever_the_new_one_does(drawn: Drawn, name: str) -> None:
    episode = drawn(name, RELEASES)
    arm, due = episode.stream.old, episode.truth.old
    assert z(arm.hurt, due.hurt) < Z
    assert z(arm.errors, due.errors) < Z
    assert negativity(arm.negative, arm.feedback, due) < Z


@pytest.mark.parametrize(
    "name",
    [
        "bad-replace-10k-x1-5",
        "bad-canary20-100k-x1-2",
        "bad-replace-10k-leak",
        "bad-replace-10k-late",
        "bad-replace-1k-x10",
        "bad-canary20-10k-skew",
    ],
)
def test_a_crash_fault_multiplies_users_hurt_by_its_effect(drawn: Drawn, name: str) -> None:
    episode = drawn(name, RELEASES)
    stream, truth = episode.stream, episode.truth
    harmed = truth.new.hurt * truth.effect[:, :, None]
    assert z(stream.new.hurt, harmed) < Z
    assert truth.hurt_by_fault.sum() == pytest.approx((harmed - truth.new.hurt).sum(), rel=1e-3)
    assert z(stream.new.errors, truth.new.errors) < Z
    assert negativity(stream.new.negative, stream.new.feedback, truth.new) < Z


def test_nothing_is_worse_before_the_onset(drawn: Drawn) -> None:
    episode = drawn("bad-replace-10k-late", RELEASES)
    minute, onset = np.arange(720), episode.truth.onset[:, None]
    assert episode.truth.onset.min() >= 180
    assert episode.truth.onset.max() <= 480
    hurt, due = episode.stream.new.hurt.sum(axis=2), episode.truth.new.hurt.sum(axis=2)
    assert z(hurt[minute < onset], due[minute < onset]) < Z
    assert z(hurt[minute >= onset], 3.0 * due[minute >= onset]) < Z


def test_a_leak_grows(drawn: Drawn) -> None:
    effect = drawn("bad-replace-10k-leak", RELEASES).truth.effect
    assert (np.diff(np.median(effect, axis=0)) >= -1e-12).all()
    assert np.median(effect[:, 299]) == pytest.approx(2.5)
    assert np.median(effect[:, -1]) == pytest.approx(4.0)


def test_a_niche_fault_is_in_its_segment_only(drawn: Drawn) -> None:
    episode = drawn("bad-replace-10k-niche", RELEASES)
    hurt, due, effect = episode.stream.new.hurt, episode.truth.new.hurt, episode.truth.effect
    assert (episode.truth.segment == 4).all()
    assert z(hurt[:, :, :4], due[:, :, :4]) < Z
    assert z(hurt[:, :, 4], due[:, :, 4] * effect) < Z
    assert 0.02 < episode.past.started[:, :, 4].sum() / episode.past.started.sum() < 0.07


def test_an_error_fault_is_in_errors_only(drawn: Drawn) -> None:
    episode = drawn("bad-replace-1k-errors", RELEASES)
    stream, truth = episode.stream, episode.truth
    assert z(stream.new.errors, truth.new.errors * truth.effect) < Z
    assert np.median(truth.effect) == pytest.approx(2.0)
    hurt = (stream.new.hurt.sum() - truth.new.hurt.sum()) / sqrt(truth.new.hurt.sum())
    assert abs(hurt) < Z


def test_a_feedback_fault_is_in_negativity_only(drawn: Drawn) -> None:
    episode = drawn("bad-replace-10k-feedback", RELEASES)
    stream, truth = episode.stream, episode.truth
    share = truth.new.negative * truth.effect
    assert share.max() <= 0.95 + 1e-9
    variance = (stream.new.feedback * share * (1 - share)).sum()
    assert abs(stream.new.negative.sum() - (stream.new.feedback * share).sum()) / sqrt(variance) < Z
    assert z(stream.new.hurt, truth.new.hurt) < Z
    assert z(stream.new.errors, truth.new.errors) < Z


def test_an_issue_fault_is_in_the_first_new_issue_only(drawn: Drawn) -> None:
    episode = drawn("bad-canary20-10k-issue", 60)
    stream, truth = episode.stream, episode.truth
    added = stream.issues.sum() - truth.issues.sum()
    scatter = sqrt(truth.issues.sum() + truth.fault.sum())
    assert abs(added - truth.fault.sum()) / scatter < Z
    assert truth.fault.sum() > 10 * scatter
    first = truth.issues[:, :, 0]
    assert truth.effect * first == pytest.approx(first + truth.fault)
    assert stream.issues[:, :, 1:].sum() < 1.1 * truth.issues[:, :, 1:].sum()
    assert z(stream.new.hurt, truth.new.hurt) < Z


def test_healthy_new_issues_have_what_is_due_together(drawn: Drawn) -> None:
    episode = drawn("healthy-replace-100k-plus5", RELEASES)
    assert z(episode.stream.issues, episode.truth.issues) < Z
    assert not episode.truth.fault.any()


def test_plus_five_percent_is_due_and_no_fault(drawn: Drawn) -> None:
    """Against the old arm, which the same noise and incidents reach."""
    episode = drawn("healthy-canary20-100k-plus5", RELEASES)
    stream = episode.stream
    new = stream.new.hurt.sum(axis=(0, 1)) / stream.new.started.sum(axis=(0, 1))
    old = stream.old.hurt.sum(axis=(0, 1)) / stream.old.started.sum(axis=(0, 1))
    assert (new / old).mean() == pytest.approx(1.05, abs=0.02)
    assert (episode.truth.effect == 1.0).all()


@pytest.mark.parametrize("name", ["healthy-canary20-1k", "healthy-replace-10k", "healthy-replace-1k-incident"])
def test_whoever_knows_what_is_due_blames_a_healthy_release_once_in_a_hundred(drawn: Drawn, name: str) -> None:
    """Ville's bound for a likelihood ratio with exact means; without the incidents in them it would be broken."""
    episode = drawn(name, 100)
    hurt, due = episode.stream.new.hurt.sum(axis=2), episode.truth.new.hurt.sum(axis=2)

    def blamed(means: Shares) -> float:
        ratio = np.cumsum(hurt * log(1.5) - 0.5 * means, axis=1)
        return float((ratio.max(axis=1) >= log(100)).mean())

    assert blamed(due) <= 0.02
    if name != "healthy-canary20-1k":
        usual = due.mean(axis=1, keepdims=True) * np.ones_like(due) * 0.8
        assert blamed(usual) > 0.1
