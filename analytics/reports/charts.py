"""Charts of a release's health as SVG, made on the server: the same for pages, reports and notebooks (ux.md, 5).

Colours are literal attributes, for printing engines ignore styles inside an SVG. Rendering takes tenths of a second:
it is kept by content, and belongs off the event loop.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias
from xml.sax.saxutils import escape

import altair as alt
import vl_convert

from analytics.reports.plotting import LETTER, Mark, Placed, Point, placed, thinned, with_gaps, within

__all__ = ["TOKENS", "Mark", "Point", "Theme", "health_chart", "health_svg", "svg"]

Theme: TypeAlias = Literal["light", "dark"]
Label: TypeAlias = tuple[int, float, str]
"""Where (ms, rate) a line's name stands, and the name."""

TOKENS: dict[Theme, dict[str, str]] = {
    "light": {"bg": "#ffffff", "text": "#1b1f24", "muted": "#5a626c", "line": "#d5dae0", "ctl": "#7d858f"},
    "dark": {"bg": "#0f1216", "text": "#e6e9ee", "muted": "#9aa4b2", "line": "#2b323b", "ctl": "#7a8594"},
}
NARROW = 600
"""Pixels. Text that is scaled down with a wide picture cannot be read at 320 px, so a narrow one is drawn anew."""
HEIGHT, NARROW_HEIGHT = 220, 190
ROW = 14
"""Pixels: the height of a row of labels."""
DAY = 24 * 60 * 60_000
BESIDE = 58
"""Pixels left of the lines, for the rates."""
BREAK: Literal["break-paths-show-domains"] = "break-paths-show-domains"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Frame:
    """What all layers share: time, and rates from ``low`` to ``high``."""

    narrow: bool
    colours: dict[str, str]
    x: alt.X
    low: float
    high: float

    @property
    def height(self) -> int:
        return NARROW_HEIGHT if self.narrow else HEIGHT

    def y(self, field: str) -> alt.Y:
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False)
        axis = alt.Axis(
            aria=False, title=None, tickCount=4 if self.narrow else 5, format=".1%", ticks=False, domain=False
        )
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    def rate(self, pixels: int) -> float:
        """How much of a rate so many pixels are."""
        return (self.high - self.low) / self.height * pixels


@lru_cache(maxsize=128)
def health_svg(  # noqa: PLR0913 - what is drawn, how, and how it is told
    points: tuple[Point, ...],
    marks: tuple[Mark, ...],
    *,
    release: str,
    baseline: str | None,
    theme: Theme,
    width: int,
    title: str,
    description: str,
) -> str:
    """`health_chart` as `svg`, kept by content."""
    chart = health_chart(points, marks, release=release, baseline=baseline, theme=theme, width=width)
    return svg(chart, title, description)


def health_chart(
    points: Sequence[Point], marks: Sequence[Mark], *, release: str, baseline: str | None, theme: Theme, width: int
) -> alt.LayerChart:
    """This release solid with its band, the baseline dashed, each named at its line's end; ``width`` pixels in all."""
    narrow = width < NARROW
    kept = with_gaps(thinned(points))
    names = (_short(release, narrow=narrow), _short(baseline, narrow=narrow) if baseline else "baseline")
    frame = _frame(kept, TOKENS[theme], narrow=narrow)
    labels = _labels(kept, names, frame.rate(ROW))
    right = round(max((len(label[2]) for label in labels), default=0) * LETTER) + 12
    inside = max(120, width - right - BESIDE)  # names and rates are added to what Vega takes for the width
    labelled = placed(within(marks, kept), kept, inside)
    layers = [*_rules(labelled, frame), *_lines(kept, frame), *_names(labels, frame)]
    chart = alt.LayerChart(layer=layers, width=inside, height=frame.height)
    return _styled(chart, frame.colours)


def svg(chart: Any, title: str, description: str) -> str:
    """The chart as an SVG element that says in words what it shows."""
    drawn = _rendered(json.dumps(chart.to_dict(), sort_keys=True))
    opening, rest = drawn.split(">", 1)
    words = f"<title>{escape(_clean(title))}</title><desc>{escape(_clean(description))}</desc>"
    return f'{opening} role="img">{words}{rest}'


@lru_cache(maxsize=128)
def _rendered(specification: str) -> str:
    return vl_convert.vegalite_to_svg(specification)


# Layers --------------------------------------------------------------------------------------------------------------


