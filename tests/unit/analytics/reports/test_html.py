"""The report in HTML: `analytics.reports.html`."""

import re
from html.parser import HTMLParser
from pathlib import Path

from analytics.reports.html import html
from tests.fakes.reports import point, report

GOLDEN = Path(__file__).parents[3] / "data" / "reports" / "release.html"
EMPTY = {"meta", "img", "source", "link", "br"}


class Tags(HTMLParser):
    """Collects tags and attributes, and notices what is closed in the wrong order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_whole() -> None:
    """A report is, letter for letter, the one that was looked at."""
    assert html(report()) == GOLDEN.read_text()


def test_it_is_well_formed_and_runs_nothing() -> None:
    """Whatever people and errors say, no element opens or closes by it."""
    found = Tags(html(report()))
    assert not found.open
    assert "script" not in found.tags


def test_it_needs_nothing_beside_it() -> None:
    """No style, picture or script comes from another address; only links lead away."""
    text = html(report(series=[point(4, None), point(5, 0.98), point(6, 0.981)]))
    found = Tags(text)
    assert not {name for name, _ in found.attributes} & {"onclick", "onload"}
    sources = [value or "" for name, value in found.attributes if name in ("src", "srcset")]
    assert sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert not re.search(r"url\(|@import", text)


def test_a_chart_for_each_theme_and_width() -> None:
    """Dark and light, wide and narrow, and a sentence for who does not see it."""
    text = html(report(series=[point(5, 0.98), point(6, 0.981)]))
    assert text.count("<source ") == 3
    alternative = next(value for name, value in Tags(text).attributes if name == "alt")
    assert alternative is not None
    assert "98.1 %" in alternative
    assert text.count("<time ") > 0


def test_no_chart_of_nothing() -> None:
    """Where no rate is known, nothing is drawn."""
    assert "<picture>" not in html(report(series=[point(5, None)]))


def test_a_failed_action_is_loud() -> None:
    """An action that could not be delivered is said with its last result."""
    text = html(report())
    assert "failed after 1 attempt:" in text
    assert "HTTP 500" in text
    assert "act by hand" in text
