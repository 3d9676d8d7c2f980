"""What is drawn of a series, and where its marks' labels stand."""

from itertools import pairwise

from analytics.reports.plotting import LETTER, MOST_POINTS, Mark, Point, placed, thinned, with_gaps, within

START = 1_795_390_740_000
MINUTE = 60_000
WIDTH = 800


def points(count: int) -> list[Point]:
    return [Point(START + index * MINUTE, 0.97, 0.95, 0.99, None) for index in range(count)]


def test_at_most_two_hundred_points_are_drawn_with_the_first_and_the_last() -> None:
    """A series of two weeks is thinned evenly and keeps its ends."""
    some = points(20_000)
    kept = thinned(some)
    assert len(kept) == MOST_POINTS
    assert (kept[0], kept[-1]) == (some[0], some[-1])
    steps = [after.at - before.at for before, after in pairwise(kept)]
    assert max(steps) - min(steps) <= MINUTE


def test_missing_minutes_are_an_empty_point_and_usual_steps_are_not() -> None:
    """A silence much longer than the usual step breaks the line once."""
    late = Point(START + 60 * MINUTE, 0.9, 0.8, 0.95, None)
    found = with_gaps([*points(6), late])
    assert [point.at for point in found if point.value is None] == [START + 5 * MINUTE + 1]
    assert with_gaps(points(6)) == points(6)
    assert with_gaps([]) == []


def test_marks_far_outside_are_left_out_and_near_ones_stand_at_the_edge() -> None:
    """A deploy in the minute before the first point is drawn; an outcome a week later does not squash the chart."""
    some = points(11)
    marks = [Mark(START + 7 * 86_400_000, "late"), Mark(START - MINUTE, "deploy")]
    assert within(marks, some) == [Mark(START, "deploy")]
    assert within(marks, []) == []


def test_labels_in_a_row_never_touch() -> None:
    """Any two labels in one row have room between them, also where one stands left of its rule."""
    some = points(11)
    marks = [Mark(START + index * MINUTE // 2, f"decision number {index}") for index in range(21)]
    spans: dict[int, list[tuple[float, float]]] = {}
    for one in placed(marks, some, WIDTH):
        at = (one.mark.at - START) / (10 * MINUTE) * WIDTH
        length = len(one.mark.label) * LETTER
        spans.setdefault(one.row, []).append((at - length, at) if one.leftwards else (at, at + length))
    for row in spans.values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(row)))
    assert all(begin >= 0 and end <= WIDTH for row in spans.values() for begin, end in row)
