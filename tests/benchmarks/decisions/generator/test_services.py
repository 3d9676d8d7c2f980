"""benchmarks/decisions/generator/services.py and week.py: what services are drawn."""

import numpy as np
import pytest

from benchmarks.decisions.generator import week
from benchmarks.decisions.generator.services import HURT, NOISE, Kind, services

SERVICES = services(np.random.default_rng(1), Kind(600), 2_000)


def test_segments_are_all_traffic_and_their_rates_make_the_services() -> None:
    assert SERVICES.segments.sum(axis=1) == pytest.approx(np.ones(2_000))
    assert SERVICES.segments.mean(axis=0) == pytest.approx([0.40, 0.28, 0.18, 0.10, 0.04], abs=0.02)
    rate = (SERVICES.segments * SERVICES.hurt).sum(axis=1)
    assert HURT[0] * 0.999 <= rate.min() < rate.max() <= HURT[1] * 1.001
    assert np.median(rate) == pytest.approx(np.sqrt(HURT[0] * HURT[1]), rel=0.1)


def test_noise_spans_all_that_a_service_may_have() -> None:
    assert SERVICES.hurt_noise.min() == pytest.approx(NOISE[0], rel=0.05)
    assert SERVICES.hurt_noise.max() == pytest.approx(NOISE[1], rel=0.05)


def test_a_week_has_mean_one_and_repeats() -> None:
    assert SERVICES.traffic_week.mean(axis=1) == pytest.approx(np.ones(2_000))
    one, later = (week.at(SERVICES.traffic_week, SERVICES.moment, np.array([minute])) for minute in (35.0, 10_115.0))
    assert np.array_equal(one, later)


def test_the_weekend_is_the_week_s_last_two_days() -> None:
    few = services(np.random.default_rng(1), Kind(600, weekend=(0.2, 0.2), day=(1.01, 1.01)), 200).traffic_week
    by_day = few.reshape(200, 7, 144).mean(axis=(0, 2))
    assert by_day[5:].max() < 0.3 * by_day[:5].min()
