"""What the client commands print of a gate: `seatrial.verdicts`."""

from io import StringIO

from seatrial.verdicts import gate_lines, watching
from tests.fakes.reports import gate


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
