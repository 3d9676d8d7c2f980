"""Answers that a browser may read (sentry-protocol.md, 1.8 and 1.10).

CORS headers are on every one, errors too, or one 429 would silence a page for a minute.
"""

from starlette.responses import JSONResponse, Response

from api.intake.refusal import Refusal

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-sentry-error, x-sentry-rate-limits, retry-after",
}
PREFLIGHT = CORS | {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, authentication,"
        " authorization, content-encoding, transfer-encoding, sentry-trace, baggage"
    ),
    "Access-Control-Max-Age": "3600",
}
RETRY_SECONDS = 5
"""When to try again while the log is away: a broker's restart takes seconds."""


def accepted(event_id: str | None) -> Response:
    return JSONResponse({} if event_id is None else {"id": event_id}, headers=CORS)


def preflight() -> Response:
    return Response(status_code=200, headers=PREFLIGHT)


def refused(refusal: Refusal) -> Response:
    body = {"detail": refusal.detail, "causes": list(refusal.causes)}
    return JSONResponse(body, refusal.status, headers=CORS | {"X-Sentry-Error": _line(refusal)} | refusal.headers)


def unavailable(detail: str) -> Response:
    headers = CORS | {"Retry-After": str(RETRY_SECONDS), "X-Sentry-Error": "the log is not available"}
    return JSONResponse({"detail": detail, "causes": []}, 503, headers=headers)


def wrong_method() -> Response:
    body = {"detail": "method not allowed", "causes": ["send a POST request"]}
    return JSONResponse(body, 405, headers=CORS | {"Allow": "POST, OPTIONS"})


def _line(refusal: Refusal) -> str:
    """One line of ASCII: what a header can hold."""
    text = ": ".join((refusal.detail, *refusal.causes))
    return "".join(character if " " <= character <= "~" else "?" for character in text)[:500]
