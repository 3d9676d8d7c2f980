"""The report about a release as one HTML file: it needs nothing beside it, prints, and fits 320 px."""

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analytics.reports import delivery, drawing, sentences, words
from analytics.reports.charts import Theme
from models.domain.spans import counted

Report = Mapping[str, Any]
Chart = tuple[str, str]
"""When a picture is shown (a media query, empty for the one that always is), and its address."""
SHOWN: tuple[tuple[str, Theme, int], ...] = (
    ("screen and (prefers-color-scheme: dark) and (max-width: 600px)", "dark", drawing.NARROW),
    ("screen and (prefers-color-scheme: dark)", "dark", drawing.WIDE),
    ("(max-width: 600px)", "light", drawing.NARROW),
    ("", "light", drawing.WIDE),
)


def html(report: Report) -> str:
    """``report.v1`` as HTML. The template escapes all text from outside."""
    template = _templates().get_template("release.html")
    rooms = {"sentences": sentences, "words": words, "drawing": drawing, "delivery": delivery, "counted": counted}
    return template.render(report=report, charts=_charts(report), **rooms)


def _charts(report: Report) -> list[Chart]:
    """Each theme and width as a data address: so no identifiers clash, and only one is shown."""
    drawn = [(when, drawing.draw(report, theme, width)) for when, theme, width in SHOWN]
    return [(when, _address(picture)) for when, picture in drawn if picture is not None]


def _address(picture: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


@cache
def _templates() -> Environment:
    loader = PackageLoader("analytics.reports")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clean"] = lambda text: sentences.clean(str(text))
    environment.filters["moment"] = sentences.moment
    environment.filters["percent"] = _percent
    environment.filters["count"] = lambda number: words.UNKNOWN if number is None else f"{number:,}"
    return environment


def _percent(value: float | None) -> str:
    return words.UNKNOWN if value is None else f"{sentences.percent(value)} %"
