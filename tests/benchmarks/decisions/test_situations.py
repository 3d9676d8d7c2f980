"""That each cell holds what its name says, in the counts themselves."""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.decisions.streams import Arm, Counts, Episode, Flags, Shares

Drawn = Callable[[str, int], Episode]
RELEASES = 40


def sessions(arm: Arm) -> Counts:
    total: Counts = arm.started.sum(axis=2)
    return total


def in_all(arm: Arm, name: str) -> Shares:
    """[R] over the watch and all segments."""
    total: Shares = getattr(arm, name).sum(axis=(1, 2)).astype(np.float64)
    return total


def hourly(by_minute: Counts | Shares) -> Shares:
    by_hour: Shares = by_minute.reshape(len(by_minute), -1, 60).sum(axis=2).astype(np.float64)
    return by_hour


def overdispersion(found: Shares, means: Shares) -> float:
    """Variance about the means, in Poisson's."""
    return float(((found - means) ** 2).sum() / means.sum())


def test_crash_loops_scatter_crashed_sessions_and_not_users_hurt(drawn: Drawn) -> None:
    episode = drawn("healthy-canary20-100k-loops", RELEASES)
    arm, due = episode.stream.new, hourly(episode.truth.new.hurt.sum(axis=2))
    hurt, crashed = hourly(arm.hurt.sum(axis=2)), hourly(arm.crashed)
    loop = arm.crashed.sum(axis=1, keepdims=True) / arm.hurt.sum(axis=(1, 2))[:, None]
    assert 2.4 < loop.min() < loop.max() < 4.1
    assert overdispersion(hurt, due) < 1.3
    assert overdispersion(crashed, due * loop) > 3.5


def test_bursts_scatter_sessions_by_the_minute(drawn: Drawn) -> None:
    for name, least, most in (("healthy-canary20-10k-bursty", 3.0, 20.0), ("healthy-canary10-10k", 0.9, 1.5)):
        started = sessions(drawn(name, RELEASES).stream.new).astype(float)
        middle = (started[:, :-2] + started[:, 2:]) / 2
        scatter = ((started[:, 1:-1] - middle) ** 2).sum() / (1.5 * started.sum())
        assert least < scatter < most


def test_a_diurnal_service_has_its_nights(drawn: Drawn) -> None:
    started = drawn("healthy-replace-10k-diurnal", RELEASES).past.started.sum(axis=2)
    by_hour = started.reshape(RELEASES, 14, 24, 6).sum(axis=(1, 3))
    assert (by_hour.max(axis=1) / by_hour.min(axis=1)).min() > 4.0


def test_a_weekly_service_has_its_weekends_and_its_watch_a_whole_day(drawn: Drawn) -> None:
    episode = drawn("healthy-replace-10k-weekly", RELEASES)
    assert episode.stream.new.started.shape[1] == 1440
    by_bin = episode.past.started.sum(axis=2)
    deploy = episode.past.day_of_week * 1440 + episode.past.minute_of_day
    day = (deploy[:, None] + np.arange(-20155, 0, 10)) % 10080 // 1440
    assert by_bin[day >= 5].mean() < 0.6 * by_bin[day < 5].mean()


def test_a_shared_incident_reaches_new_old_and_siblings(drawn: Drawn) -> None:
    episode = drawn("healthy-canary20-10k-incident", RELEASES)
    incident, stream = episode.truth.incident, episode.stream
    assert incident.any(axis=1).all()
    for arm in (stream.new, stream.old):
        assert rise(arm.hurt.sum(axis=2), sessions(arm), incident) > 1.8
    assert rise(stream.sibling_hurt, stream.sibling_started, incident) > 1.8


def test_siblings_that_are_apart_suffer_less_of_it(drawn: Drawn) -> None:
    together, apart = (drawn(f"healthy-replace-10k-incident{which}", RELEASES) for which in ("", "-apart"))
    assert _sibling_rise(apart) < 0.7 * _sibling_rise(together)


def test_one_who_is_alone_has_no_siblings(drawn: Drawn) -> None:
    episode = drawn("healthy-replace-10k-alone", RELEASES)
    assert not episode.past.sibling_started.any()
    assert not episode.stream.sibling_started.any()


def test_a_bad_release_meets_its_incident_about_the_deploy(drawn: Drawn) -> None:
    incident = drawn("bad-replace-10k-incident", RELEASES).truth.incident
    assert incident[:, :61].any(axis=1).mean() > 0.9


