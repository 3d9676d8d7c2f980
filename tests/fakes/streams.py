"""Releases of services that never change: every count is Poisson about a constant mean, and the truth is known."""

from dataclasses import dataclass, fields

import numpy as np

from benchmarks.decisions.streams import (
    BIN_MINUTES,
    PAST_BINS,
    Arm,
    Counts,
    Due,
    Episode,
    Kind,
    Past,
    Plan,
    Shares,
    Stream,
    Truth,
)

ISSUES, SERVICES = 3, 10
ERRORS, ISSUE, FEEDBACK, NEGATIVE = 0.02, 1e-4, 0.05, 0.3
"""A session, but for the share of feedback that is negative."""


@dataclass(frozen=True, slots=True)
class Steady:
    """What such releases are like; `draw` gives some."""

    kind: Kind = "canary"
    share: float = 0.2
    sessions: float = 50.0
    """A minute, of the whole service; by segment in equal parts."""
    hurt: float = 0.01
    """A session."""
    minutes: int = 240
    segments: int = 2
    signal: str = "crash"
    effect: float = 1.0
    """Of a bad release; 1 makes a healthy one. Of an issue: users a session that are added, in thousandths."""
    onset: int = 0
    segment: int = -1
    loops: float = 0.0
    """Further crashes of each user who is hurt."""

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.signal}-{self.effect}"

    @property
    def healthy(self) -> bool:
        return self.effect == 1.0

    @property
    def plan(self) -> Plan:
        steps = np.linspace(0.25, 1.0, 4).repeat(-(-self.minutes // 4))[: self.minutes]
        shares = {"canary": np.full(self.minutes, self.share), "replace": np.ones(self.minutes), "ramp": steps}
        return Plan(self.kind, shares[self.kind], tuple(f"s{number}" for number in range(self.segments)))


def draw(steady: Steady, seed: int, releases: int) -> Episode:
    chance = np.random.default_rng([seed, releases])
    truth = truth_of(steady, releases)
    hits = (steady.segment < 0) | (np.arange(steady.segments) == steady.segment)
    none = np.ones_like(truth.effect)
    worse = {signal: truth.effect if steady.signal == signal else none for signal in ("crash", "errors", "feedback")}
    hurt = truth.new.hurt * np.where(hits, worse["crash"][:, :, None], 1.0)
    new = arm(chance, steady, steady.plan.share, hurt, truth.new.errors * worse["errors"], NEGATIVE * worse["feedback"])
    old = arm(chance, steady, 1 - steady.plan.share, truth.old.hurt, truth.old.errors, np.asarray(NEGATIVE))
    issues = chance.poisson(truth.issues)
    issues[:, :, 0] += chance.poisson(truth.fault)
    siblings = np.full((releases, steady.minutes), steady.sessions)
    stream = Stream(new, old, issues, chance.poisson(siblings), chance.poisson(siblings * steady.hurt))
    return Episode(past_of(chance, steady, releases), steady.plan, stream, truth)


def arm(
    chance: np.random.Generator, steady: Steady, share: Shares, hurt: Shares, errors: Shares, negative: Shares
) -> Arm:
    sessions = share[None, :, None] * np.full(hurt.shape, steady.sessions / steady.segments)
    started = chance.poisson(sessions)
    seen = chance.poisson(hurt)
    users = seen.sum(axis=2)
    feedback = chance.poisson(sessions.sum(axis=2) * FEEDBACK)
    return Arm(
        started=started,
        ended=started.sum(axis=2),
        crashed=users + chance.poisson(users * steady.loops),
        hurt=seen,
        errors=chance.poisson(errors),
        feedback=feedback,
        negative=chance.binomial(feedback, np.minimum(negative, 0.95)),
    )


def truth_of(steady: Steady, releases: int) -> Truth:
    """Every release has the same."""
    shape = releases, steady.minutes
    there = np.broadcast_to(np.arange(steady.minutes) >= steady.onset, shape) & (not steady.healthy)
    sessions = np.broadcast_to(steady.sessions * steady.plan.share, shape)
    added = sessions * there * steady.effect / 1000 * (steady.signal == "issue")
    new, old = due(steady, steady.plan.share, releases), due(steady, 1 - steady.plan.share, releases)
    hit = 1.0 if steady.segment < 0 else 1 / steady.segments
    return Truth(
        bad=np.full(releases, not steady.healthy),
        onset=np.full(releases, steady.minutes if steady.healthy else steady.onset),
        effect=np.where(there, 1.0 if steady.signal == "issue" else steady.effect, 1.0),
        signal=steady.signal,
        segment=np.full(releases, steady.segment),
        new=new,
        old=old,
        issues=np.repeat(sessions[:, :, None] * ISSUE, ISSUES, axis=2),
        fault=added,
        hurt_by_fault=added + sessions * steady.hurt * hit * there,
        incident=np.zeros(shape, dtype=bool),
    )


def due(steady: Steady, share: Shares, releases: int) -> Due:
    sessions = np.broadcast_to(steady.sessions * share, (releases, steady.minutes))
    hurt = np.repeat(sessions[:, :, None] * steady.hurt / steady.segments, steady.segments, axis=2)
    return Due(hurt, sessions * ERRORS, np.full(sessions.shape, NEGATIVE))


def past_of(chance: np.random.Generator, steady: Steady, releases: int) -> Past:
    """Of a few services, over and over: fourteen days of thousands would take longer than what they are for."""
    some = few_pasts(chance, steady, min(releases, SERVICES))
    again = np.arange(releases) % SERVICES
    return Past(**{field.name: getattr(some, field.name)[again] for field in fields(Past)})


def few_pasts(chance: np.random.Generator, steady: Steady, services: int) -> Past:
    bins = steady.sessions * BIN_MINUTES
    shape = services, PAST_BINS

    def counted(mean: float) -> Counts:
        return chance.poisson(np.full(shape, mean))

    by_segment = np.full((*shape, steady.segments), bins / steady.segments)
    hurt = chance.poisson(by_segment * steady.hurt)
    feedback = counted(bins * FEEDBACK)
    return Past(
        started=chance.poisson(by_segment),
        hurt=hurt,
        crashed=hurt.sum(axis=2) + chance.poisson(hurt.sum(axis=2) * steady.loops),
        errors=counted(bins * ERRORS),
        feedback=feedback,
        negative=chance.binomial(feedback, NEGATIVE),
        sibling_started=counted(bins),
        sibling_hurt=counted(bins * steady.hurt),
        minute_of_day=np.full(services, 600),
        day_of_week=np.full(services, 2),
    )
