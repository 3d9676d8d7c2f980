"""Why the events of an issue are one thing, for the API and for its page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from analytics.grouping import v2
from analytics.grouping.v2.explaining import RUNGS, saying
from models.store.queries import grouping, issue_names
from models.store.queries.grouping import KeyOf
from models.store.queries.merged import merged as merged_of


@dataclass(frozen=True, slots=True)
class Why:
    version: str
    rule: str
    parts: tuple[str, ...]
    """What the first event's key was made of; the rule aside."""
    tree: Mapping[str, Any]
    """A component with ``value``, ``contributes``, ``hint`` and ``children``, as `analytics.grouping.v2` tells it."""
    keys: tuple[KeyOf, ...]
    """By which events find it now."""
    merged: tuple[tuple[str, str | None], ...]
    """The issues that were merged into it, with their names."""
    merged_into: str | None
    says: tuple[tuple[str, int], ...]
    """What the events of it that were kept say, and how many say it: whether it lumps several causes."""


def why(connection: Connection, project: str, identifier: str) -> Why:
    version, parts = grouping.of_issue(connection, project, identifier) or ("", [""])
    merges = merged_of(connection, project)
    survivor, merged = merges.survivor(identifier), merges.group(identifier)[1:]
    names = issue_names.names(connection, project, merged)
    told = Counter(
        saying(v2.group(event)) for event in grouping.messages_of(connection, project, merges.group(identifier))
    )
    return Why(
        version=version,
        rule=parts[0],
        parts=tuple(parts[1:]),
        tree=grouping.tree_of(connection, project, identifier) or _plain(parts),
        keys=tuple(grouping.keys_of(connection, project, identifier)),
        merged=tuple((one, names.get(one)) for one in merged),
        merged_into=None if survivor == identifier else survivor,
        says=tuple(told.most_common()),
    )


def _plain(parts: list[str]) -> dict[str, Any]:
    """The tree of an issue that none was kept of: what its key says by itself."""
    children = [{"component": "part", "value": part, "contributes": True} for part in parts[1:] if part]
    return {"component": "event", "value": RUNGS.get(parts[0], parts[0]), "contributes": True, "children": children}
