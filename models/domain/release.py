"""What is known of a release in all environments, by which it is told from others as earlier or later."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """By environment; times in ms. A release that was deleted is still known by its name."""

    release: str
    deployed: Mapping[str, int] = field(default_factory=dict)
    """When it was first deployed."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """When its first session or error was booked."""
    withdrawn: frozenset[str] = frozenset()
    """Where the last that was told of it is that it was rolled back, or that its deploy failed."""

    def since(self, environment: str) -> int | None:
        """When it came to an environment: by its deploy, or unannounced before."""
        return min((told[environment] for told in (self.deployed, self.seen) if environment in told), default=None)
