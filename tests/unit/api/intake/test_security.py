"""What browsers report by themselves becomes events: one issue for what was asked for and the host in the way."""

import json
from typing import Any

import pytest

from tests.fakes.protocol import Told, Wire

PAGE = "https://shop.example/cart?page=2"
OLD = {
    "document-uri": PAGE,
    "violated-directive": "script-src 'self'",
    "effective-directive": "script-src",
    "blocked-uri": "https://evil.example/x.js",
    "original-policy": "script-src 'self'",
    "line-number": 7,
}
NEW = {
    "documentURL": PAGE,
    "effectiveDirective": "script-src-elem",
    "blockedURL": "https://evil.example/x.js",
    "disposition": "enforce",
}
NETWORK = {"type": "tcp.timed_out", "phase": "connection", "elapsed_time": 3_000, "status_code": 0}


def alone(**more: Any) -> dict[str, Any]:
    return {"csp-report": OLD | more}


def listed(kind: str, body: dict[str, Any], url: str = PAGE) -> list[dict[str, Any]]:
    return [{"type": kind, "age": 10, "url": url, "user_agent": "Browser/1", "body": body}]


def send(wire: Wire, value: object, query: str = "") -> Told:
    path = f"/api/{wire.number}/security/?sentry_key={wire.key}{query}"
    return wire.ask("POST", path, json.dumps(value).encode(), {"User-Agent": "Browser/2"})


def event(wire: Wire, value: object, query: str = "") -> dict[str, Any]:
    told = send(wire, value, query)
    assert (told.status, told.fates) == (201, {"error accepted": 1})
    found: dict[str, Any] = told.values[0]["event"]
    assert told.json == {"id": found["event_id"]}
    return found


GROUPED: dict[str, tuple[object, list[str]]] = {
    "a policy, the old form": (alone(), ["csp", "script-src", "evil.example"]),
    "a policy, the new form": (listed("csp-violation", NEW), ["csp", "script-src", "evil.example"]),
    "another page": (alone(**{"document-uri": "https://shop.example/"}), ["csp", "script-src", "evil.example"]),
    "only the violated directive": (alone(**{"effective-directive": None}), ["csp", "script-src", "evil.example"]),
    "the page's own host": (alone(**{"blocked-uri": "https://shop.example/x.js"}), ["csp", "script-src", "self"]),
    "inline": (alone(**{"blocked-uri": "inline"}), ["csp", "script-src", "inline"]),
    "inline, as old browsers say it": (alone(**{"blocked-uri": ""}), ["csp", "script-src", "inline"]),
    "eval": (alone(**{"blocked-uri": "eval"}), ["csp", "script-src", "eval"]),
    "data": (alone(**{"blocked-uri": "data:text/javascript,1"}), ["csp", "script-src", "data"]),
    "only the scheme": (alone(**{"blocked-uri": "blob"}), ["csp", "script-src", "blob"]),
    "a socket": (alone(**{"blocked-uri": "wss://EVIL.example:9/"}), ["csp", "script-src", "evil.example"]),
    "a failed request": (
        listed("network-error", NETWORK, "https://api.example/x?token=abc"),
        ["nel", "tcp.timed_out", "api.example"],
    ),
    "Expect-CT": (
        {"expect-ct-report": {"hostname": "Shop.Example", "port": 443}},
        ["expect-ct", "Expect-CT", "shop.example"],
    ),
    "Expect-Staple": (
        {"expect-staple-report": {"hostname": "shop.example"}},
        ["expect-staple", "Expect-Staple", "shop.example"],
    ),
    "key pinning": (
        {"hostname": "shop.example", "known-pins": ["x"], "date-time": "2026-11-22T23:39:00Z"},
        ["hpkp", "Public-Key-Pins", "shop.example"],
    ),
}


@pytest.mark.parametrize("name", GROUPED)
def test_reports_are_grouped(wire: Wire, name: str) -> None:
    """By kind, by what was asked for or failed, and by host; in any browser's words."""
    value, fingerprint = GROUPED[name]
    assert event(wire, value)["fingerprint"] == fingerprint


def test_a_report_reads_well(wire: Wire) -> None:
    """Its title says what happened, and its fields what the browser said, but not the policy, which is the server's."""
    found = event(wire, alone())
    assert found["logentry"]["formatted"] == "Content-Security-Policy: script-src blocked evil.example"
    assert (found["level"], found["logger"]) == ("warning", "csp")
    assert found["request"] == {"url": PAGE, "headers": {"User-Agent": "Browser/2"}}
    assert found["extra"]["report"]["line-number"] == 7
    assert "original-policy" not in found["extra"]["report"]


def test_the_address_names_release_and_environment(wire: Wire) -> None:
    """A report knows neither: the policy's address may."""
    found = event(wire, alone(), "&sentry_release=shop@1.0&sentry_environment=staging")
    assert (found["release"], found["environment"]) == ("shop@1.0", "staging")


def test_a_browser_that_is_told_of_is_kept(wire: Wire) -> None:
    """In a list, each report names its own browser."""
    assert event(wire, listed("csp-violation", NEW))["request"]["headers"] == {"User-Agent": "Browser/1"}


def test_a_report_hurts_nobody(wire: Wire) -> None:
    """Whoever's browser reports is no hurt user: there is no identity and nothing unhandled in it."""
    told = send(wire, alone())
    assert "identity" not in told.values[0]
    assert "exception" not in told.values[0]["event"]


FATES: dict[str, tuple[object, int, dict[str, int]]] = {
    "several": (listed("csp-violation", NEW) * 3, 201, {"error accepted": 3}),
    "none": ([], 201, {}),
    "an extension's address": (alone(**{"blocked-uri": "chrome-extension://abc/x.js"}), 201, {"error filtered": 1}),
    "an extension's scheme": (alone(**{"blocked-uri": "moz-extension"}), 201, {"error filtered": 1}),
    "an extension's script": (alone(**{"source-file": "safari-web-extension://a"}), 201, {"error filtered": 1}),
    "a request that went well": (listed("network-error", {"type": "ok"}), 201, {"error filtered": 1}),
    "another kind": (listed("deprecation", {"id": "x"}), 201, {"error filtered": 1}),
    "one good, one not": ([*listed("csp-violation", NEW), 7], 201, {"error accepted": 1, "error filtered": 1}),
    "no directive": ({"csp-report": {}}, 400, {"error invalid": 1}),
    "no object": ({"csp-report": 7}, 400, {"error invalid": 1}),
    "no host": ({"expect-ct-report": {"port": 443}}, 400, {"error invalid": 1}),
    "a bad address": (alone(**{"blocked-uri": "http://[bad"}), 400, {"error invalid": 1}),
    "nothing we know": ({"what": 1}, 400, {"other invalid": 1}),
    "a text": ("hello", 400, {"other invalid": 1}),
    "101": (listed("csp-violation", NEW) * 101, 201, {"error accepted": 100, "error invalid": 1}),
    "thousands": ([{}] * 1_001, 413, {"other invalid": 1}),
    "too large": (alone(what="x" * 1_100_000), 413, {"other invalid": 1}),
}


@pytest.mark.parametrize("name", FATES)
def test_each_report_has_a_fate(wire: Wire, name: str) -> None:
    """What no release can mend is filtered, what is no report is invalid, and each is counted."""
    value, status, fates = FATES[name]
    told = send(wire, value)
    assert (told.status, told.fates) == (status, fates), told.content
