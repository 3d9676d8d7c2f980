"""What a gate leaves with (ux.md, section 4)."""

import io
import json

import pytest

from seatrial.cli.releases import changes_as_json, gate_code, seconds_of
from seatrial.failures import Failure


@pytest.mark.parametrize(
    ("verdict", "degraded", "waited", "pass_unknown", "code"),
    [
        ("continue", None, False, False, 0),
        ("hold", None, False, False, 10),
        ("rollback", None, False, False, 11),
        ("insufficient_data", None, False, False, 12),
        ("insufficient_data", None, False, True, 0),
        ("continue", "the store is away", False, False, 10),
        ("rollback", "the store is away", False, False, 11),
        ("hold", None, True, False, 8),
        ("insufficient_data", None, True, False, 8),
        ("continue", None, True, False, 0),
        ("rollback", None, True, False, 11),
    ],
)
def test_a_verdict_becomes_an_exit_code(
    verdict: str,
    degraded: str | None,
    waited: bool,  # noqa: FBT001 - one case
    pass_unknown: bool,  # noqa: FBT001
    code: int,
) -> None:
    """A CI job tells a bad release from too little data, from a tool that broke."""
    document = {"verdict": verdict, "degraded": degraded}
    assert gate_code(document, waited=waited, pass_unknown=pass_unknown) == code


@pytest.mark.parametrize(("text", "seconds"), [("45m", 2700), ("90s", 90), ("2h", 7200), ("30", 30)])
def test_a_timeout_is_read(text: str, seconds: float) -> None:
    """With its unit, or in seconds."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3m", "nan", "m"])
def test_a_timeout_that_is_none_is_refused(text: str) -> None:
    """The message shows how one is written."""
    with pytest.raises(Failure, match="45m"):
        seconds_of(text)


def test_a_change_is_a_line_of_json() -> None:
    """Each time the verdict or its sentence is another one; how long it is degraded is none."""
    stream = io.StringIO()
    show = changes_as_json(stream)
    hold = {"verdict": "hold", "sentence": "3 hurt", "degraded": None}
    worse = hold | {"sentence": "4 hurt"}
    for document in (hold, hold, worse, worse | {"degraded": "for 1 s"}, worse | {"degraded": "for 2 s"}):
        show(document)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert told == [hold, worse, worse | {"degraded": "for 1 s"}]
