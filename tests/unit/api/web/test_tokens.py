"""The colours of the pages: readable, and told apart by every eye (ux.md, section 5)."""

import math
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import api.web
from analytics.reports.charts import TOKENS

STYLE = (Path(api.web.__file__).parent / "static" / "seatrial.css").read_text()
STATES = ("ok", "hold", "bad", "none")
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB."""


def tokens(theme: str) -> dict[str, str]:
    """The tokens of a theme as the style sheet has them, with six digits."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", light if theme == "light" else dark.split("* {")[0]))
    return {
        name: f"#{''.join(2 * one for one in code[1:])}" if len(code) == 4 else code for name, code in found.items()
    }


def linear(code: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.array([int(code[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((float(linear(code) @ (0.2126, 0.7152, 0.0722)) for code in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(code: str, vision: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as an eye sees it."""
    seen = np.clip(np.array(VISIONS[vision]) @ linear(code), 0, 1)
    to_xyz = np.array(
        ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    )
    xyz = to_xyz @ seen / (0.95047, 1.0, 1.08883)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """CIEDE2000 (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + turn / 2 if c1 * c2 else h1 + h2
    parts = (0.17, 1, 30), (-0.24, 2, 0), (-0.32, 3, -6), (0.20, 4, 63)
    t = 1 - sum(w * math.cos(math.radians(k * hm - s)) for w, k, s in parts)
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rc = 2 * math.sqrt(cm**7 / (cm**7 + 25**7))
    rt = -rc * math.sin(math.radians(60 * math.exp(-(((hm % 360 - 275) / 25) ** 2))))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh)


def test_the_measure_of_difference_is_the_published_one() -> None:
    """Three pairs of Sharma's table, of those that wrong implementations miss."""
    pairs = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for one, other, expected in pairs:
        assert difference(one, other) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_states_can_be_read_on_both_surfaces(theme: str) -> None:
    """At least 4.5 : 1 for text, muted text and each state; 3 : 1 for the edges of controls."""
    found = tokens(theme)
    for surface in ("bg", "raised"):
        for name in ("text", "muted", *STATES):
            assert contrast(found[name], found[surface]) >= 4.5, (name, surface)
        assert contrast(found["ctl"], found[surface]) >= 3, surface


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_four_states_are_told_apart_by_every_eye(theme: str, vision: str) -> None:
    """CIEDE2000 of at least 12 between any two of them."""
    found = tokens(theme)
    for one, other in combinations(STATES, 2):
        assert difference(lab(found[one], vision), lab(found[other], vision)) >= 12, (one, other)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_and_pages_have_the_same_tokens(theme: str) -> None:
    """What a chart writes out is what the style sheet says."""
    found = tokens(theme)
    assert {name: found[name] for name in TOKENS[theme]} == TOKENS[theme]  # type: ignore[index]


def test_nothing_shows_itself_to_a_pointer_alone() -> None:
    """No display or visibility behind `:hover`: who has a keyboard sees all that a mouse sees."""
    for rule in re.findall(r"[^{}]*:hover[^{]*\{[^}]*\}", STYLE):
        assert not re.search(r"display|visibility|opacity|height", rule), rule
