"""What the client commands print of a gate: `seatrial.verdicts`."""

from io import StringIO

from analytics.reports.words import STAGES
from seatrial.verdicts import gate_lines, health_lines, release_lines, watching
from tests.fakes.reports import gate, report


def test_a_rollback_that_was_not_delivered_is_said_before_all_else() -> None:
    """Else it looks like one that is done."""
    lines = gate_lines(gate())
    assert lines[1].startswith("  ! The rollback was not delivered: 1 attempt, HTTP 500")


def test_a_delivered_one_is_said_with_its_time() -> None:
    """After the sentence, without alarm."""
    document = gate()
    lines = gate_lines(document | {"action": document["action"] | {"state": "delivered"}})
    assert lines[1] == f"  {document['sentence']}"
    assert "  The rollback was delivered at 14:41 UTC." in lines
    assert not any("!" in line for line in lines)


def test_the_numbers_of_a_rollback_are_those_of_its_decision() -> None:
    """What came later says less; while nothing is final, nothing is said of it."""
    frozen = "  As decided in d-77 at 2026-11-22 14:41 UTC: "
    assert any(line.startswith(frozen) for line in gate_lines(gate()))
    assert not any("As decided" in line for line in gate_lines(gate() | {"verdict": "hold"}))


def test_who_watches_is_told_of_each_failed_attempt() -> None:
    """A line a change: that it fails, and in the end that it was delivered."""
    stream, document = StringIO(), gate()
    with watching(stream) as show:
        for state in ("failed", "failed", "delivered"):
            show(document | {"action": document["action"] | {"state": state}})
    first, second = stream.getvalue().splitlines()
    assert "! The rollback was not delivered: 1 attempt" in first
    assert "!" not in second


def test_a_releases_health_is_told_in_lines() -> None:
    """Each share with its interval and n, the stage in words, and crashes as a sum."""
    lines = health_lines(report())
    assert "  Unhandled-free sessions: 98.1 % (95 %: 97.7 to 98.4; n 6,210)" in lines
    assert f"  In use, last 24 h: 31.0 % adopted of sessions ({STAGES['adopted']})" in lines
    assert lines[-1] == "  Crashed sessions: 118 = 113 SHOP-8 + 5 unexplained"


def test_what_is_not_known_of_a_release_is_said_to_be_unknown() -> None:
    """Users where no session names one, and its use where there were no sessions."""
    nothing = {"sessions": None, "users": None, "stage": None, "sentence": STAGES[None]}
    lines = health_lines(report(facts=report()["facts"] | {"users": None, "adoption": nothing}))
    assert any(line.startswith("  Of users: unknown") for line in lines)
    assert any(line.startswith("  In use, last 24 h: unknown") for line in lines)
    assert release_lines([{"release": "shop@1", "adoption": nothing}])[0].endswith("in use unknown")
