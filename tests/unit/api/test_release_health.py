"""Shares of sessions and users with their intervals: `api.release_health`."""

import pytest

from analytics.statistics.intervals import wilson
from analytics.statistics.sketch import Estimate
from api.release_health import crash_free, rate, unhandled_free
from models.store.queries.releases import Sessions


def test_the_two_shares_of_sessions() -> None:
    """Crash-free leaves out what crashed, unhandled-free what failed in any way (sentry-protocol.md, 2.3)."""
    sessions = Sessions(started=100, healthy=80, errored=10, unhandled=5, abnormal=3, crashed=2)
    assert (crash_free(sessions)["value"], crash_free(sessions)["n"]) == (0.98, 100)
    assert (unhandled_free(sessions)["value"], unhandled_free(sessions)["n"]) == (0.9, 100)
    assert (unhandled_free(sessions)["low"], unhandled_free(sessions)["high"]) == pytest.approx(wilson(90, 100))


def test_a_browsers_release_is_not_crash_free_alone() -> None:
    """Browsers say `unhandled` and never `crashed`: what a release is judged by sees it."""
    sessions = Sessions(started=10, healthy=9, unhandled=1)
    assert (crash_free(sessions)["value"], unhandled_free(sessions)["value"]) == (1.0, 0.9)


def test_without_any_nothing_is_known() -> None:
    """Never 0 or 100 %; nor after corrections that came before what they correct."""
    nothing = {"value": None, "low": None, "high": None, "n": 0}
    assert crash_free(Sessions()) == unhandled_free(Sessions(started=-1, healthy=-1)) == nothing


def test_an_estimated_n_widens_the_interval() -> None:
    """By what it may be off, on both sides."""
    exact, estimated = rate(50, Estimate(5_000, 0.0)), rate(50, Estimate(5_000, 0.06))
    assert exact["value"] == estimated["value"] == 0.99
    assert estimated["low"] < exact["low"] < exact["high"] < estimated["high"]


def test_nobody_failed_who_was_not_there() -> None:
    """Whom sessions failed is exact, so an estimate below it is mended."""
    assert rate(1_100, Estimate(1_050, 0.06))["value"] == 0.0
