"""Answers that a browser may read (sentry-protocol.md, 1.8 and 1.10).

CORS headers are on every one, errors too, or one 429 would silence a page for a minute.
"""

import base64
from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

from api.intake.refusal import Refusal

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-sentry-error, x-sentry-rate-limits, retry-after",
}
PREFLIGHT = CORS | {
    "Access-Control-Allow-Headers": (
        "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, authentication,"
        " authorization, content-encoding, transfer-encoding, sentry-trace, baggage"
    ),
    "Access-Control-Max-Age": "3600",
}
RETRY_SECONDS = 5
"""When to try again while the log is away: a broker's restart takes seconds."""
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A GIF of one transparent pixel."""


def accepted(event_id: str | None) -> Response:
    return JSONResponse({} if event_id is None else {"id": event_id}, headers=CORS)


def created(event_id: str | None) -> Response:
    """To browsers, which read no more of it than the status."""
    return JSONResponse({} if event_id is None else {"id": event_id}, 201, headers=CORS)


def pixel() -> Response:
    return Response(PIXEL, headers=CORS | {"Cache-Control": "no-store"}, media_type="image/gif")


def script(content: bytes) -> Response:
    """For pages of any origin to load."""
    headers = CORS | {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type="text/javascript")


def preflight(methods: Iterable[str]) -> Response:
    return Response(status_code=200, headers=PREFLIGHT | {"Access-Control-Allow-Methods": _allowed(methods)})


def refused(refusal: Refusal) -> Response:
    body = {"detail": refusal.detail, "causes": list(refusal.causes)}
    return JSONResponse(body, refusal.status, headers=CORS | {"X-Sentry-Error": _line(refusal)} | refusal.headers)


def unavailable(detail: str) -> Response:
    refusal = Refusal(503, "the log is not available", detail, headers={"Retry-After": str(RETRY_SECONDS)})
    return refused(refusal)


def wrong_method(methods: Iterable[str]) -> Response:
    allowed = _allowed(methods)
    return refused(Refusal(405, "method not allowed", f"send one of {allowed}", headers={"Allow": allowed}))


def _allowed(methods: Iterable[str]) -> str:
    return ", ".join((*methods, "OPTIONS"))


def _line(refusal: Refusal) -> str:
    """One line of ASCII: what a header can hold."""
    text = ": ".join((refusal.detail, *refusal.causes))
    return "".join(character if " " <= character <= "~" else "?" for character in text)[:500]
