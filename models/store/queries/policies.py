"""The versions of a project's policy: appended, never changed."""

import json
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from models.domain.policy import Policy
from models.store.tables import audit, policy
from models.wire.policy import parse_policy

NOBODY = Policy()
"""What holds where no policy was ever applied."""


def current(connection: Connection, project: str) -> Policy:
    query = select(policy.c.document, policy.c.version).where(policy.c.project == project)
    newest = connection.execute(query.order_by(policy.c.version.desc()).limit(1)).one_or_none()
    return replace(parse_policy(newest.document), version=newest.version) if newest else NOBODY


def titled(connection: Connection, project: str, title: str) -> Policy | None:
    """The policy that a decision names (``name@version``)."""
    version = int(title.rpartition("@")[2])
    if version == NOBODY.version:
        return NOBODY
    query = select(policy.c.document).where(policy.c.project == project, policy.c.version == version)
    document = connection.execute(query).scalar()
    return replace(parse_policy(document), version=version) if document is not None else None


def document(connection: Connection, project: str) -> str | None:
    """The TOML in force, as it was applied."""
    query = select(policy.c.document).where(policy.c.project == project)
    found: str | None = connection.execute(query.order_by(policy.c.version.desc()).limit(1)).scalar()
    return found


def apply(connection: Connection, project: str, text: str, by: str, now: int) -> Policy:
    """Make a TOML document the policy in force, as a new version with an entry in the audit; raises `BadDocument`.

    The connection must be open for writing. ``now`` in ms.
    """
    parsed = parse_policy(text)
    applied = replace(parsed, version=current(connection, project).version + 1)
    row = {"project": project, "version": applied.version, "name": applied.name, "document": text}
    connection.execute(insert(policy).values(row | {"applied_by": by, "applied_at": now}))
    entry = {"project": project, "entry": f"policy-{applied.version}", "said_by": by, "command": "policy apply"}
    connection.execute(insert(audit).values(entry | {"detail": json.dumps({"policy": applied.title}), "at": now}))
    return applied
