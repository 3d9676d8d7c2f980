"""What a user agent says of the device: `analytics.correlation.agents`."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.agents import DEVICES, SYSTEMS, device, system

MOZILLA = "Mozilla/5.0"
KNOWN: list[tuple[str | None, str, str]] = [
    (
        f"{MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        "Linux",
        "desktop",
    ),
    (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Windows", "desktop"),
    (
        f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
        "macOS",
        "desktop",
    ),
    (
        f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
        "ChromeOS",
        "desktop",
    ),
    (f"{MOZILLA} (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36", "Android", "mobile"),
    (f"{MOZILLA} (Linux; Android 13; SM-X200) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36", "Android", "tablet"),
    (f"{MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1", "iOS", "mobile"),
    (f"{MOZILLA} (iPad; CPU OS 17_6 like Mac OS X) Version/17.6 Mobile/15E148 Safari/604.1", "iOS", "tablet"),
    ("MyApp/7 CFNetwork/1568 Darwin/24.1.0", "iOS", "mobile"),
    ("okhttp/4.12.0", "Android", "mobile"),
    (f"{MOZILLA} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "other", "bot"),
    (f"{MOZILLA} (Mobile; Windows Phone 8.1; Android 4.0; IEMobile/11.0)", "other", "mobile"),
    ("curl/8.5.0", "other", "other"),
    ("", "unknown", "unknown"),
    (None, "unknown", "unknown"),
]


@pytest.mark.parametrize(("agent", "expected_system", "expected_device"), KNOWN)
def test_known_agents(agent: str | None, expected_system: str, expected_device: str) -> None:
    """Those of the browsers in use, of HTTP libraries of telephones, of a robot, and of none."""
    assert (system(agent), device(agent)) == (expected_system, expected_device)


@given(some.text())
def test_any_text_has_a_value_of_the_closed_lists(agent: str) -> None:
    """Whatever a client says makes no new row."""
    assert system(agent) in SYSTEMS
    assert device(agent) in DEVICES
