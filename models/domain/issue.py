"""What people command about an issue: appended, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CommandKind(StrEnum):
    RESOLVE = "resolve"
    REOPEN = "reopen"
    MUTE = "mute"


class FixedIn(StrEnum):
    """Where the fix is, as whoever resolved an issue said."""

    NOW = "now"
    """In what runs: nothing needs to be deployed for it."""
    RELEASE = "release"
    """In a release that was named."""
    NEXT = "next"
    """In the release that comes after the current one."""


@dataclass(frozen=True, slots=True)
class IssueCommand:
    """``at`` in ms; commands of one issue are in force in the order of time and id."""

    command: str
    issue: str
    kind: CommandKind
    fixed_in: FixedIn | None
    """Of a resolution."""
    release: str | None
    """The release with the fix, where one was named."""
    current: Mapping[str, str]
    """By environment, the newest release there when the issue was resolved."""
    reason: str
    said_by: str
    at: int
