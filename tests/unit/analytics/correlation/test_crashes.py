"""Which issue each failed session came from: `analytics.correlation.crashes`."""

import pytest

from analytics.correlation.crashes import WINDOW_MS, Explained, FailedSession, UnhandledEvent, explain, shared

HOUR = 3_600_000


def session(sid: str, at: int, user: str = "ada", started: int | None = None) -> FailedSession:
    return FailedSession(sid, user, at if started is None else started, at)


def event(name: str, at: int, issue: str, user: str | None = "ada") -> UnhandledEvent:
    return UnhandledEvent(name, issue, user, at)


@pytest.mark.parametrize(
    ("at", "explained"),
    [(0, True), (-WINDOW_MS, True), (WINDOW_MS, True), (-WINDOW_MS - 1, False), (WINDOW_MS + 1, False)],
)
def test_an_event_near_in_time_explains_a_session_of_its_user(at: int, explained: bool) -> None:  # noqa: FBT001
    """Before it or after it: Node sends the session first, browsers the event."""
    found = explain(1, [session("s", HOUR)], [event("e", HOUR + at, "cart")])
    assert found == (Explained(1, {"cart": 1}, 0) if explained else Explained(1, {}, 1))


def test_an_event_within_a_long_session_explains_it() -> None:
    """Python tells of the end when the session is closed, which may be long after the error."""
    assert explain(1, [session("s", 9 * HOUR, started=HOUR)], [event("e", 2 * HOUR, "cart")]).by_issue == {"cart": 1}


def test_nobody_elses_event_explains_it() -> None:
    """Neither another user's, nor one without a user: what is not known is said to be unexplained."""
    for user in ("bob", None):
        assert explain(1, [session("s", 0)], [event("e", 0, "cart", user)]) == Explained(1, {}, 1)


def test_the_nearest_event_wins_and_then_the_earlier_one_and_the_smaller_id() -> None:
    """So that the order in which they were read decides nothing."""
    near = [event("e1", 900, "far"), event("e2", 990, "near"), event("e3", 1_200, "far")]
    assert explain(1, [session("s", 1_000)], near).by_issue == {"near": 1}
    before_and_after = [event("e1", 1_010, "after"), event("e2", 990, "before")]
    assert explain(1, [session("s", 1_000)], before_and_after).by_issue == {"before": 1}
    at_once = [event("e2", 1_000, "second"), event("e1", 1_000, "first")]
    assert explain(1, [session("s", 1_000)], at_once).by_issue == {"first": 1}


def test_each_event_explains_one_session() -> None:
    """Two sessions and one event: one of them is unexplained; many events of one session explain one."""
    assert explain(2, [session("s1", 0), session("s2", 10)], [event("e", 0, "cart")]) == Explained(2, {"cart": 1}, 1)
    many = [event(f"e{number}", number, "cart") for number in range(9)]
    assert explain(1, [session("s", 5)], many) == Explained(1, {"cart": 1}, 0)


def test_sessions_without_a_user_are_explained_by_count() -> None:
    """Servers tell how many requests crashed, and of each crash there is an event, with a user or without."""
    events = [event("e1", 0, "cart", None), event("e2", 0, "cart", "bob"), event("e3", 0, "pay", None)]
    assert explain(5, [], events) == Explained(5, {"cart": 2, "pay": 1}, 2)


def test_an_event_whose_user_has_a_failed_session_explains_no_others() -> None:
    """The second error of one session is not the crash of a server."""
    events = [event("e1", 0, "cart"), event("e2", 1, "cart")]
    assert explain(3, [session("s", 0)], events) == Explained(3, {"cart": 1}, 2)


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, {}),
        (1, {"a": 1}),
        (3, {"a": 2, "b": 1}),
        (4, {"a": 2, "b": 1, "c": 1}),
        (6, {"a": 3, "b": 2, "c": 1}),
        (9, {"a": 3, "b": 2, "c": 1}),
    ],
)
def test_too_many_events_are_shared_out_in_proportion(most: int, expected: dict[str, int]) -> None:
    """The largest remainders first, then by id."""
    assert shared(most, {"c": 1, "b": 2, "a": 3}) == expected
