"""Who may ask: a project's token, or, where the setting allows it, anyone on this machine."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request

from api.problems import Problem
from api.services import Services
from models.store.queries import tokens

COOKIE = "seatrial_token"
LOOPBACK_NAMES = ("localhost", "localhost.localdomain")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Access:
    """Leave to read and write a project. ``by`` names who has it, for the audit."""

    project: str
    by: str


def services_of(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def access_of(request: Request, project: Annotated[str, Path()]) -> Access:
    """The leave of a request; raises `Problem` (401, 403 or 404) where there is none."""
    refuse_other_sites(request)
    services = services_of(request)
    if text := _token(request):
        return _by_token(services, project, text)
    if services.open_on_loopback and is_local(request):
        return Access(project, "this machine")
    raise Problem(401, "This needs a token", "Send `Authorization: Bearer` with a token of the project.")


def visible_projects(request: Request) -> list[str]:
    """The projects that the request may see."""
    services = services_of(request)
    text = _token(request)
    if not text and not (services.open_on_loopback and is_local(request)):
        raise Problem(401, "This needs a token", "Sign in with a token of a project.")
    with services.reading() as connection:
        return sorted(tokens.projects_of(connection, text)) if text else tokens.projects(connection)


def is_local(request: Request) -> bool:
    """Whether the request comes from this machine and was meant for it.

    The Host header must be a loopback name too, or a page of another site whose name was pointed here could read along;
    and no proxy may have passed it on, for then the client is not who it seems.
    """
    client = request.client.host if request.client else ""
    if not _is_loopback(client) or any(name in request.headers for name in FORWARDED):
        return False
    host = _host(f"//{request.headers.get('host', '')}")
    return host in LOOPBACK_NAMES or host.endswith(".localhost") or _is_loopback(host)


def _by_token(services: Services, project: str, text: str) -> Access:
    with services.reading() as connection:
        opened = tokens.projects_of(connection, text)
    if not opened:
        raise Problem(401, "The token is not known", "Copy it again, or make one by `seatrial project create`.")
    if project not in opened:
        raise Problem(403, f"The token is not of the project {project!r}", f"It opens {', '.join(sorted(opened))}.")
    return Access(project, named(opened[project]))


def named(prefix: str) -> str:
    """A token in words, as the audit names who came with it."""
    return f"token {prefix}…"


def bearer(request: Request) -> str | None:
    """The token in the request's ``Authorization``."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None


def _token(request: Request) -> str | None:
    return bearer(request) or request.cookies.get(COOKIE)


def refuse_other_sites(request: Request) -> None:
    """A browser says from which site a form or script comes; only ours may change anything."""
    if request.method in SAFE or request.headers.get("authorization"):
        return
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        raise Problem(403, "This came from another site", "Send the form from Seatrial's own page, or use a token.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


Allowed: TypeAlias = Annotated[Access, Depends(access_of)]
Known: TypeAlias = Annotated[Services, Depends(services_of)]
