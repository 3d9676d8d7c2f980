"""What the calls of the API share: the project that is asked about, and how a page of a list is asked for."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Query

from api.access import Allowed, Known
from api.answers import MOST
from api.problems import not_found
from api.services import Services
from models.store.queries import tokens

Release: TypeAlias = Annotated[
    str | None, Query(min_length=1, max_length=200, description="The whole string, as in shop@1.4.2.")
]
Environment: TypeAlias = Annotated[str, Query(min_length=1, max_length=64)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=1_000, description="`next` of the page before.")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST)]

PAGE = 50
PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Asked:
    """A project that there is, and who asks."""

    project: str
    by: str
    services: Services
    identity_key: bytes
    """Hashes its users."""


def asked(access: Allowed, services: Known) -> Asked:
    """Raises `Problem` (404) for a project that nobody made; who has a token of it was let in before."""
    with services.reading() as connection:
        key = tokens.identity_key(connection, access.project)
    if key is None:
        raise not_found("project", access.project, "Make it by `seatrial project create`, or mend the address.")
    return Asked(access.project, access.by, services, key)


OfProject: TypeAlias = Annotated[Asked, Depends(asked)]
