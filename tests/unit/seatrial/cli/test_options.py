"""What strangers wrote, as a terminal shows it."""

import pytest

from seatrial.cli import options


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Cannot read price of null", "Cannot read price of null"),
        ("Größe → 大きい 👍", "Größe → 大きい 👍"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2J\x1b]0;owned\x07", r"\u001b[2J\u001b]0;owned\u0007"),
        ("shop@1.4.2\u202e1.0", r"shop@1.4.2\u202e1.0"),
        ("\x9b31mred", r"\u009b31mred"),
        ("back\rover", r"back\u000dover"),
    ],
)
def test_a_title_does_not_command_the_terminal(told: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters and marks of direction are written out, in the result and beside it."""
    options.say(told)
    options.tell(told)
    assert tuple(capsys.readouterr()) == (shown + "\n", shown + "\n")
