"""Waiting for an answer through restarts of the server and broken connections."""

from collections.abc import Callable

import pytest

from seatrial.failures import ExitCode, Failure, Unanswered
from seatrial.waiting import ASK_SECONDS, Wait


class Time:
    """Goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[str] = []

    def wait(self, seconds: float | None) -> Wait:
        return Wait(seconds, lambda: self.now, self._sleep, self.told.append)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds


def _server(*answers: str | Failure) -> Callable[[], str]:
    """Each call gets the next answer; the last one stays."""
    left = list(answers)

    def ask() -> str:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Failure):
            raise answer
        return answer

    return ask


def _is_final(answer: str) -> bool:
    return answer == "continue"


def test_a_dropped_connection_does_not_end_the_wait() -> None:
    """A deploy of the server in the middle is said once, and waited for."""
    time = Time()
    gone = Unanswered("the server did not answer")

    answer = time.wait(60).until(_server("hold", gone, gone, "hold", gone, "continue"), _is_final)

    assert (answer, time.now) == ("continue", 5 * ASK_SECONDS)
    assert time.told == ["seatrial: the server did not answer; asking on until the timeout\n"]


def test_an_outage_that_lasts_ends_as_a_failure() -> None:
    """At the timeout, with the exit code of every failure: it is no verdict."""
    time = Time()

    with pytest.raises(Unanswered) as raised:
        time.wait(45).until(_server("hold", Unanswered("the server did not answer")), _is_final)

    assert (raised.value.code, time.now) == (ExitCode.FAILED, 45)


def test_what_is_not_final_in_time_is_the_answer() -> None:
    """It is asked once more at the end."""
    time = Time()

    assert (time.wait(5).until(_server("hold"), _is_final), time.now) == ("hold", 5)


def test_what_asking_again_does_not_help_ends_at_once() -> None:
    """As a token that is not known."""
    time = Time()

    with pytest.raises(Failure, match="token"):
        time.wait(60).until(_server(Failure("the token is not known", ExitCode.NOT_ALLOWED)), _is_final)

    assert time.now == 0


def test_a_wait_without_end_ends_at_the_first_failure() -> None:
    """Nobody would ever hear of it otherwise."""
    time = Time()

    with pytest.raises(Unanswered):
        time.wait(None).until(_server("hold", Unanswered("the server did not answer")), _is_final)

    assert time.now == ASK_SECONDS
