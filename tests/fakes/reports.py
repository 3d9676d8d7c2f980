"""A ``report.v1`` as it could be, with the worst texts that the world sends."""

from typing import Any

from analytics.reports.words import STAGES

EVIL = "a|b `c` <script>alert(1)</script>\n| x | y |\n\u202egnp.exe @ops #12 [l](javascript:x) **b**"
PAGE = "http://127.0.0.1:8321/projects/shop"

RATE = {"value": 0.981, "low": 0.9773, "high": 0.9841, "n": 6210}
RATES = {"crash_free": RATE, "unhandled_free": RATE}
USERS = {"n": 4980, "error": 0.0613, "failed": 96, **RATES}


def gate() -> dict[str, Any]:
    reason = {
        "signal": "crash_free_users",
        "verdict": "worse",
        "value": 0.981,
        "low": 0.977,
        "high": 0.984,
        "n": 6210,
        "base": 0.997,
        "limit": None,
        "issue": "SHOP-8",
        "sentence": "Users are hurt 4x as often as on shop@1.4.2.",
        "base_n": 6480,
    }
    silent = dict.fromkeys(reason) | {
        "signal": "sign_ups",
        "verdict": "no_data",
        "n": 0,
        "sentence": "Nothing told of sign-ups.",
        "base_n": 0,
    }
    return {
        "schema": "gate.v1",
        "project": "shop",
        "release": "shop@1.5.0",
        "environment": "production",
        "verdict": "rollback",
        "score": 21.0,
        "confidence": 1.0,
        "log_evidence": 8.2,
        "needed": 6.0,
        "decision": "d-77",
        "policy": "strict@7",
        "mode": "automatic",
        "as_of": "2026-11-22T14:41:00Z",
        "data_to": "2026-11-22T14:40:52Z",
        "valid_until": "2026-11-22T14:46:00Z",
        "baseline": {"release": "shop@1.4.2", "kind": "concurrent"},
        "reasons": [reason, silent],
        "unknown": ["sign_ups"],
        "held_by": [],
        "sentence": "Users are hurt 4x as often as on shop@1.4.2 at the same time.",
        "would_change": None,
        "degraded": None,
        "action": {
            "kind": "rollback",
            "target": "shop@1.4.2",
            "state": "failed",
            "attempts": 1,
            "result": "HTTP 500",
            "at": "2026-11-22T14:41:02Z",
        },
        "url": f"{PAGE}/releases/shop@1.5.0?environment=production",
    }


def issue(number: int, title: str) -> dict[str, Any]:
    return {
        "issue": f"{number:032x}",
        "name": f"SHOP-{number}",
        "title": title,
        "culprit": "cart.py total",
        "level": "error",
        "state": "new_here",
        "status": "open",
        "why": None,
        "worse": None,
        "suspect": None,
        "users": 1096,
        "events": 2400,
        "unhandled": 2400,
        "feedback": 8,
        "crashed_sessions": 113,
        "first_seen": "2026-11-22T14:21:00Z",
        "last_seen": "2026-11-22T14:43:00Z",
        "url": f"{PAGE}/issues/SHOP-{number}?environment=production&release=shop%401.5.0",
    }


def decision(number: int, verdict: str, at: str) -> dict[str, Any]:
    return {
        "decision": f"d-{number}",
        "decided_at": at,
        "as_of": at,
        "verdict": verdict,
        "mode": "automatic",
        "policy": "strict@7",
        "taken_by": "evaluator",
        "provisional": False,
        "sentence": "Users are hurt 4x as often as on shop@1.4.2 at the same time.",
        "action": {"kind": verdict, "target": "shop@1.4.2", "reason": "worse"} if verdict == "rollback" else None,
        "outcomes": [],
        "url": f"{PAGE}/decisions/d-{number}",
    }


def report(**changes: Any) -> dict[str, Any]:
    """A release that was rolled back; without a series, so that its chart is left out."""
    sessions = {"started": 6210, "healthy": 6000, "errored": 92, "unhandled": 20, "abnormal": 10, "crashed": 88}
    labelled = decision(76, "hold", "2026-11-22T14:27:00Z")
    labelled["outcomes"] = [{"label": "correct", "reason": EVIL, "by": "ana", "at": "2026-11-22T15:00:00Z"}]
    attempt = {"attempt": 1, "at": "2026-11-22T14:41:02Z", "status": 500, "result": "HTTP 500"}
    return {
        "schema": "report.v1",
        "project": "shop",
        "environment": "production",
        "release": "shop@1.5.0",
        "at": "2026-11-22T15:01:00Z",
        "gate": gate(),
        "facts": {
            "since": "2026-11-22T14:03:00Z",
            "deployed": True,
            "deployed_by": "ana",
            "commits": [{"id": "a1f3c9e", "message": "round totals half-even", "author": "li"}],
            "sessions": sessions,
            "crash_free": {"value": 0.9858, "low": 0.9826, "high": 0.9885, "n": 6210},
            "unhandled_free": {"value": 0.981, "low": 0.9773, "high": 0.9841, "n": 6210},
            "users": USERS,
            "adoption": {"sessions": 0.31, "users": 0.3, "stage": "adopted", "sentence": STAGES["adopted"]},
            "hurt": 96,
            "users_with_feedback": 13,
        },
        "timeline": [
            {"at": "2026-11-22T14:03:00Z", "kind": "deploy", "text": "Deployed at 30 % of traffic.", "decision": None},
            {"at": "2026-11-22T14:41:00Z", "kind": "decision", "text": f"Roll back: {EVIL}", "decision": "d-77"},
        ],
        "series": [],
        "issues": {
            "counts": {"all": 8, "new_here": 1, "came_back": 0, "getting_worse": 0, "seen_before": 7, "fixed_here": 0},
            "items": [issue(8, EVIL), *(issue(number, "TimeoutError") for number in range(1, 8))],
        },
        "segments": [{"segment": "os", "value": "iOS", "sessions": sessions, **RATES, "users": None}],
        "crashed": {
            "total": 118,
            "issues": [{"issue": f"{8:032x}", "name": "SHOP-8", "sessions": 113}],
            "unexplained": 5,
        },
        "unexplained": 5,
        "themes": [
            {
                "theme": "t1",
                "name": "total shows an error",
                "count": 9,
                "quotes": [EVIL, "can't pay"],
                "url": f"{PAGE}/feedback?environment=production&release=shop%401.5.0&theme=t1",
            }
        ],
        "feedback": {"count": 14, "items": []},
        "decisions": [decision(77, "rollback", "2026-11-22T14:41:00Z"), labelled],
        "actions": [
            {"action": "a-1", "kind": "rollback", "target": "shop@1.4.2", "state": "failed", "attempts": [attempt]},
            {"action": "a-2", "kind": "hold", "target": "shop@1.5.0", "state": "delivered", "attempts": []},
        ],
        "url": f"{PAGE}/releases/shop@1.5.0?environment=production",
        "report_url": "http://127.0.0.1:8321/api/v1/projects/shop/releases/shop@1.5.0/report?environment=production",
        "links": {},
    } | changes


def point(minute: int, value: float | None) -> dict[str, Any]:
    at = f"2026-11-22T14:{minute:02}:00Z"
    return {
        "at": at, "value": value, "low": 0.97, "high": 0.99, "base": 0.997, "score": 50.0, "verdict": "hold",
    }  # fmt: skip
