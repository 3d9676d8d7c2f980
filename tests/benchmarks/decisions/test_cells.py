"""benchmarks/decisions/cells.py: what the benchmark covers, and that its list tells the truth."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.decisions import cells
from benchmarks.decisions.bad_cells import BAD
from benchmarks.decisions.cells import CELLS
from benchmarks.decisions.healthy_cells import HEALTHY
from benchmarks.decisions.streams import Episode

Drawn = Callable[[str, int], Episode]


def test_there_are_as_many_cells_as_the_protocol_asks_for() -> None:
    assert len(HEALTHY) >= 19
    assert len(BAD) >= 27
    assert len(CELLS) == len(HEALTHY) + len(BAD)


@pytest.mark.parametrize("name", CELLS)
def test_a_name_says_what_the_cell_is(name: str) -> None:
    cell = CELLS[name]
    said = re.fullmatch(r"(healthy|bad)-(canary(\d+)|ramp|replace)-(50|1k|10k|100k)(-[a-z0-9]+)*", name)
    assert said is not None
    health, plan, percent, volume, _ = said.groups()
    assert (health == "healthy") is cell.healthy
    assert plan.startswith(cell.plan.kind)
    assert int(volume.replace("k", "000")) == cell.kind.sessions_an_hour
    if percent:
        assert (cell.plan.share == int(percent) / 100).all()


def test_each_plan_has_healthy_cells_and_bad_ones_of_each_signal() -> None:
    for plan in ("canary", "ramp", "replace"):
        of_plan = [cell for cell in CELLS.values() if cell.plan.kind == plan]
        assert any(cell.healthy for cell in of_plan)
        assert {cell.fault.signal for cell in of_plan if cell.fault} == {"crash", "errors", "issue", "feedback"}


def test_a_ramp_rises_in_steps_to_all_traffic() -> None:
    share = CELLS["healthy-ramp-10k"].plan.share
    assert share[[0, 89, 90, 599, 600]].tolist() == [0.05, 0.05, 0.10, 0.50, 1.0]
    assert (np.diff(share) >= 0).all()


def test_the_list_names_every_cell(capsys: pytest.CaptureFixture[str]) -> None:
    cells.main()
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed[1:-1]] == list(CELLS)
    assert listed[-1] == f"{len(HEALTHY)} healthy and {len(BAD)} bad"


@pytest.mark.parametrize(
    ("name", "hours"), [("healthy-canary20-100k", 12), ("healthy-canary20-1k", 12), ("healthy-replace-10k-weekly", 24)]
)
def test_what_is_listed_is_what_is_drawn(drawn: Drawn, name: str, hours: int) -> None:
    """Within a quarter: base rates of services differ by 15, and incidents are left out."""
    new = drawn(name, 60).stream.new
    assert new.started.sum() / 60 / hours == pytest.approx(cells.sessions_an_hour(CELLS[name]), rel=0.1)
    assert new.hurt.sum() / 60 / hours == pytest.approx(cells.hurt_an_hour(CELLS[name]), rel=0.25)


@pytest.mark.parametrize("name", ["bad-replace-1k-errors", "bad-replace-10k-feedback", "bad-canary20-10k-issue"])
def test_the_units_that_are_listed_are_those_of_the_signal(drawn: Drawn, name: str) -> None:
    stream = drawn(name, 40).stream
    units = {"errors": stream.new.errors, "feedback": stream.new.negative, "issue": stream.issues[:, :, 0]}
    signal = CELLS[name].fault
    assert signal is not None
    _, bad = cells.units_an_hour(CELLS[name])
    assert units[signal.signal].sum() / 40 / 12 == pytest.approx(bad, rel=0.25)
