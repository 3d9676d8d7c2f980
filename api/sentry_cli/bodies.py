"""What sentry-cli sends, as far as we read it (sentry-protocol.md, 5.2); unknown fields are ignored."""

from collections import Counter
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request

from api.problems import Problem
from api.rest import bodies
from models.domain.commit import Commit, Ref
from models.wire import fields
from models.wire.scrubbing.scrubber import Scrubber
from models.wire.times import to_milliseconds

MOST_COMMITS = 1_000
"""Of one release. sentry-cli sends 20 unless told otherwise."""

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Body = TypeVar("Body", bound=Struct)


class Patch(Struct, frozen=True, kw_only=True):
    path: str


class CommitTold(Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=64)]
    repository: str | None = None
    author_name: str | None = None
    timestamp: str | None = None
    message: str | None = None
    patch_set: list[Patch] | None = None


class RefTold(Struct, frozen=True, kw_only=True, rename="camel"):
    repository: Name
    commit: Annotated[str, Meta(min_length=1, max_length=64)]
    previous_commit: str | None = None


class ReleaseTold(Struct, frozen=True, kw_only=True, rename="camel"):
    version: str | None = None
    projects: list[str] | None = None
    date_started: str | None = None
    date_released: str | None = None
    url: str | None = None
    status: str | None = None
    commits: Annotated[list[CommitTold], Meta(max_length=MOST_COMMITS)] | None = None
    refs: Annotated[list[RefTold], Meta(max_length=100)] | None = None


class DeployTold(Struct, frozen=True, kw_only=True, rename="camel"):
    environment: str
    name: Annotated[str, Meta(max_length=64)] | None = None
    url: str | None = None
    date_finished: str | None = None
    projects: list[str] | None = None


class RepositoryTold(Struct, frozen=True, kw_only=True):
    name: Name
    url: str | None = None


async def read(request: Request, kind: type[Body]) -> Body:
    """The body as ``kind``; raises `Problem` (400, 413)."""
    body = await bodies.read(request)
    if b"\\u0000" in body:
        raise Problem(400, "The body holds a NUL character", "No database keeps \\u0000: leave it out.")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(400, "The body is not valid", f"{error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "The body is not JSON", f"{error}.") from None


def version(told: str | None) -> str:
    """A release's name; raises `Problem` (400) for what cannot be one."""
    found = fields.release(told)
    if found is None:
        detail = "At most 200 characters without slashes, and neither `latest` nor a dot alone."
        raise Problem(400, f"{told!r} is no release", detail)
    return found


def time(told: str | None, name: str) -> int | None:
    """ms; raises `Problem` (400) for what is no time."""
    found = to_milliseconds(told)
    if told is not None and found is None:
        raise Problem(400, f"`{name}` is no time", "Write RFC 3339, as in 2026-11-22T14:41:00Z.")
    return found


def commit(told: CommitTold, scrub: Scrubber) -> Commit:
    return Commit(
        id=told.id,
        message=scrub.text((told.message or "").strip(), Counter()),
        author=(told.author_name or "").strip(),
        at=time(told.timestamp, "timestamp"),
        files=tuple(one.path for one in told.patch_set or ()),
        repository=told.repository,
    )


def ref(told: RefTold) -> Ref:
    return Ref(told.repository, told.commit, told.previous_commit)
