"""The port to the projects: who may send, and the key by which users are hashed."""

from dataclasses import dataclass, field
from typing import Protocol

from models.domain.project import ProjectSettings


@dataclass(frozen=True, slots=True)
class ProjectKeys:
    project: str
    """The project's name, as the wire values carry it."""
    public_keys: frozenset[str]
    """The keys of its DSNs: 32 lower-case hexadecimal characters each."""
    identity_key: bytes
    """Hashes its users (`models.domain.identity`)."""
    settings: ProjectSettings = field(default_factory=ProjectSettings)


class Keys(Protocol):
    def project(self, number: int) -> ProjectKeys | None:
        """The project that has this number in its DSN, None if there is none. Called for every request: cache it."""

    def number(self, public_key: str) -> int | None:
        """The number of the one project that has this key, None if there is none or more than one. Cache it too."""
