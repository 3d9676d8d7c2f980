"""analytics/correlation/issue_states.py: each issue of a release is in one state."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.issue_states import IssueState, States, states
from analytics.correlation.resolutions import Comparison, Standing, Status
from analytics.statistics.comparison import Arm, Arms

HERE, BEFORE = "shop@2.0", "shop@1.0"
MARGIN = 0.05


def back_in(release: str) -> Standing:
    return Standing(Status.OPEN, came_back=(Comparison("c", release, 1, covered=False, by=None, sentence="why"),))


def fixed(release: str | None) -> Standing:
    return Standing(Status.RESOLVED, fixed_in=release)


def arms(new: int, old: int, exposed: int = 10_000) -> Arms:
    return Arms(Arm(HERE, new, exposed), Arm(BEFORE, old, exposed), 1024)


def of(
    had: str, new: str = "", standings: dict[str, Standing] | None = None, compared: dict[str, Arms] | None = None
) -> States:
    return states(HERE, set(had), set(new), standings or {}, compared or {}, margin=MARGIN)


def test_the_five_states() -> None:
    """One issue of each."""
    found = of("nbws", "n", {"b": back_in(HERE), "f": fixed(HERE)}, {"w": arms(200, 20), "s": arms(20, 20)})
    assert found.of == {
        "n": IssueState.NEW_HERE,
        "b": IssueState.CAME_BACK,
        "w": IssueState.GETTING_WORSE,
        "s": IssueState.SEEN_BEFORE,
        "f": IssueState.FIXED_HERE,
    }
    assert list(found.worse) == ["w"]


def test_the_first_that_holds_wins() -> None:
    """A new issue that came back is new, whatever its numbers; one that came back is not getting worse."""
    worse = arms(200, 20)
    assert of("i", "i", {"i": back_in(HERE)}, {"i": worse}).of["i"] is IssueState.NEW_HERE
    assert of("i", "", {"i": back_in(HERE)}, {"i": worse}).of["i"] is IssueState.CAME_BACK
    assert of("i", "", {"i": fixed(HERE)}, {"i": worse}).of["i"] is IssueState.FIXED_HERE
    assert of("i", "i", {"i": fixed(HERE)}).of["i"] is IssueState.NEW_HERE


def test_what_was_fixed_or_came_back_elsewhere_was_seen_before_here() -> None:
    """And without an event here it is none of the release's issues."""
    assert of("i", "", {"i": back_in(BEFORE)}).of["i"] is IssueState.SEEN_BEFORE
    assert of("i", "", {"i": fixed(BEFORE)}).of["i"] is IssueState.SEEN_BEFORE
    assert of("", "", {"i": fixed(BEFORE), "j": back_in(HERE), "k": fixed(None)}).of == {}


NAMES = some.sets(some.sampled_from("abcdefgh"))
STANDINGS = some.dictionaries(
    some.sampled_from("abcdefghxyz"), some.sampled_from([back_in(HERE), back_in(BEFORE), fixed(HERE), fixed(BEFORE)])
)


@given(had=NAMES, new=NAMES, standings=STANDINGS, hurt=some.lists(some.integers(0, 500), min_size=8, max_size=8))
def test_the_states_add_up(had: set[str], new: set[str], standings: dict[str, Standing], hurt: list[int]) -> None:
    """Every issue that the release had, and every one fixed in it, is in exactly one."""
    compared = {name: arms(number, 20) for name, number in zip("abcdefgh", hurt, strict=True)}
    found = states(HERE, had, new & had, standings, compared, margin=MARGIN)
    fixed_elsewhere = {name for name, one in standings.items() if one == fixed(HERE)}
    assert set(found.of) == had | fixed_elsewhere
    assert sum(Counter(found.of.values()).values()) == len(had | fixed_elsewhere)
    assert {name for name, one in found.of.items() if one is IssueState.NEW_HERE} == new & had
