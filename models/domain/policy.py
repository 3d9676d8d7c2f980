"""What a project asks for."""

from dataclasses import dataclass, field

from models.domain.verdict import Mode


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str = field(repr=False)
    """Standard Webhooks secret: ``whsec_`` and base64."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a project's policy. The defaults are those of a project that never applied one."""

    name: str = "default"
    version: int = 0
    mode: Mode = Mode.RECOMMEND
    false_rollbacks_per_1000: float = 2.5
    """The error budget: alpha is a thousandth of it (decision-engine.md, 2.7)."""
    margin: float = 0.05
    """A release is worse only if its rate exceeds the baseline's by more than this share."""
    bake_minutes: int = 1440
    """How long the engine plans to watch; its stakes are spread over these minutes."""
    count_abnormal: bool = True
    """Whether an ``abnormal`` session hurts its user."""
    webhook: Webhook | None = None
    allowed_hosts: tuple[str, ...] = field(default=())
    """Internal hosts (name or address) that outgoing calls may be aimed at."""

    @property
    def alpha(self) -> float:
        return self.false_rollbacks_per_1000 / 1000

    @property
    def title(self) -> str:
        """``name@version``, as decisions record it."""
        return f"{self.name}@{self.version}"