def _lines(points: Sequence[Point], frame: Frame) -> list[alt.Chart]:
    rows = [asdict(point) for point in points]
    last = [row for row in rows if row["value"] is not None][-1:]
    text, muted = frame.colours["text"], frame.colours["muted"]
    band = alt.Chart({"values": rows}).mark_area(color=text, opacity=0.13, invalid=BREAK, aria=False)
    base = alt.Chart({"values": rows}).mark_line(
        color=muted, strokeWidth=1.5, strokeDash=[5, 4], invalid=BREAK, aria=False
    )
    line = alt.Chart({"values": rows}).mark_line(color=text, strokeWidth=2.5, invalid=BREAK, aria=False)
    end = alt.Chart({"values": last}).mark_circle(color=text, size=36, opacity=1, aria=False)
    return [
        band.encode(x=frame.x, y=frame.y("low"), y2="high:Q"),
        base.encode(x=frame.x, y=frame.y("base")),
        line.encode(x=frame.x, y=frame.y("value")),
        end.encode(x=frame.x, y=frame.y("value")),
    ]


def _rules(marks: Sequence[Placed], frame: Frame) -> list[alt.Chart]:
    layers = []
    for one in marks:
        data = {"values": [{"at": one.mark.at, "label": _clean(one.mark.label)}]}
        rule = alt.Chart(data).mark_rule(color=frame.colours["ctl"], strokeWidth=1, aria=False)
        text = alt.Chart(data).mark_text(
            align="right" if one.leftwards else "left",
            baseline="bottom",
            dx=-2 if one.leftwards else 2,
            fontSize=12,
            aria=False,
            color=frame.colours["muted"],
        )
        height = alt.value(-4 - ROW * one.row)
        layers += [rule.encode(x=frame.x), text.encode(x=frame.x, y=height, text="label:N")]
    return layers


def _names(labels: Sequence[Label], frame: Frame) -> list[alt.Chart]:
    layers = []
    for (at, value, name), colour in zip(labels, ("text", "muted"), strict=False):
        data = {"values": [{"at": at, "value": value, "name": name}]}
        text = alt.Chart(data).mark_text(
            align="left", baseline="middle", dx=7, fontSize=12, aria=False, color=frame.colours[colour]
        )
        layers.append(text.encode(x=frame.x, y=frame.y("value"), text="name:N"))
    return layers


# Where things stand --------------------------------------------------------------------------------------------------


def _labels(points: Sequence[Point], names: tuple[str, str], apart: float) -> list[Label]:
    """The name of each line that is there, at its end; two that would overlap are moved ``apart``."""
    at = points[-1].at if points else 0
    value = next((point.value for point in reversed(points) if point.value is not None), None)
    base = next((point.base for point in reversed(points) if point.base is not None), None)
    if value is not None and base is not None and abs(value - base) < apart:
        middle, half = (value + base) / 2, apart / 2
        value, base = (middle - half, middle + half) if value < base else (middle + half, middle - half)
    found = [] if value is None else [(at, value, names[0])]
    return found if base is None else [*found, (at, base, names[1])]


def _frame(points: Sequence[Point], colours: dict[str, str], *, narrow: bool) -> Frame:
    """All that is drawn and a little around it, within what a rate can be."""
    shown = [(point.value, point.low, point.high, point.base) for point in points]
    values = [value for point in shown for value in point if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    around = max((high - low) * 0.06, 0.002)
    x = alt.X("at:T", scale=alt.Scale(type="utc", nice=False), axis=_time_axis(points, narrow=narrow))
    return Frame(narrow, colours, x, max(0.0, low - around), min(1.0, high + around))


# Look ----------------------------------------------------------------------------------------------------------------


def _time_axis(points: Sequence[Point], *, narrow: bool) -> alt.Axis:
    days = bool(points) and points[-1].at - points[0].at > 1.5 * DAY
    pattern = "%d %b" if days else "%H:%M"
    return alt.Axis(
        aria=False,
        title="UTC",
        grid=False,
        tickCount=3 if narrow else 8,
        labelOverlap="greedy",
        labelSeparation=12,
        labelExpr=f"utcFormat(datum.value, '{pattern}')",
    )


def _styled(chart: alt.LayerChart, colours: dict[str, str]) -> alt.LayerChart:
    axis = {"labelColor": colours["muted"], "titleColor": colours["muted"], "labelFontSize": 12, "titleFontSize": 12}
    axis |= {"gridColor": colours["line"], "domainColor": colours["ctl"], "tickColor": colours["ctl"]}
    axis |= {"titleFontWeight": "normal", "titleAnchor": "end"}
    look = {
        "padding": 2,
        "background": colours["bg"],
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis | {"labelFlush": True},
    }
    return alt.LayerChart(layer=chart.layer, width=chart.width, height=chart.height, config=look)


def _short(name: str, *, narrow: bool) -> str:
    """A name that leaves room for the lines: the end of a release tells it from others."""
    most = 12 if narrow else 24
    text = _clean(name)
    return text if len(text) <= most else f"…{text[1 - most :]}"


def _clean(text: str) -> str:
    """Without what XML cannot hold, and without marks that turn the direction of what follows."""
    return "".join(letter for letter in text if letter.isprintable())
