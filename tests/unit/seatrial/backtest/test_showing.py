"""seatrial/backtest/showing.py: a bar for people who look, and nothing that a pipe would have to read past."""

import io
import json

import pytest

from seatrial.backtest import showing
from seatrial.backtest.run import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *, as_json: bool = False, release: str = "shop@1.5.0") -> str:
    with showing.showing(stream, as_json=as_json) as show:
        show(Progress(release, 600, 1_200))
        show(Progress(release, 1_200, 1_200))
    return stream.getvalue()


def test_a_terminal_has_a_bar() -> None:
    """With how much is done of how much, and of which release."""
    text = shown(Terminal())
    assert "1200/1200" in text
    assert "shop@1.5.0" in text


def test_a_name_is_no_markup() -> None:
    """Whatever a release is called."""
    assert "shop@(red)1" in shown(Terminal(), release="shop@[red]1").replace("]", ")")


def test_a_short_run_in_a_pipe_says_nothing() -> None:
    """Not an escape sequence, not a line."""
    assert shown(io.StringIO()) == ""


@pytest.mark.parametrize("as_json", [False, True])
def test_a_long_run_in_a_pipe_says_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, *, as_json: bool) -> None:
    """For whoever reads the log of a job; as JSON where that was asked for."""
    monkeypatch.setattr(showing, "LINE_SECONDS", 0.0)
    first, second = shown(io.StringIO(), as_json=as_json).splitlines()
    if as_json:
        assert json.loads(second) == {"release": "shop@1.5.0", "minutes": 1_200, "of": 1_200}
    else:
        assert first.startswith("600 of 1,200 minutes")
        assert second.endswith("shop@1.5.0")
