"""The versions of a project's settings: appended, never changed."""

import json
from dataclasses import replace
from functools import lru_cache

import structlog
from sqlalchemy import Connection, func, insert, select

from models.domain.project import ProjectSettings
from models.store.tables import audit, project, project_settings
from models.wire.project_settings import parse_settings, understood

log = structlog.get_logger()

NONE_APPLIED = ProjectSettings()

_other = project_settings.alias()
_newest_version = select(func.max(_other.c.version)).where(_other.c.project == project.c.project).scalar_subquery()
IS_NEWEST = (project_settings.c.project == project.c.project) & (project_settings.c.version == _newest_version)
"""Joins projects to the newest of their settings; an outer join keeps those that never applied any."""


def current(connection: Connection, name: str) -> ProjectSettings:
    return read(name, *_newest(connection, name))


def document(connection: Connection, name: str) -> str | None:
    """The TOML in force, as it was applied."""
    return _newest(connection, name)[1]


def read(name: str, version: int | None, document: str | None) -> ProjectSettings:
    """The settings in a stored document, or the defaults for none.

    What this version of Seatrial does not understand has its default too, and is logged: it stops nobody.
    """
    return NONE_APPLIED if version is None or document is None else _read(name, version, document)


def apply(connection: Connection, name: str, text: str, by: str, now: int) -> ProjectSettings:
    """Make a TOML document a project's settings, as a new version with an entry in the audit; raises `BadDocument`.

    The connection must be open for writing. ``now`` in ms.
    """
    parsed = parse_settings(text)
    applied = replace(parsed, version=(_newest(connection, name)[0] or 0) + 1)
    row = {"project": name, "version": applied.version, "document": text, "applied_by": by, "applied_at": now}
    connection.execute(insert(project_settings).values(row))
    entry = {"project": name, "entry": f"settings-{applied.version}", "said_by": by, "at": now}
    said = {"command": "project settings apply", "detail": json.dumps({"settings": applied.version})}
    connection.execute(insert(audit).values(entry | said))
    return applied


def _newest(connection: Connection, name: str) -> tuple[int | None, str | None]:
    columns = project_settings.c
    query = select(columns.version, columns.document).where(columns.project == name)
    found = connection.execute(query.order_by(columns.version.desc()).limit(1)).one_or_none()
    return (found.version, found.document) if found else (None, None)


@lru_cache(maxsize=1_024)
def _read(name: str, version: int, document: str) -> ProjectSettings:
    """Remembered: a document is parsed, and what is wrong with it logged, once in a process."""
    settings, faults = understood(document)
    if faults:
        log.warning("settings.not_understood", project=name, version=version, faults=faults)
    return replace(settings, version=version)
