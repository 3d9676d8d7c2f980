"""Pages from templates: everything that is written into one is escaped, and a browser is told to trust nothing else."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from analytics.reports import delivery, drawing, words
from api import addresses
from api.issues import rows as issue_rows
from api.web import assets, shown
from models.domain import spans

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(template: str, status: int = 200, **told: Any) -> Response:
    """The page that a template makes of what it is told."""
    body = _environment().get_template(template).render(told)
    return Response(body, status, headers=HEADERS, media_type="text/html; charset=utf-8")


def link(project: str, *path: str, fragment: str = "", **query: str | None) -> str:
    """The address of a page within this site."""
    return addresses.page("", project, *path, **query) + fragment


def here(address: str) -> str:
    """An address within this site: what could lead elsewhere leads to the list of projects."""
    inside = address.startswith("/") and not address.startswith("//")
    plain = address.isprintable() and "\\" not in address and not address.startswith("/api/")
    return address if inside and plain else "/"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": shown.percent,
        "interval": shown.interval,
        "count": shown.count,
        "points": shown.points,
        "score": shown.score,
        "iso": shown.iso,
        "day_time": shown.day_time,
        "clock": shown.clock,
        "span": spans.span,
        "signal": words.signal,
        "finding": shown.finding,
        "cut": shown.cut,
    }
    environment.globals |= {
        "link": link,
        "asset": assets.address,
        "drawing": drawing,
        "delivery": delivery,
        "counted": spans.counted,
        "issue_rows": issue_rows,
        "words": words,
        "shown": shown,
        "UNKNOWN": words.UNKNOWN,
    }
    return environment
