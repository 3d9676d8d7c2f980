"""Charts: what is drawn, in which colours, and what a person who does not see them is told."""

import re
import xml.etree.ElementTree as ET

import pytest

from analytics.reports.charts import TOKENS, Mark, Point, Theme, health_svg

START = 1_795_390_740_000
MINUTE = 60_000
SVG = "{http://www.w3.org/2000/svg}"


def points(count: int = 12) -> tuple[Point, ...]:
    return tuple(
        Point(START + index * MINUTE, 0.97, 0.95 - 0.3 / (index + 1), 0.99, 0.985 if index > 2 else None)
        for index in range(count)
    )


def drawn(
    some: tuple[Point, ...] | None = None,
    marks: tuple[Mark, ...] = (),
    *,
    release: str = "shop@1.5.0",
    baseline: str | None = "shop@1.4.2",
    theme: Theme = "light",
    width: int = 1000,
    title: str = "Health",
) -> str:
    return health_svg(
        points() if some is None else some,
        marks,
        release=release,
        baseline=baseline,
        theme=theme,
        width=width,
        title=title,
        description="97 % of sessions.",
    )


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - of our own making


def test_both_lines_are_named_at_their_end_and_the_picture_says_what_it_shows() -> None:
    """The names of both releases are text in the picture, and its title and description come first."""
    svg = drawn()
    root = ET.fromstring(svg)  # noqa: S314 - of our own making
    assert {"shop@1.5.0", "shop@1.4.2"} <= set(texts(svg))
    assert [(child.tag, child.text) for child in list(root)[:2]] == [
        (f"{SVG}title", "Health"),
        (f"{SVG}desc", "97 % of sessions."),
    ]
    assert root.get("role") == "img"


def test_this_release_is_solid_and_heavier_than_the_dashed_baseline() -> None:
    """2.5 px solid in the colour of text against 1.5 px dashed in the muted colour."""
    lines = [element for element in ET.fromstring(drawn()).iter(f"{SVG}path") if element.get("stroke-width")]  # noqa: S314
    looks = {(one.get("stroke"), one.get("stroke-width"), one.get("stroke-dasharray")) for one in lines}
    assert (TOKENS["light"]["text"], "2.5", None) in looks
    assert (TOKENS["light"]["muted"], "1.5", "5,4") in looks


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_a_token_written_out(theme: Theme) -> None:
    """No colour but the tokens of its theme, no style attribute, and no variable."""
    svg = drawn(marks=(Mark(START, "deploy 30 %"),), theme=theme)
    colours = {colour.lower() for colour in re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,8})"', svg)}
    assert colours
    assert colours <= set(TOKENS[theme].values())
    assert "style=" not in svg
    assert "var(" not in svg
    assert "currentColor" not in svg


def test_marks_are_rules_with_their_labels_and_do_not_cover_each_other() -> None:
    """Two marks in the same minute have their labels in different rows."""
    svg = drawn(marks=(Mark(START + MINUTE, "hold d-1"), Mark(START + MINUTE + 1, "roll back d-2")))
    assert {"hold d-1", "roll back d-2"} <= set(texts(svg))
    places = [re.search(r'translate\(([-\d.]+),([-\d.]+)\)"[^>]*>' + label, svg) for label in ("hold", "roll back")]
    heights = [float(place.group(2)) for place in places if place]
    assert abs(heights[0] - heights[1]) >= 14


def test_a_gap_stays_a_gap() -> None:
    """Where minutes are missing the line is broken into two pieces."""
    some = (*points(6), *(Point(START + 60 * MINUTE + i * MINUTE, 0.9, 0.8, 0.95, None) for i in range(6)))
    svg = drawn(some, baseline=None)
    line = next(one for one in ET.fromstring(svg).iter(f"{SVG}path") if one.get("stroke-width") == "2.5")  # noqa: S314
    assert (line.get("d") or "").count("M") == 2


@pytest.mark.parametrize(
    "some",
    [(), points(1), (Point(START, None, None, None, None),) * 3, (Point(START, 1.0, 1.0, 1.0, 1.0),) * 2],
    ids=["none", "one", "unknown", "flat"],
)
def test_few_or_unknown_values_give_a_picture_without_broken_numbers(some: tuple[Point, ...]) -> None:
    """No NaN, null or undefined in any picture."""
    svg = drawn(some)
    ET.fromstring(svg)  # noqa: S314 - of our own making
    assert not re.search(r"NaN|null|undefined|Infinity", svg)


def test_names_of_any_kind_are_text_and_nothing_else() -> None:
    """Markup, control characters, direction marks and 8,000 letters in names give well-formed XML without markup."""
    svg = drawn(
        marks=(Mark(START, "<script>\x00\u202e"),), release="<script>\x01" + "é" * 8_000, title="<b>\ud800&\x00"
    )
    root = ET.fromstring(svg)  # noqa: S314 - that it can be read is what is tested
    assert root[0].text == "<b>&"
    assert not list(root.iter(f"{SVG}script"))
    assert "\u202e" not in svg


@pytest.mark.parametrize("width", [1000, 320])
def test_the_picture_is_no_wider_than_asked(width: int) -> None:
    """The narrow one is drawn anew and fits, names included."""
    shown = float(ET.fromstring(drawn(width=width)).get("width") or "nan")  # noqa: S314 - of our own making
    assert width * 0.85 <= shown <= width
