"""A bounded store that many fill, divided so that none of them can fill it for the others.

The rule is that of shared-memory switches (Choudhury and Hahne, 1998, "Dynamic queue length thresholds"): each may hold
no more than what is left free. One alone gets a half, two that want all get a third each, and there is always room for
the next one.
"""

from collections import Counter


class Shares:
    """Bytes by holder. For one thread."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._held: Counter[str] = Counter()

    def has_room(self, size: int) -> bool:
        """Whether one that holds nothing would be given ``size`` bytes."""
        return size <= self.limit - self.used - size

    def take(self, holder: str, size: int) -> bool:
        """Whether ``size`` bytes more were given to ``holder``."""
        if self._held[holder] + size > self.limit - self.used - size:
            return False
        self.force(holder, size)
        return True

    def force(self, holder: str, size: int) -> None:
        """Count what is there already, past the bound if need be."""
        self._held[holder] += size
        self.used += size

    def give_back(self, holder: str, size: int) -> None:
        self.used -= size
        self._held[holder] -= size
        if not self._held[holder]:
            del self._held[holder]
