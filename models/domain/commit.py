"""Commits as people tell of them: what a release brought, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    message: str = ""
    author: str = ""
    """A name, in plain text; e-mail addresses are not kept."""
    at: int | None = None
    """ms"""
    files: tuple[str, ...] = ()
    """Paths from the root of its repository."""
    repository: str | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """A release's place in a repository: its last commit, and the last one of the release before."""

    repository: str
    commit: str
    previous: str | None = None
