"""The cells of the benchmark, and what each holds.

``python -m benchmarks.decisions.cells`` lists them: how many sessions and newly hurt users the new release has an hour
in the mean of a watch, and, of a bad one, how many of its signal's units it would have if healthy and has in fact.
Means over services: one of them may have a fifth or three times as many.
"""

from benchmarks.decisions.bad_cells import BAD
from benchmarks.decisions.generator import issues, services
from benchmarks.decisions.generator.cell import Cell
from benchmarks.decisions.generator.faults import ALL
from benchmarks.decisions.generator.laws import log_uniform_mean
from benchmarks.decisions.healthy_cells import HEALTHY

CELLS: dict[str, Cell] = {cell.name: cell for cell in (*HEALTHY, *BAD)}


def sessions_an_hour(cell: Cell) -> float:
    """Of the new release."""
    sampled = sum(cell.telemetry.sampled) / 2
    return cell.kind.sessions_an_hour * float(cell.plan.share.mean()) * sampled


def hurt_an_hour(cell: Cell) -> float:
    """Users newly hurt in the new release, without its fault, incidents left out."""
    return sessions_an_hour(cell) * log_uniform_mean(services.HURT) * cell.harmless


def units_an_hour(cell: Cell) -> tuple[float, float]:
    """Units of the fault's signal, all of it there: without the fault and with it."""
    if cell.fault is None:
        return hurt_an_hour(cell), hurt_an_hour(cell)
    sessions, segment = sessions_an_hour(cell), cell.fault.segment
    due = {
        "crash": hurt_an_hour(cell) * (1.0 if segment == ALL else cell.kind.segments[segment]),
        "errors": sessions * log_uniform_mean(services.ERRORS),
        "feedback": sessions * log_uniform_mean(services.FEEDBACK) * sum(services.NEGATIVE) / 2,
        "issue": sessions * issues.MEAN,
    }[cell.fault.signal]
    if cell.fault.signal == "issue":
        return due, due + sessions * cell.fault.factor * issues.RATE
    return due, due * cell.fault.factor


def line(cell: Cell) -> str:
    said = f"{cell.name:36}{sessions_an_hour(cell):10,.0f}{hurt_an_hour(cell):10,.1f}"
    if cell.fault is not None:
        healthy, bad = units_an_hour(cell)
        said += f"  {cell.fault.signal:9}{healthy:9,.1f}{bad:9,.1f}"
    else:
        said += " " * 29
    return f"{said}  {cell.note}"


def main() -> None:
    print(f"{'an hour of the new release':36}{'sessions':>10}{'hurt':>10}  {'signal':9}{'healthy':>9}{'bad':>9}")
    for cell in CELLS.values():
        print(line(cell))
    print(f"{len(HEALTHY)} healthy and {len(BAD)} bad")


if __name__ == "__main__":
    main()
