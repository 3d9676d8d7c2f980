"""The report in Markdown: `analytics.reports.markdown`."""

from pathlib import Path

from analytics.reports.markdown import escaped, markdown
from tests.fakes.reports import EVIL, report

GOLDEN = Path(__file__).parents[3] / "data" / "reports" / "release.md"


def test_the_whole() -> None:
    """A report is, letter for letter, the one that was looked at."""
    assert markdown(report()) == GOLDEN.read_text()


def test_a_text_from_outside_stays_within_its_cell() -> None:
    """A title with bars and line breaks adds neither a cell nor a row."""
    (row,) = [line for line in markdown(report()).splitlines() if "SHOP-8" in line and line.startswith("|")]
    assert row.replace("\\|", "").count("|") == 6


def test_nothing_in_a_text_becomes_markup() -> None:
    """HTML, code, links and emphasis in a text are shown as they were written."""
    shown = escaped(EVIL)
    assert "\\<script\\>" in shown
    assert "\\`c\\`" in shown
    assert "\\[l\\](" in shown
    assert "\\*\\*b\\*\\*" in shown
    assert "\n" not in shown


def test_nobody_is_called() -> None:
    """A name after an @, or a number after a #, notifies nobody; a release stays as it is."""
    assert escaped("@ops see #12 in shop@1.4.2") == "@<!-- -->ops see #<!-- -->12 in shop@1.4.2"


def test_the_direction_of_text_is_not_turned() -> None:
    """Marks that turn the direction of what follows are taken out."""
    assert "\u202e" not in markdown(report())


def test_a_release_of_which_nothing_is_known() -> None:
    """Unknown is a dash with its n, never 0 %."""
    facts = report()["facts"] | {"unhandled_free": {"value": None, "low": None, "high": None, "n": 0}}
    shown = markdown(report(facts=facts, decisions=[], actions=[], themes=[]))
    assert "Unhandled-free sessions: — (n 0)" in shown
    assert "sessions (none arrived)" in shown
    assert "nothing was decided yet" in shown


def test_what_is_broken_with_us_is_said_at_once() -> None:
    """A degraded gate says so in the headline."""
    gate = report()["gate"] | {"degraded": "Not read for 40 s: errors/0."}
    assert "Degraded: Not read for 40 s: errors/0." in markdown(report(gate=gate)).splitlines()[2]
