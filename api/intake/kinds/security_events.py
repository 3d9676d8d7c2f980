"""A browser's report as an event: one issue for what was asked for and the host in the way, whatever the page. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from api.intake.opening.reading import Unreadable
from api.intake.refusal import Unwanted

EXTENSIONS = frozenset(
    {"about", "chrome-extension", "moz-extension", "ms-browser-extension", "safari-extension", "safari-web-extension"}
)
"""The schemes of what users install: nothing that a release brings or mends."""
WEB = frozenset({"http", "https", "ws", "wss"})
INLINE = "inline"
"""What an empty address means: the page's own text."""
LONGEST = 1_000
MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Report:
    kind: str
    said: Mapping[str, Any]
    url: str
    """Of the page or the request, where the report does not say it itself."""

    def text(self, *names: str) -> str:
        """The first of these that is a text."""
        found = (self.said.get(name) for name in names)
        return next((value.strip()[:LONGEST] for value in found if isinstance(value, str)), "")


def event_of(report: Report) -> dict[str, Any]:
    """The event; raises `Unreadable` if the report does not say what it is of, `Unwanted` if no release can mend it."""
    if report.kind not in READERS:
        raise Unwanted
    page, (what, where, title) = _page(report), READERS[report.kind](report)
    if not what or not where:
        message = f"a {report.kind} report must say what it is of, and of which host"
        raise Unreadable(message)
    return {
        "level": "warning",
        "platform": "javascript",
        "logger": report.kind,
        "message": title,
        "fingerprint": [report.kind, what, where],
        "tags": {"report": report.kind, "reported": what, "host": where},
        "request": {"url": page},
        "extra": {"report": _kept(report.said)},
    }


def _policy(report: Report) -> tuple[str, str, str]:
    """Content-Security-Policy. ``script-src-elem`` is the ``script-src`` of browsers that tell less."""
    names = ("effectiveDirective", "effective-directive", "violatedDirective", "violated-directive")
    directive = report.text(*names).partition(" ")[0].lower().removesuffix("-elem")
    blocked = report.text("blockedURL", "blocked-uri").lower() or INLINE
    for address in (blocked, report.text("sourceFile", "source-file")):
        if _scheme(address) in EXTENSIONS:
            raise Unwanted
    where = _host(blocked, _page(report))
    return directive, where, f"Content-Security-Policy: {directive} blocked {where}"


def _network(report: Report) -> tuple[str, str, str]:
    """Network Error Logging (https://www.w3.org/TR/network-error-logging/)."""
    fault = report.text("type").lower()
    if fault == "ok":
        raise Unwanted
    host = _hostname(report.url)
    return fault, host, f"Network error: {fault} at {host}"


def _certificate(name: str) -> Callable[[Report], tuple[str, str, str]]:
    def read(report: Report) -> tuple[str, str, str]:
        host = report.text("hostname").lower()
        return name, host, f"{name}: the certificate of {host} was not as declared"

    return read


READERS: Mapping[str, Callable[[Report], tuple[str, str, str]]] = {
    "csp": _policy,
    "nel": _network,
    "expect-ct": _certificate("Expect-CT"),
    "expect-staple": _certificate("Expect-Staple"),
    "hpkp": _certificate("Public-Key-Pins"),
}
"""By kind: what was asked for, the host in the way, and the title. Reports of other kinds are not looked at."""


def _page(report: Report) -> str:
    return report.text("documentURL", "document-uri") or report.url[:LONGEST]


def _host(blocked: str, page: str) -> str:
    """A host's name, ``self`` for the page's own, else the keyword or scheme: ``inline``, ``eval``, ``data``."""
    if _scheme(blocked) not in WEB:
        return _scheme(blocked)
    host = _hostname(blocked)
    return "self" if host == _hostname(page) else host


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _kept(said: Mapping[str, Any]) -> dict[str, Any]:
    """Its plain fields, but the policy, which is the server's own."""
    plain = {name: value for name, value in said.items() if isinstance(value, str | int | float)}
    names = [name for name in plain if name not in {"original-policy", "originalPolicy"}][:MOST_FIELDS]
    return {name: value[:LONGEST] if isinstance(value := plain[name], str) else value for name in names}
