"""`replay`: when its result means nothing, it fails."""

from pathlib import Path

import pytest

from seatrial.cli.application import run

GOOD = '{"topic": "seatrial.sessions", "received_at": "2026-01-01T00:00:00Z", "key": "shop:1", "value": {}}\n'


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 1, "has no lines"),
        ("\n\n", 1, "has no lines"),
        ("not json\n", 1, "no line of"),
        (GOOD + "not json\n" * 2, 1, "most lines of"),
        (GOOD + "not json\n", 0, "1 line could not be read"),
        (GOOD, 0, "No decision was taken"),
    ],
)
def test_a_file_that_was_hardly_read_is_a_failure(
    text: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script would take it for a history without decisions."""
    file = tmp_path / "history.jsonl"
    file.write_text(text)
    assert run(["replay", str(file)]) == code
    assert said in capsys.readouterr().err
