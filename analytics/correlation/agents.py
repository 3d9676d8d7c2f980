"""What a user agent says of the device: its operating system and its class, each from a closed list.

A user agent is a text of any kind, made to be mistaken for others; only what nearly all of them say alike is read, in
the order in which one hides another: Android says Linux, an iPad says Mac OS X, and ChromeOS says X11.
"""

import re

UNKNOWN, OTHER = "unknown", "other"
SYSTEMS = ("Android", "iOS", "Windows", "macOS", "ChromeOS", "Linux", OTHER, UNKNOWN)
DEVICES = ("mobile", "tablet", "desktop", "bot", OTHER, UNKNOWN)

_SYSTEMS = (
    (re.compile(r"Windows Phone"), OTHER),
    (re.compile(r"Android|\bokhttp/"), "Android"),
    (re.compile(r"iPhone|iPad|iPod|\biOS\b|CFNetwork/"), "iOS"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"Macintosh|Mac OS X|macOS"), "macOS"),
    (re.compile(r"Linux|X11"), "Linux"),
)
_DEVICES = (
    (re.compile(r"bot\b|crawler|spider|slurp", re.IGNORECASE), "bot"),
    (re.compile(r"iPad|Tablet|PlayBook|Silk/|Kindle"), "tablet"),
    # Chrome writes "Mobile" for telephones alone (developer.chrome.com, "User-Agent strings").
    (re.compile(r"Mobi|iPhone|iPod|Windows Phone|\bokhttp/|CFNetwork/"), "mobile"),
    (re.compile(r"Android"), "tablet"),
    (re.compile(r"Windows|Macintosh|X11|\bCrOS\b|Linux"), "desktop"),
)


def system(agent: str | None) -> str:
    """One of `SYSTEMS`; unknown where there is no user agent."""
    return _first(_SYSTEMS, agent)


def device(agent: str | None) -> str:
    """One of `DEVICES`; unknown where there is no user agent."""
    return _first(_DEVICES, agent)


def _first(known: tuple[tuple[re.Pattern[str], str], ...], agent: str | None) -> str:
    if not agent:
        return UNKNOWN
    return next((name for pattern, name in known if pattern.search(agent)), OTHER)
