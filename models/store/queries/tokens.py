"""Projects, and who may ask about and send to them. A token is kept as its SHA-256 only."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from models.domain.project import ProjectSettings
from models.store.queries import project_settings
from models.store.tables import intake_key, project, token
from models.store.tables import project_settings as settings

IDENTITY_KEY_BYTES = 32
PREFIX = 8
"""Characters of a token that are kept in clear, so that people can tell theirs apart: ``st_`` and five of 43."""


@dataclass(frozen=True, slots=True)
class Created:
    project: str
    number: int
    public_key: str
    token: str
    """Shown once: only its hash is kept."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What intake needs of a project."""

    project: str
    public_keys: frozenset[str]
    identity_key: bytes
    settings: ProjectSettings


def create_project(connection: Connection, name: str, number: int | None, public_key: str | None, now: int) -> Created:
    """Make a project with a public key and a token; raises `ValueError` if name or number is taken.

    The connection must be open for writing. ``now`` in ms.
    """
    _check_free(connection, name, number)
    number = number or _next_number(connection)
    public_key = public_key or secrets.token_hex(16)
    row = {"project": name, "number": number, "identity_key": secrets.token_bytes(IDENTITY_KEY_BYTES)}
    connection.execute(insert(project).values(row | {"created_at": now}))
    connection.execute(insert(intake_key).values(project=name, public_key=public_key, created_at=now))
    return Created(name, number, public_key, create_token(connection, name, now))


def create_token(connection: Connection, name: str, now: int) -> str:
    """A new token of a project: 256 random bits, so that its hash needs no salt."""
    made = f"st_{secrets.token_urlsafe(32)}"
    row = {"project": name, "token_hash": token_hash(made), "prefix": made[:PREFIX], "created_at": now}
    connection.execute(insert(token).values(row))
    return made


def token_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def project_keys(connection: Connection, number: int) -> Sender | None:
    """The project that has a number in its DSN, None if there is none."""
    columns = (project.c.project, project.c.identity_key, settings.c.version, settings.c.document)
    query = select(*columns).outerjoin_from(project, settings, project_settings.IS_NEWEST)
    row = connection.execute(query.where(project.c.number == number)).one_or_none()
    if row is None:
        return None
    keys = connection.execute(select(intake_key.c.public_key).where(intake_key.c.project == row.project)).scalars()
    applied = project_settings.read(row.project, row.version, row.document)
    return Sender(row.project, frozenset(keys), row.identity_key, applied)


def number_of_key(connection: Connection, public_key: str) -> int | None:
    """The number of the one project that has a public key; None if there is none or more than one."""
    query = select(project.c.number).join_from(project, intake_key, project.c.project == intake_key.c.project)
    found = connection.execute(query.where(intake_key.c.public_key == public_key)).scalars().all()
    return found[0] if len(found) == 1 else None


def identity_key(connection: Connection, name: str) -> bytes | None:
    """The key that hashes a project's users; None if there is no such project."""
    found: bytes | None = connection.execute(select(project.c.identity_key).where(project.c.project == name)).scalar()
    return found


def projects_of(connection: Connection, text: str) -> dict[str, str]:
    """The projects that a token opens, with the token's prefix."""
    query = select(token.c.project, token.c.prefix).where(token.c.token_hash == token_hash(text))
    return {row.project: row.prefix for row in connection.execute(query)}


def projects(connection: Connection) -> list[str]:
    return list(connection.execute(select(project.c.project).order_by(project.c.project)).scalars())


def _check_free(connection: Connection, name: str, number: int | None) -> None:
    if connection.execute(select(project.c.number).where(project.c.project == name)).first():
        raise ValueError(f"there is a project {name!r} already: choose another name")
    taken = connection.execute(select(project.c.project).where(project.c.number == number)).scalar()
    if number is not None and taken is not None:
        raise ValueError(f"number {number} is taken by the project {taken!r}: leave --number out, or choose another")


def _next_number(connection: Connection) -> int:
    return (connection.execute(select(func.max(project.c.number))).scalar() or 0) + 1
