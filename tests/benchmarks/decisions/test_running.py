"""A run over cells: who watches what, and how it goes on after it was stopped."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.decisions import tables
from benchmarks.decisions.judges.limits import KnownRates
from benchmarks.decisions.judges.msprt import MixtureSprt
from benchmarks.decisions.judges.oracle import LikelihoodRatio
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.z_test import RepeatedZTest
from benchmarks.decisions.running import Kept, Panel, run
from benchmarks.decisions.streams import Episode, Past, Plan, Stream
from tests.fakes.streams import Steady, draw

HEALTHY, BAD = Steady(minutes=60), Steady(minutes=60, effect=8.0, sessions=200.0)
LIMIT = KnownRates("limit", "")
RELEASES = 5
PANEL = Panel([RepeatedZTest(), MixtureSprt()], [LIMIT], [LikelihoodRatio()])


class Drawing:
    """Counts what was drawn."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self, cell: Steady, seed: int, releases: int) -> Episode:
        self.drawn.append(cell.name)
        return draw(cell, seed, releases)


def kept_of(folder: Path) -> set[tuple[str, str, int]]:
    return {(one.cell, one.judge, one.seed) for one in Kept(folder, RELEASES).all()}


def ran(folder: Path, cells: Sequence[Steady], panel: Panel = PANEL, seed: int = 1) -> list[str]:
    drawing = Drawing()
    run(cells, drawing, panel, Kept(folder, RELEASES), seed=seed)
    return drawing.drawn


def test_oracles_are_only_asked_about_bad_cells(tmp_path: Path) -> None:
    ran(tmp_path, [HEALTHY, BAD])
    everybody = {"z-test", "mSPRT", "limit", "oracle"}

    assert {judge for cell, judge, _ in kept_of(tmp_path) if cell == BAD.name} == everybody
    assert {judge for cell, judge, _ in kept_of(tmp_path) if cell == HEALTHY.name} == everybody - {"oracle"}


def test_what_is_there_is_not_watched_again(tmp_path: Path) -> None:
    """A judge or a seed that is new is; a cell of which nothing is missing is not even drawn."""
    fewer = Panel([RepeatedZTest()], [], [LikelihoodRatio()])
    assert ran(tmp_path, [HEALTHY], fewer) == [HEALTHY.name]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    assert ran(tmp_path, [HEALTHY, BAD], fewer) == [BAD.name]
    assert ran(tmp_path, [HEALTHY]) == [HEALTHY.name]
    assert ran(tmp_path, [HEALTHY], seed=2) == [HEALTHY.name]
    assert ran(tmp_path, [HEALTHY]) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_run_that_is_stopped_leaves_whole_results_only(tmp_path: Path) -> None:
    """And goes on with what is missing."""

    class Stops(MixtureSprt):
        def watch(self, _past: Past, _plan: Plan, _stream: Stream) -> Verdicts:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ran(tmp_path, [BAD], Panel([RepeatedZTest(), Stops()], [], [LikelihoodRatio()]))
    assert kept_of(tmp_path) == {(BAD.name, "z-test", 1)}

    ran(tmp_path, [BAD])
    assert len(kept_of(tmp_path)) == 4


def test_progress_tells_how_much_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(tmp_path, [BAD])
    lines = capsys.readouterr().err.splitlines()

    assert [line.split(",")[0] for line in lines] == [f"{number} of 4" for number in (1, 2, 3, 4)]
    assert lines[-1].endswith("0.0 minutes left  canary-crash-8.0: oracle")


def test_tables_name_every_judge_and_cell(tmp_path: Path) -> None:
    """Each table is in the report."""
    ran(tmp_path, [HEALTHY, BAD])
    outcomes = Kept(tmp_path, RELEASES).all()
    oracles = {(one.cell, one.seed): one for one in outcomes if one.judge == "oracle"}
    watched = {judge: [one for one in outcomes if one.judge == judge] for judge in PANEL.names()}

    summary = tables.summary(watched, oracles).splitlines()
    assert len(summary) == 2 + 4
    assert summary[2].startswith("| z-test | ")
    assert summary[5] == "| oracle | – | – | 100.0 % | x1.00 | x1.00 | – |"
    healthy = tables.by_cell(watched, oracles, healthy=True).splitlines()
    assert healthy[0] == "| cell | z-test | mSPRT | limit |"
    assert [line.split(" | ")[0] for line in healthy[2:]] == [f"| {HEALTHY.name}"]
    bad = tables.by_cell(watched, oracles, healthy=False).splitlines()
    assert bad[2].startswith(f"| {BAD.name} | 100 % x")
    assert bad[2].endswith("| 100 % x1.00 |")
    budget = tables.by_budget(watched, oracles).splitlines()
    assert budget[0] == "| judge | 0.25 % false | 1 % false | 5 % false |"
    assert [line.split(" | ")[0] for line in budget[2:]] == ["| z-test", "| mSPRT", "| limit"]
    for table in (summary, healthy, bad, budget):
        assert "\n".join(table) in tables.report(watched, oracles)


def test_a_judge_that_was_not_asked_about_a_cell_has_a_dash_there(tmp_path: Path) -> None:
    """A run over another cell with fewer judges went before."""
    ran(tmp_path, [HEALTHY])
    ran(tmp_path, [Steady(kind="replace", minutes=60)], Panel([RepeatedZTest()], [], []))
    outcomes = Kept(tmp_path, RELEASES).all()
    watched = {judge: [one for one in outcomes if one.judge == judge] for judge in ("z-test", "limit")}

    healthy = tables.by_cell(watched, {}, healthy=True).splitlines()
    assert [line.split(" | ")[2] for line in healthy[2:]] == ["0.0 % |", "– |"]
    assert tables.by_cell(watched, {}, healthy=False).splitlines()[2:] == []
    assert tables.by_budget(watched, {}).splitlines()[2].startswith("| z-test | – at ")


def test_results_of_another_number_of_releases_are_not_mixed_in(tmp_path: Path) -> None:
    ran(tmp_path, [HEALTHY])
    assert Kept(tmp_path, 7).all() == []
    assert not Kept(tmp_path, 7).has(HEALTHY.name, "z-test", 1)
