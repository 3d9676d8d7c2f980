"""The engine's state after a minute: a value that can be stored, compared and resumed."""

from functools import lru_cache

import msgspec
import numpy as np

from analytics.statistics.e_process import EFFECTS, ISSUE_EFFECTS, stretch
from analytics.statistics.likelihood import GRID, Vector
from models.domain.evidence import Baseline, History
from models.domain.policy import Policy, Signal
from models.domain.verdict import Mode

NOTHING = -1e300
"""The logarithm of no stake: minus infinity, but JSON can hold it."""

NO_HARM_LIMIT = 1.5
"""A release is proved harmless against being this many times as bad."""


SESSIONS_LATE = 2
"""Minutes by which sessions are told late: the Python SDK tells a server's once in 60 s, and the log may be behind."""


@lru_cache(maxsize=32)
def thetas(margin: float) -> Vector:
    """Where likelihoods are kept: the grid, the effects betted on, the margin, the limit of the proof of no harm."""
    at = np.concatenate([GRID, EFFECTS * stretch(margin), [1.0 + margin, NO_HARM_LIMIT]])
    at.setflags(write=False)  # every caller gets the same array
    return at


EFFECTS_AT = slice(len(GRID), len(GRID) + len(EFFECTS))
MARGIN_AT = len(GRID) + len(EFFECTS)
LIMIT_AT = MARGIN_AT + 1


class Test(msgspec.Struct, frozen=True):
    """One rate test: its likelihood at `thetas`, and the running stakes on each effect."""

    likelihood: tuple[float, ...]
    running: tuple[float, ...] = (NOTHING,) * len(EFFECTS)
    log_evidence: float = 0.0

    @classmethod
    def start(cls, margin: float) -> "Test":
        return cls(likelihood=(0.0,) * len(thetas(margin)))


class IssueTest(msgspec.Struct, frozen=True):
    """A new issue, in the order in which they were first seen."""

    issue: str
    users: int = 0
    pending: int = 0
    """Affected users since sessions last told of exposure: servers send errors at once, sessions a minute later."""
    burst: float = 0.0
    """``log E`` that it hurts more users a session than new issues of healthy releases do."""
    beside: tuple[float, ...] = (0.0,) * len(ISSUE_EFFECTS)
    """Log-likelihood, at each effect, that it hurts users of the new arm rather than of both."""
    log_evidence: float = 0.0


class State(msgspec.Struct, frozen=True, kw_only=True):
    """After `minutes` minutes. Counts are since the deploy; decayed ones lose 2 % a minute."""

    alpha: float
    margin: float
    bake_minutes: int
    stakes: dict[str, float]
    """By signal, its share of what is betted; one that is only observed has none. They sum to 1."""
    alone: tuple[str, ...]
    """The signals after which a rollback may be done, not only recommended."""
    baseline: str | None
    concurrent: bool
    inferred: bool
    history_minutes: int
    history_started: int
    history_hurt: int
    history_old: int
    """Sessions of the baseline's release in the history."""

    minutes: int = 0
    as_of: int | None = None
    started_new: int = 0
    started_old: int = 0
    healthy_new: int = 0
    healthy_old: int = 0
    fatal_new: int = 0
    fatal_old: int = 0
    hurt_new: int = 0
    hurt_old: int = 0
    anonymous_new: int = 0
    anonymous_old: int = 0
    compared: int = 0
    """Users hurt on the new arm while both served."""
    compared_units: int = 0
    """The same of failures without a known user."""
    expected: float = 0.0
    """Users who would have been hurt on the new arm had it been as good as the old one at the same time."""
    expected_units: float = 0.0
    """The same of failures without a known user."""
    expected_started: float = 0.0
    """Sessions due in the new arm by its planned share of the history's traffic."""
    overlap: int = 0
    """Minutes in which both arms were to have traffic."""
    plans: tuple[float, ...] = (0.0,) * (SESSIONS_LATE + 1)
    """The planned share of the last minutes, this one's at the end: sessions told now may be of any of them."""
    recent_new: float = 0.0
    recent_old: float = 0.0
    recent_low: float = 0.0
    recent_high: float = 0.0
    """Between which the new arm's recent sessions should lie by those plans, but for chance of `recent_variance`."""
    recent_variance: float = 0.0
    due: float = 0.0
    """Hurt users due in the new arm by its sessions and the base rate, each times the old arm's share: what a test
    beside the old arm can learn from."""
    seen: float = 0.0
    """The same by the users hurt on the old arm at the same time."""
    users: Test
    units: Test
    sequential: Test
    issues: tuple[IssueTest, ...] = ()
    """At most `folding.MOST_ISSUES`."""
    onset: int | None = None
    """The minute from which the evidence grew, while it is above nothing."""
    latched: bool = False
    acting: bool = False
    """Whether the evidence of the signals in `alone` reached, without the others, what a rollback needs."""
    holding_since: int | None = None
    calm: int = 0

    @property
    def planned(self) -> float:
        """The planned share of the last minute."""
        return self.plans[-1]


def initial(policy: Policy, history: History, baseline: Baseline, *, inferred: bool) -> State:
    margin = policy.margin_of(Signal.USERS)
    start = Test.start(margin)
    return State(
        alpha=policy.alpha,
        margin=margin,
        bake_minutes=policy.bake_minutes,
        stakes=_stakes(policy),
        alone=tuple(signal.value for signal in Signal if _limited_to(policy, signal) is Mode.AUTOMATIC),
        baseline=baseline.release,
        concurrent=baseline.kind == "concurrent",
        inferred=inferred,
        history_minutes=history.minutes,
        history_started=history.started,
        history_hurt=history.hurt,
        history_old=history.started_old,
        users=start,
        units=start,
        sequential=start,
    )


def _stakes(policy: Policy) -> dict[str, float]:
    """Where all is only observed, it is still judged: for what is shown, the signals' own modes alone count."""
    judged = [signal for signal in Signal if _limited_to(policy, signal) is not Mode.OBSERVE]
    total = sum(policy.weight_of(signal) for signal in judged)
    return {signal.value: policy.weight_of(signal) / total if signal in judged else 0.0 for signal in Signal}


def _limited_to(policy: Policy, signal: Signal) -> Mode:
    """The signal's own mode. The policy's mode changes what is done with the result, and begins no test anew."""
    own = policy.signals.get(signal)
    return own.mode if own and own.mode else Mode.AUTOMATIC


def dump(state: State) -> bytes:
    """JSON, the same bytes for the same state; about 5 KB."""
    return msgspec.json.encode(state)


def load(stored: bytes) -> State:
    return msgspec.json.decode(stored, type=State)
