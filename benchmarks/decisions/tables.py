"""The figures as markdown."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.decisions.figures import Figures, Oracles, Part, Point, curve, figures, within, worst_cell
from benchmarks.decisions.outcomes import Outcomes

BUDGETS = (0.0025, 0.01, 0.05)
"""Shares of false rollbacks at which judges are compared with each other."""

Watched = Mapping[str, Sequence[Outcomes]]
"""By judge, in the order in which they are shown."""


NOTE = """Delay, the minutes from the onset to the verdict, and users hurt until then are medians, as multiples of the
oracle's on the same releases; what is not found counts with its whole watch. Who rolls back most healthy releases finds
bad ones early, by chance: delays compare at the same share of false rollbacks only.
"""


def report(watched: Watched, oracles: Oracles) -> str:
    parts = {
        "Judges": summary(watched, oracles),
        "At the same share of false rollbacks": by_budget(watched, oracles),
        "Healthy cells: false rollbacks": by_cell(watched, oracles, healthy=True),
        "Bad cells: found, and delay": by_cell(watched, oracles, healthy=False),
    }
    return "\n".join([NOTE, *(f"## {title}\n\n{table}" for title, table in parts.items())])


def summary(watched: Watched, oracles: Oracles) -> str:
    head = ["judge", "false rollbacks", "worst cell", "found", "delay", "hurt", "incidents blamed"]
    rows = []
    for judge, outcomes in watched.items():
        told, worst = figures(outcomes, oracles), worst_cell(outcomes)
        named = f"{bounded(worst[1])} {worst[0]}" if worst else "–"
        rows.append([judge, bounded(told.false), named, *_badly(told), percent(told.blamed)])
    return _table(head, rows)


def by_cell(watched: Watched, oracles: Oracles, *, healthy: bool) -> str:
    """A line a cell and a column a judge that was asked about such cells."""
    of_kind = {judge: [one for one in outcomes if any(one.bad) != healthy] for judge, outcomes in watched.items()}
    asked = {judge: outcomes for judge, outcomes in of_kind.items() if outcomes}
    cells = dict.fromkeys(one.cell for outcomes in asked.values() for one in outcomes)
    rows = [[cell, *(_short(outcomes, cell, oracles) for outcomes in asked.values())] for cell in cells]
    return _table(["cell", *asked], rows)


def by_budget(watched: Watched, oracles: Oracles) -> str:
    """What each judge would find, and how late, were its threshold moved to the same share of false rollbacks."""
    rows = []
    for judge, outcomes in watched.items():
        points = curve(outcomes, oracles)
        if points and points[0].false.of:
            rows.append([judge, *(_point(within(points, budget)) for budget in BUDGETS)])
    return _table(["judge", *(f"{100 * budget:g} % false" for budget in BUDGETS)], rows)


def bounded(part: Part) -> str:
    if not part.of:
        return "–"
    low, high = part.bounds
    return f"{percent(part)} ({100 * low:.2f}–{100 * high:.2f}, {part.count} of {part.of})"


def percent(part: Part) -> str:
    return f"{100 * part.share:.1f} %" if part.of else "–"


def times(ratio: float | None) -> str:
    return f"x{ratio:.2f}" if ratio is not None else ""


def _badly(told: Figures) -> list[str]:
    return [percent(told.found), times(told.delay) or "–", times(told.hurt) or "–"]


def _short(outcomes: Sequence[Outcomes], cell: str, oracles: Oracles) -> str:
    """Of a healthy cell its false rollbacks; of a bad one what is found, and how late."""
    here = [one for one in outcomes if one.cell == cell]
    if not here:
        return "–"
    told = figures(here, oracles)
    return percent(told.false) if told.false.of else _found(told)


def _found(told: Figures | Point) -> str:
    return f"{100 * told.found.share:.0f} % {times(told.delay)}".strip() if told.found.of else "–"


def _point(point: Point | None) -> str:
    return f"{_found(point)} at {point.level:.2f}" if point else "not reached"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