def test_in_a_loss_sessions_go_and_hurt_users_stay(drawn: Drawn) -> None:
    stream = drawn("healthy-canary20-10k-loss-new", RELEASES).stream
    share = hourly(sessions(stream.new)) / hourly(sessions(stream.new) + sessions(stream.old))
    assert np.median(share[:, -1]) == pytest.approx(0.2, rel=0.05)
    assert np.median(share.min(axis=1)) < 0.15
    of_hurt = stream.new.hurt.sum() / (stream.new.hurt.sum() + stream.old.hurt.sum())
    assert of_hurt == pytest.approx(0.2, abs=0.01)
    both = drawn("healthy-canary20-10k-loss", RELEASES).stream
    share = hourly(sessions(both.new)) / hourly(sessions(both.new) + sessions(both.old))
    assert np.median(share.min(axis=1)) > 0.15


def test_a_sampled_release_tells_less_of_everything(drawn: Drawn) -> None:
    stream = drawn("healthy-canary20-10k-sampled", RELEASES).stream
    ratio = {name: in_all(stream.new, name) / in_all(stream.old, name) for name in ("started", "hurt")}
    told_of = ratio["started"] / 0.25
    assert 0.19 < told_of.min() < told_of.max() < 0.71
    assert np.median(ratio["hurt"] / ratio["started"]) == pytest.approx(1.0, abs=0.07)


def test_a_quota_bounds_the_sessions_taken(drawn: Drawn) -> None:
    episode = drawn("healthy-replace-10k-limited", RELEASES)
    mean = 10_000 / 60
    assert hourly(sessions(episode.stream.new)).max() < 1.1 * 60 * mean * 1.05
    assert episode.past.started.sum(axis=2).max() < 1.1 * 10 * mean * 1.15
    assert hourly(sessions(drawn("healthy-replace-10k", RELEASES).stream.new)).max() > 1.3 * 60 * mean


def test_late_ends_are_known_hours_later(drawn: Drawn) -> None:
    late, usual = (drawn(f"healthy-replace-10k{which}", RELEASES).stream.new for which in ("-late-ends", ""))
    assert late.ended[:, :60].sum() < 0.3 * late.started[:, :60].sum()
    assert usual.ended[:, :60].sum() > 0.8 * usual.started[:, :60].sum()
    assert late.ended.sum() <= late.started.sum()


def test_skewed_crashes_come_late_of_the_new_release_and_as_ever_of_the_old(drawn: Drawn) -> None:
    stream = drawn("healthy-canary20-10k-skew", RELEASES).stream
    new, old = (arm.hurt.sum(axis=2) / sessions(arm).sum() for arm in (stream.new, stream.old))
    assert new[:, :10].sum() < 0.4 * old[:, :10].sum()
    assert new[:, 360:].sum() == pytest.approx(old[:, 360:].sum(), rel=0.1)


def test_adopters_are_of_other_segments_until_the_ramp_ends(drawn: Drawn) -> None:
    stream = drawn("healthy-ramp-100k-adopters", RELEASES).stream

    def mix(arm: Arm, minutes: slice) -> Shares:
        by_segment = arm.started[:, minutes].sum(axis=1)
        shares: Shares = by_segment / by_segment.sum(axis=1, keepdims=True)
        return shares

    first, last, old = mix(stream.new, slice(90)), mix(stream.new, slice(600, 720)), mix(stream.old, slice(90))
    assert np.abs(np.log(first / old)).mean() > 0.2
    assert np.abs(np.log(last / old)).mean() < 0.05


def rise(hurt: Counts, started: Counts, during: Flags) -> float:
    """Median over releases of the rate in an incident against that outside it."""
    inside, outside = (
        (hurt * when).sum(axis=1) / np.maximum((started * when).sum(axis=1), 1) for when in (during, ~during)
    )
    return float(np.median(inside / outside))


def _sibling_rise(episode: Episode) -> float:
    """How much of the logarithm of an incident is the siblings' too."""
    stream, incident = episode.stream, episode.truth.incident
    own = rise(stream.new.hurt.sum(axis=2), sessions(stream.new), incident)
    return float(np.log(rise(stream.sibling_hurt, stream.sibling_started, incident)) / np.log(own))
