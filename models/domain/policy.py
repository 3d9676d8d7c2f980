"""What a project asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from models.domain.verdict import Mode

MODES = (Mode.OBSERVE, Mode.RECOMMEND, Mode.AUTOMATIC)
"""From the least that may be done to the most."""


class Signal(StrEnum):
    """What a release is compared by, as `reasons` of ``gate.v1`` call it."""

    USERS = "crash_free_users"
    NEW_ISSUES = "new_issues"


WEIGHTS: Mapping[Signal, float] = {Signal.USERS: 0.50, Signal.NEW_ISSUES: 0.22}
"""The stakes of decision-engine.md, 2.2; what they come to together is shared out."""


@dataclass(frozen=True, slots=True)
class SignalPolicy:
    """What is asked of one signal; None: what the policy says of all, or what the signal has by itself."""

    mode: Mode | None = None
    """The most that may follow from this signal alone."""
    margin: float | None = None
    weight: float | None = None


class Quantity(StrEnum):
    """What an absolute limit is set to: of the new release alone, over a span of minutes."""

    USERS = "crash_free_users"
    """1 - newly hurt users / sessions started, as the signal of this name shows it."""
    SESSIONS = "unhandled_free_sessions"
    """1 - sessions that crashed, or ended unhandled or abnormal / sessions started."""
    ERRORED = "errored_sessions"
    """Sessions with a handled error / sessions started."""
    HURT = "hurt_users"
    """Newly hurt users, a number."""


class Consequence(StrEnum):
    """What follows from a broken limit. None rolls back: nothing tells the release's harm from an incident's."""

    HOLD = "hold"
    ROLLBACK_RECOMMENDED = "rollback_recommended"
    """Held too; and people are told to roll back."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An absolute limit beside the comparison."""

    quantity: Quantity
    bound: float
    """The least of a share that is free of harm, else the most."""
    minutes: int
    consequence: Consequence = Consequence.HOLD

    @property
    def is_least(self) -> bool:
        return self.quantity in (Quantity.USERS, Quantity.SESSIONS)


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
    signals: Mapping[Signal, SignalPolicy] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    critical: Mapping[str, float] = field(default_factory=dict)
    """Critical services by package (the text before ``@`` of a release), with their own `false_rollbacks_per_1000`."""
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

    def mode_of(self, signal: Signal) -> Mode:
        """The signal's own mode, but no more than the policy's."""
        return min(self.mode, self.signals.get(signal, SignalPolicy()).mode or self.mode, key=MODES.index)

    def margin_of(self, signal: Signal) -> float:
        own = self.signals.get(signal, SignalPolicy()).margin
        return self.margin if own is None else own

    def weight_of(self, signal: Signal) -> float:
        own = self.signals.get(signal, SignalPolicy()).weight
        return WEIGHTS[signal] if own is None else own

    def of_service(self, package: str | None) -> "Policy":
        """What holds for releases of a package: a critical service has its own error budget."""
        own = self.critical.get(package) if package is not None else None
        return self if own is None else replace(self, false_rollbacks_per_1000=own)
