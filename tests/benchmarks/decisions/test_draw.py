"""benchmarks/decisions/draw.py: what every episode keeps to, whatever the cell."""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from benchmarks.decisions.cells import CELLS
from benchmarks.decisions.draw import draw
from benchmarks.decisions.generator.cell import Cell, canary
from benchmarks.decisions.generator.services import Kind
from benchmarks.decisions.streams import PAST_BINS, Arm, Episode

Drawn = Callable[[str, int], Episode]
RELEASES, MANY, MINUTES = 3, 40, 45
SMALL = Cell("small", "", canary(20, MINUTES), Kind(10_000))


def arrays(value: object) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of a frozen value, with its place in it."""
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        held = getattr(value, field.name)
        if isinstance(held, np.ndarray):
            yield field.name, held
        elif dataclasses.is_dataclass(held):
            yield from ((f"{field.name}.{name}", array) for name, array in arrays(held))


def equal(one: Episode, other: Episode) -> bool:
    pairs = zip(arrays(one), arrays(other), strict=True)
    return all(np.array_equal(first, second) for (_, first), (_, second) in pairs)


def test_the_same_seed_gives_the_same_episode() -> None:
    assert equal(draw(SMALL, 1, RELEASES), draw(SMALL, 1, RELEASES))


def test_another_seed_or_another_name_gives_another() -> None:
    assert not equal(draw(SMALL, 1, RELEASES), draw(SMALL, 2, RELEASES))
    assert not equal(draw(SMALL, 1, RELEASES), draw(dataclasses.replace(SMALL, name="other"), 1, RELEASES))


def test_shapes_are_those_of_the_contract() -> None:
    episode = draw(SMALL, 1, RELEASES)
    shapes = {name: array.shape for name, array in arrays(episode)}
    by_bin, by_minute = (RELEASES, PAST_BINS), (RELEASES, MINUTES)
    for arm in ("new", "old"):
        assert shapes[f"stream.{arm}.started"] == shapes[f"stream.{arm}.hurt"] == (*by_minute, 5)
        for count in ("ended", "crashed", "errors", "feedback", "negative"):
            assert shapes[f"stream.{arm}.{count}"] == by_minute
        assert shapes[f"truth.{arm}.hurt"] == (*by_minute, 5)
        assert shapes[f"truth.{arm}.errors"] == shapes[f"truth.{arm}.negative"] == by_minute
    assert shapes["past.started"] == shapes["past.hurt"] == (*by_bin, 5)
    for count in ("crashed", "errors", "feedback", "negative", "sibling_started", "sibling_hurt"):
        assert shapes[f"past.{count}"] == by_bin
    assert shapes["stream.sibling_started"] == shapes["stream.sibling_hurt"] == by_minute
    assert shapes["stream.issues"] == shapes["truth.issues"] == (*by_minute, 4)
    for values in ("effect", "fault", "hurt_by_fault", "incident"):
        assert shapes[f"truth.{values}"] == by_minute
    for values in ("truth.bad", "truth.onset", "truth.segment", "past.minute_of_day", "past.day_of_week"):
        assert shapes[values] == (RELEASES,)


def consistent(arm: Arm) -> bool:
    """Whether parts are at most their whole, in each minute or up to it."""
    return bool(
        (arm.negative <= arm.feedback).all()
        and (arm.crashed.cumsum(axis=1) >= arm.hurt.sum(axis=2).cumsum(axis=1)).all()
        and min(array.min() for _, array in arrays(arm)) >= 0
    )


@pytest.mark.parametrize("name", CELLS)
def test_counts_and_truth_of_every_cell_are_consistent(name: str) -> None:
    cell = CELLS[name]
    episode = draw(cell, 1, RELEASES)
    past, stream, truth = episode.past, episode.stream, episode.truth
    assert all(np.isfinite(array).all() for _, array in arrays(episode))
    assert consistent(stream.new)
    assert consistent(stream.old)
    assert (past.hurt.sum(axis=2) <= past.crashed).all()
    assert (past.negative <= past.feedback).all()
    assert (stream.sibling_hurt <= stream.sibling_started).all()
    assert past.minute_of_day.max() < 1440
    assert past.day_of_week.max() < 7
    minute = np.arange(len(cell.plan.share))
    assert (truth.bad != cell.healthy).all()
    assert (truth.effect[minute < truth.onset[:, None]] == 1.0).all()
    assert (truth.effect >= 1.0).all()
    assert (truth.hurt_by_fault.sum(axis=1) > 0).tolist() == truth.bad.tolist()


def test_users_hurt_are_some_of_the_sessions_where_crashes_are_told_of_at_once(drawn: Drawn) -> None:
    for name in ("healthy-canary20-100k", "bad-replace-1k-x10", "bad-canary20-10k-loops"):
        stream = drawn(name, MANY).stream
        assert (stream.new.hurt <= stream.new.started).all()
        assert (stream.old.hurt <= stream.old.started).all()


def test_nothing_is_told_of_an_old_release_without_traffic(drawn: Drawn) -> None:
    for name in ("healthy-replace-10k", "healthy-replace-10k-skew", "healthy-ramp-10k"):
        episode = drawn(name, MANY)
        gone = episode.plan.share == 1.0
        assert gone.any()
        assert all(not array[:, gone].any() for _, array in arrays(episode.stream.old))
        assert all(not array[:, gone].any() for array in (episode.truth.old.hurt, episode.truth.old.errors))
    assert drawn("healthy-ramp-10k", MANY).stream.old.started[:, 0].any()


def test_the_new_release_gets_the_planned_share(drawn: Drawn) -> None:
    for name in ("healthy-canary5-10k", "healthy-canary20-10k-bursty", "healthy-ramp-100k-adopters"):
        episode = drawn(name, MANY)
        new, old = episode.stream.new.started.sum(axis=(0, 2)), episode.stream.old.started.sum(axis=(0, 2))
        hourly = [(values.reshape(-1, 30).sum(axis=1)) for values in (new, new + old)]
        assert hourly[0] / hourly[1] == pytest.approx(episode.plan.share.reshape(-1, 30).mean(axis=1), rel=0.12)


def test_the_watch_is_of_the_service_that_the_past_is_of(drawn: Drawn) -> None:
    """Base rates differ by 15 between services, and by little between a service's past and its healthy watch."""
    episode = drawn("healthy-replace-10k", MANY)
    past, stream = episode.past, episode.stream
    for before, after in (
        (past.hurt.sum(axis=2), stream.new.hurt.sum(axis=2)),
        (past.errors, stream.new.errors),
        (past.feedback, stream.new.feedback),
        (past.sibling_started, stream.sibling_started),
    ):
        assert np.corrcoef(np.log(before.sum(axis=1)), np.log(after.sum(axis=1)))[0, 1] > 0.8


def test_traffic_goes_on_at_the_deploy(drawn: Drawn) -> None:
    episode = drawn("healthy-canary20-100k", MANY)
    last = episode.past.started[:, -1].sum(axis=1) / 10
    first = (episode.stream.new.started + episode.stream.old.started)[:, :10].sum(axis=(1, 2)) / 10
    assert first == pytest.approx(last, rel=0.1)
