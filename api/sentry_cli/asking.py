"""Who calls: a project's token says both who and which project; the organization in the address may have any name."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request

from api.access import Known, bearer, named
from api.problems import Problem
from api.rest.asking import Asked
from models.store.queries import tokens


def asked(request: Request, services: Known) -> Asked:
    """Raises `Problem` (401) without a token of a project."""
    text = bearer(request)
    if text is None:
        raise Problem(401, "This needs a token", "Set SENTRY_AUTH_TOKEN to a token of the project.")
    with services.reading() as connection:
        opened = tokens.projects_of(connection, text)
        if not opened:
            raise Problem(401, "The token is not known", "Copy it again, or make one by `seatrial project create`.")
        project = min(opened)
        key = tokens.identity_key(connection, project) or b""
    return Asked(project, named(opened[project]), services, key)


def check_projects(asked: Asked, named: Iterable[str]) -> None:
    """Raises `Problem` (403) if another project is meant than the token's."""
    for name in named:
        if name != asked.project:
            detail = f"It opens {asked.project!r}: set SENTRY_PROJECT to it, or use a token of {name!r}."
            raise Problem(403, f"The token is not of the project {name!r}", detail)


def asked_of_project(asked: Annotated[Asked, Depends(asked)], project: Annotated[str, Path()]) -> Asked:
    check_projects(asked, [project])
    return asked


OfToken: TypeAlias = Annotated[Asked, Depends(asked)]
OfNamed: TypeAlias = Annotated[Asked, Depends(asked_of_project)]
