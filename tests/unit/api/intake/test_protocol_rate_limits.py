"""sentry-protocol.md, 1.9, row by row: how a limit is written, and which category an item is limited by."""

import pytest

from api.intake.addresses import answers
from api.intake.rate_limits import RateLimit, category, headers
from api.intake.refusal import rate_limited

ERRORS = RateLimit(60, ("error", "security"), "key", "too_many_errors")
FEEDBACK = RateLimit(3_600, ("feedback",), "project", "quota")

WRITTEN: dict[str, tuple[list[RateLimit], dict[str, str]]] = {
    "<secs>:<cat;cat>:<scope>:<reason>": (
        [ERRORS],
        {"X-Sentry-Rate-Limits": "60:error;security:key:too_many_errors", "Retry-After": "60"},
    ),
    "several, with commas; Retry-After = longest": (
        [ERRORS, FEEDBACK],
        {
            "X-Sentry-Rate-Limits": "60:error;security:key:too_many_errors, 3600:feedback:project:quota",
            "Retry-After": "3600",
        },
    ),
    "nothing is limited": ([], {}),
}
CATEGORIES = {
    "event": "error",
    "session": "session",
    "sessions": "session",
    "feedback": "feedback",
    "user_report": "default",
    "client_report": None,
    "attachment": "attachment",
    "check_in": "monitor",
    "log": "log_item",
    "transaction": "transaction",
    "profile": "profile",
    "replay_event": "replay",
    "span": "span",
    "statsd": "metric_bucket",
    "security": "security",
    "a type of tomorrow": "default",
}


@pytest.mark.parametrize("row", WRITTEN)
def test_limits_are_written(row: str) -> None:
    """The headers that tell a client of its limits."""
    limits, told = WRITTEN[row]
    assert headers(limits) == told


@pytest.mark.parametrize("kind", CATEGORIES)
def test_an_item_has_a_category(kind: str) -> None:
    """Item type to category; client reports are never limited."""
    assert category(kind) == CATEGORIES[kind]


@pytest.mark.parametrize(("seconds", "categories"), [(0, ("error",)), (60, ())])
def test_no_limit_is_for_everything_or_for_no_time(seconds: int, categories: tuple[str, ...]) -> None:
    """Empty categories would mean all of them, sessions too: there is no such limit."""
    with pytest.raises(ValueError, match="at least"):
        RateLimit(seconds, categories, "key", "quota")


def test_an_answer_carries_limits() -> None:
    """A 429 has both headers and those of CORS, or a browser could not read them."""
    answer = answers.refused(rate_limited([ERRORS]))
    assert answer.status_code == 429
    assert answer.headers["x-sentry-rate-limits"] == str(ERRORS)
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"]
    assert {"x-sentry-rate-limits", "retry-after", "x-sentry-error"} <= set(exposed.split(", "))
