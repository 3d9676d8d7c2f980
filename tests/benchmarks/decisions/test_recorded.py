"""Recordings of crash rates, and the placebo deploys on them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.decisions import recorded
from benchmarks.decisions.recorded import HOUR_MINUTES, TYPICAL_RATE, WATCH_MINUTES, Recording, Unreadable
from benchmarks.decisions.streams import PAST_BINS

HEAD = "TimeStamp,Value,Label\n"


def recording(folder: Path, text: str) -> Recording:
    (folder / "one.csv").write_text(HEAD + text)
    return recorded.read(folder)[0]


def steady(folder: Path, hours: int, labelled: frozenset[int] = frozenset()) -> Recording:
    lines = (
        f"2018-07-{1 + hour // 24:02} {hour % 24:02}:00:00,{90 if hour in labelled else 9},{int(hour in labelled)}\n"
        for hour in range(hours)
    )
    return recording(folder, "".join(lines))


def test_hours_lie_beside_each_other(tmp_path: Path) -> None:
    """An hour told twice is one, the mean of both; one that is missing, or empty, has no value."""
    found = recording(
        tmp_path,
        "2018-07-03 14:00:00,1,0\n2018-07-03 14:00:00,3,1\n2018-07-03 16:00:00,,0\n2018-07-03 17:00:00,5.5,0\n",
    )
    assert (found.name, found.begins.hour) == ("one", 14)
    np.testing.assert_equal(found.value, [2.0, np.nan, np.nan, 5.5])
    assert found.labelled.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2018-07-03 14:00:00,1,0\nyesterday,1,0\n", "one.csv, line 3"),
        ("2018-07-03 14:00:00,many,0\n", "one.csv, line 2"),
        ("2018-07-03 14:00:00,-1,0\n", "one.csv, line 2"),
        ("2018-07-03 14:00:00,1,2\n", "one.csv, line 2"),
        ("2018-07-03 14:00:00,1,\n", "one.csv, line 2"),
    ],
)
def test_what_is_no_recording_is_said_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    """And nothing is guessed."""
    with pytest.raises(Unreadable, match=place):
        recording(tmp_path, text)


def test_other_columns_and_an_empty_folder(tmp_path: Path) -> None:
    """Say what is needed."""
    with pytest.raises(Unreadable, match=r"holds no \*\.csv"):
        recorded.read(tmp_path)
    (tmp_path / "other.csv").write_text("when,what\n1,2\n")
    with pytest.raises(Unreadable, match="no column TimeStamp, Value, Label"):
        recorded.read(tmp_path)


def test_every_hour_has_its_deploy_with_what_came_before_and_after(tmp_path: Path) -> None:
    """The first has no past; the last has an hour to be watched."""
    hours = 30
    found = recorded.placebo(steady(tmp_path, hours), recorded.plan_of(1.0), 6_000, seed=1)
    assert found.past.hurt.shape == (hours, PAST_BINS, 1)
    assert found.stream.new.hurt.shape == (hours, WATCH_MINUTES, 1)
    assert found.past.started[0].sum() == 0
    assert found.stream.new.started[-1, HOUR_MINUTES:].sum() == 0
    later = found.past.started[-1, -(hours - 1 - 12) * 6 :]  # after the first deploy's watch of 12 hours
    assert found.past.started[-1].sum() == found.stream.new.started[0].sum() + later.sum()
    assert found.past.minute_of_day[:3].tolist() == [0, 60, 120]
    assert found.past.day_of_week[0] == 6  # the 1st of July 2018 was a Sunday


def test_the_typical_hour_hurts_one_session_in_a_hundred(tmp_path: Path) -> None:
    """Within four standard deviations of 720,000 sessions; nothing was released."""
    found = recorded.placebo(steady(tmp_path, 24), recorded.plan_of(1.0), 60_000, seed=1)
    started, hurt = found.stream.new.started[0].sum(), found.stream.new.hurt[0].sum()
    assert hurt == pytest.approx(TYPICAL_RATE * started, abs=4 * np.sqrt(TYPICAL_RATE * started))
    assert not found.truth.bad.any()
    assert found.truth.new.hurt[0].sum() == pytest.approx(TYPICAL_RATE * started)


def test_a_labelled_hour_is_an_incident_of_the_deploys_that_watch_it(tmp_path: Path) -> None:
    """The deploy of its hour sees it first; one a day earlier does not."""
    found = recorded.placebo(steady(tmp_path, 48, frozenset({30})), recorded.plan_of(1.0), 600, seed=1)
    assert found.truth.incident[30, :HOUR_MINUTES].all()
    assert not found.truth.incident[30, HOUR_MINUTES:].any()
    assert found.truth.incident[20, 600:660].all()
    assert not found.truth.incident[6].any()


def test_a_canary_splits_by_the_plan(tmp_path: Path) -> None:
    """Sessions and users alike, within four standard deviations."""
    found = recorded.placebo(steady(tmp_path, 24), recorded.plan_of(0.2), 60_000, seed=1)
    for name in ("started", "hurt"):
        new, old = (getattr(arm, name)[0].sum() for arm in (found.stream.new, found.stream.old))
        assert new == pytest.approx(0.2 * (new + old), abs=4 * np.sqrt(0.16 * (new + old)))


def test_a_seed_repeats() -> None:
    """The same seed draws the same, another one does not."""
    value, labelled = np.full(24, 3.0), np.zeros(24, bool)
    of = Recording("made", pd.Timestamp("2018-07-01", tz="UTC"), value, labelled)
    first, again, other = (recorded.placebo(of, recorded.plan_of(1.0), 600, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.stream.new.hurt, again.stream.new.hurt)
    assert (first.stream.new.hurt != other.stream.new.hurt).any()
