"""The engine's state after a minute: a value that can be stored, compared and resumed."""

import msgspec
import numpy as np

from analytics.statistics.e_process import EFFECTS
from analytics.statistics.likelihood import GRID, Vector
from models.domain.evidence import Baseline, History
from models.domain.policy import Policy

NOTHING = -1e300
"""The logarithm of no stake: minus infinity, but JSON can hold it."""

NO_HARM_LIMIT = 1.5
"""A release is proved harmless against being this many times as bad."""


def thetas(margin: float) -> Vector:
    """Where likelihoods are kept: the grid, the effects betted on, the margin, the limit of the proof of no harm."""
    return np.concatenate([GRID, EFFECTS, [1.0 + margin, NO_HARM_LIMIT]])


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
    log_evidence: float = 0.0


class State(msgspec.Struct, frozen=True, kw_only=True):
    """After `minutes` minutes. Counts are since the deploy; decayed ones lose 2 % a minute."""

    alpha: float
    margin: float
    bake_minutes: int
    baseline: str | None
    concurrent: bool
    inferred: bool
    history_minutes: int
    history_started: int
    history_hurt: int

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
    expected: float = 0.0
    """Hurt units due in the new arm had it been as good as the old one at the same time."""
    expected_started: float = 0.0
    """Sessions due in the new arm by its planned share of the history's traffic."""
    overlap: int = 0
    """Minutes in which both arms were to have traffic."""
    recent_new: float = 0.0
    recent_old: float = 0.0
    recent_due: float = 0.0
    recent_variance: float = 0.0
    information: float = 0.0
    users: Test
    units: Test
    sequential: Test
    issues: tuple[IssueTest, ...] = ()
    onset: int | None = None
    """The minute from which the evidence grew, while it is above nothing."""
    latched: bool = False
    holding_since: int | None = None
    calm: int = 0


def initial(policy: Policy, history: History, baseline: Baseline, *, inferred: bool) -> State:
    start = Test.start(policy.margin)
    return State(
        alpha=policy.alpha,
        margin=policy.margin,
        bake_minutes=policy.bake_minutes,
        baseline=baseline.release,
        concurrent=baseline.kind == "concurrent",
        inferred=inferred,
        history_minutes=history.minutes,
        history_started=history.started,
        history_hurt=history.hurt,
        users=start,
        units=start,
        sequential=start,
    )


def dump(state: State) -> bytes:
    """JSON, the same bytes for the same state; about 5 KB."""
    return msgspec.json.encode(state)


def load(stored: bytes) -> State:
    return msgspec.json.decode(stored, type=State)
