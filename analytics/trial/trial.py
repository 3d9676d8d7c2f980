"""The trial of a release: every signal's bets against it, minute by minute (decision-engine.md, 2.2 and 2A).

While an old arm serves beside the release, counts are compared with its (`beside`); where the release replaces
everything, with the service's own past and its siblings (`hidden_cause`). New issues and feedback ride along. The
evidence is the sum of stakes times e-values, which is an e-process itself, whatever the signals have to do with each
other: so looking at it every minute spends nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.statistics import (
    e_process,
    feedback,
    hidden_cause,
    hidden_share,
    old_arm,
    onset,
    profile,
    stakes,
    traffic,
)
from analytics.statistics.causes import Causes, Counts
from analytics.statistics.e_process import EFFECTS, ISSUE_RATE
from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Profile
from analytics.statistics.season import BIN_MINUTES as BIN
from analytics.statistics.stakes import Prospect, Signal
from analytics.statistics.traffic import Telling
from analytics.trial import beside, bets, exposure
from analytics.trial import issues as of_issues
from analytics.trial.bets import Bets, Running
from analytics.trial.exposure import Told
from analytics.trial.issues import MULTIPLES, Seen
from analytics.trial.known import Known
from analytics.trial.minutes import Minute

Kind = Literal["canary", "ramp", "replace"]
MARGIN: Mapping[Kind, float] = {"canary": 0.05, "ramp": 0.12, "replace": 0.05}
HEALTHY_SHARE: Mapping[Kind, float] = {"canary": 0.85, "ramp": 0.3, "replace": 0.85}
"""P1. Those who take a ramp first may differ from the rest."""
TYPICAL = 3.0
"""The effect by whose chance late onsets are staked on."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is fixed before the first minute."""

    kind: Kind
    threshold: float
    minutes: int
    known: Known
    bets: Mapping[Signal, Bets]
    effects: Vector
    watches: Mapping[Signal, hidden_cause.Watch]
    """Of crashes and errors: beside siblings in a replace, beside the old arm in a canary."""
    mood: hidden_share.Watch
    few: Mapping[Signal, NDArray[np.bool_]]
    """Whether a canary's old arm has so few units that its history counts too [...]."""

    @property
    def margin(self) -> float:
        return MARGIN[self.kind]

    @property
    def healthy_share(self) -> float:
        return HEALTHY_SHARE[self.kind]


@dataclass(frozen=True, slots=True)
class State:
    """After ``minute`` minutes."""

    minute: int
    told: Told
    telling: Telling
    running: Mapping[Signal, Running]
    hidden: Mapping[Signal, hidden_cause.State]
    mood: hidden_share.State
    issues: Seen


# Before the first minute --------------------------------------------------------------------------------------------


def prepare(kind: Kind, known: Known, share: float, minutes: int, alpha: float) -> Trial:
    """``share``: what of the traffic the release is expected to have, on average over the watch."""
    threshold = e_process.threshold(alpha, HEALTHY_SHARE[kind])
    effects = EFFECTS * e_process.stretch(MARGIN[kind])
    few = _few(kind, known, share, minutes)
    placed = _bets(_prospects(kind, known, share, minutes, effects, few), known, threshold, minutes, effects)
    watches: dict[Signal, hidden_cause.Watch] = {}
    for signal, of in _of_rates(known).items():
        if kind != "replace" and not few[signal].any():
            continue
        watches[signal] = hidden_cause.Watch(_model(kind, of, 1.0), effects, MARGIN[kind], placed[signal].onsets)
    mood = hidden_share.watch(known.habit, _alone(placed["feedback"]))
    return Trial(kind, threshold, minutes, known, placed, effects, watches, mood, few)


def _alone(of: Bets) -> onset.Schedule:
    """The schedule of a signal's only stream, without an axis for it."""
    return onset.Schedule(of.onsets.log_stakes[..., 0, :], of.onsets.log_unspent[..., 0, :])


def _of_rates(known: Known) -> dict[Signal, Profile]:
    return {"crash": known.crash, "errors": known.errors}


def _model(kind: Kind, of: Profile, minutes: float) -> Causes:
    beside_it = profile.of_replace if kind == "replace" else profile.of_canary
    return beside_it(profile.beside_axis(of), minutes)


def _few(kind: Kind, known: Known, share: float, minutes: int) -> dict[Signal, NDArray[np.bool_]]:
    found: dict[Signal, NDArray[np.bool_]] = {}
    for signal, of in _of_rates(known).items():
        a_minute = _due(known, of, minutes) / minutes * (1.0 - share)
        found[signal] = old_arm.few(a_minute, of.spread) & (kind != "replace")
    return found


def _due(known: Known, of: Profile, minutes: int) -> Vector:
    """Units of all traffic in a watch, by what is usual [...]."""
    at = np.arange(0.0, minutes, BIN)
    sessions: Vector = np.stack([known.crash.traffic.at(int(minute)) for minute in at], axis=-1) * BIN
    due: Vector = (sessions * of.season.at(at)).sum(axis=-1)
    return due


def _bets(
    prospects: Mapping[Signal, Prospect], known: Known, threshold: float, minutes: int, effects: Vector
) -> dict[Signal, Bets]:
    equal = np.full(len(MULTIPLES), 1.0 / len(MULTIPLES))
    prior: dict[Signal, Vector] = {
        "crash": stakes.prior("crash", known.mix.shape[-1]),
        "errors": stakes.prior("errors", 1),
        "issue": stakes.prior("issue", 1, equal),
        "feedback": stakes.prior("feedback", 1, np.exp(feedback.LOG_EFFECT_WEIGHTS)),
    }
    chances = {signal: stakes.chance(prospect, threshold) for signal, prospect in prospects.items()}
    cells = stakes.share_out(prior, chances)
    typical = {"crash": _nearest(effects), "errors": _nearest(effects), "issue": 2, "feedback": 3}
    return {
        signal: bets.place(of, bets.at_effect(prospects[signal], typical[signal]), threshold, minutes)
        for signal, of in cells.items()
    }


def _nearest(effects: Vector) -> int:
    return int(np.argmin(np.abs(effects - TYPICAL)))


def _prospects(
    kind: Kind,
    known: Known,
    share: float,
    minutes: int,
    effects: Vector,
    few: Mapping[Signal, NDArray[np.bool_]],
) -> dict[Signal, Prospect]:
    """What the watch will tell [..., streams, effects], by the traffic that is usual."""
    crash = (_due(known, known.crash, minutes) * share)[..., np.newaxis] * known.mix * known.crash.factors
    errors = (_due(known, known.errors, minutes) * share)[..., np.newaxis]
    sessions = sum(known.crash.traffic.at(int(minute)) * BIN for minute in range(0, minutes, BIN))
    items = (known.feedback_a_minute * minutes * share)[..., np.newaxis]
    return {
        "crash": _of_count(kind, _streams(crash), share, effects, few["crash"]),
        "errors": _of_count(kind, errors, share, effects, few["errors"]),
        "issue": stakes.new_issue((np.asarray(sessions) * share)[..., np.newaxis], ISSUE_RATE * MULTIPLES, ISSUE_RATE),
        "feedback": stakes.feedback(items, known.habit.share[..., np.newaxis], feedback.EFFECTS),
    }


def _of_count(kind: Kind, units: Vector, share: float, effects: Vector, few: NDArray[np.bool_]) -> Prospect:
    """Against a known rate in a replace, and where a canary's history counts; else beside the old arm."""
    against = stakes.count(units, effects)
    if kind == "replace":
        return against
    next_to = stakes.conditional(units, share, effects)
    by_history = few[..., np.newaxis, np.newaxis]
    return Prospect(
        np.where(by_history, against.information, next_to.information),
        np.where(by_history, against.variance, next_to.variance),
    )


def _streams(by_segment: Vector) -> Vector:
    """[..., streams] of counts [..., segments]."""
    return beside.streams(by_segment[..., np.newaxis])[..., 0]


def begin(trial: Trial, issues: int) -> State:
    """``issues``: how many new issues are followed."""
    shape = trial.known.mix.shape
    hidden = {signal: _begin(trial, signal) for signal in trial.watches}
    return State(
        minute=0,
        told=exposure.nothing_told(shape),
        telling=traffic.NOTHING_TOLD,
        running={} if trial.kind == "replace" else {name: bets.nothing_yet(trial.bets[name]) for name in trial.few},
        hidden=hidden,
        mood=hidden_share.begin(trial.mood),
        issues=of_issues.none_yet((*shape[:-1], issues)),
    )


def _begin(trial: Trial, signal: Signal) -> hidden_cause.State:
    """What went before a canary or a ramp was all of the old arm."""
    of, before = _of_rates(trial.known)[signal], trial.known.before[signal]
    if trial.kind != "replace":
        nothing = np.zeros_like(before.own_due)
        before = Counts(nothing, nothing, before.own, before.own_due)
    return hidden_cause.begin(trial.watches[signal], _model(trial.kind, of, BIN), before)


# A minute -----------------------------------------------------------------------------------------------------------


def step(trial: Trial, state: State, minute: Minute) -> State:
    told = exposure.tell(state.told, minute)
    started = minute.new.started.sum(axis=-1)
    due = trial.known.crash.traffic.at(state.minute) * minute.share
    telling = traffic.tell(state.telling, started, due)
    running, hidden = dict(state.running), dict(state.hidden)
    if trial.kind == "replace":
        sessions = _exposed(trial, telling, minute, due)
        hidden = _before(trial, state, minute, sessions)
        counted = sessions.sum(axis=-1)
    else:
        shares = exposure.of_ramp(minute) if trial.kind == "ramp" else exposure.of_canary(told, minute)
        running |= _beside(trial, state, told, shares, minute)
        hidden = _with_history(trial, state, told, shares, minute)
        counted = started
    new, old = ((arm.feedback, arm.negative) for arm in (minute.new, minute.old))
    mood = hidden_share.step(trial.mood, state.mood, new, old, ~frozen(trial, state))
    return State(
        minute=state.minute + 1,
        told=told,
        telling=telling,
        running=running,
        hidden=hidden,
        mood=mood,
        issues=of_issues.step(trial.bets["issue"], state.issues, minute.issues, counted, state.minute),
    )


def _exposed(trial: Trial, telling: Telling, minute: Minute, due: Vector) -> Vector:
    """The sessions that count [..., segments]: those told, unless some plainly go missing."""
    faulty = traffic.faulty(telling)[..., np.newaxis]
    started = minute.new.started
    return np.where(faulty, np.maximum(started, due[..., np.newaxis] * trial.known.mix), started)


def _before(trial: Trial, state: State, minute: Minute, sessions: Vector) -> dict[Signal, hidden_cause.State]:
    """A replace: against the past, with the siblings as control."""
    known, at = trial.known, float(state.minute)
    control = minute.sibling_hurt[..., np.newaxis]
    control_due = profile.sibling_due(known.crash, minute.sibling_started, at)[..., np.newaxis]
    crash = Counts(
        _streams(minute.new.hurt), _streams(profile.own_due(known.crash, sessions, at)), control, control_due
    )
    total = sessions.sum(axis=-1, keepdims=True)
    errors = Counts(minute.new.errors[..., np.newaxis], profile.own_due(known.errors, total, at), control, control_due)
    return {
        "crash": hidden_cause.step(trial.watches["crash"], state.hidden["crash"], crash),
        "errors": hidden_cause.step(trial.watches["errors"], state.hidden["errors"], errors),
    }


def _with_history(
    trial: Trial, state: State, told: Told, shares: Vector, minute: Minute
) -> dict[Signal, hidden_cause.State]:
    """Few units: beside the old arm, and against what history says of both."""
    new, old, known = minute.new, minute.old, trial.known
    overall = exposure.overall(shares, told)[..., np.newaxis]
    new_started, old_started = (arm.started.sum(axis=-1, keepdims=True) for arm in (new, old))
    new_errors, old_errors = (arm.errors[..., np.newaxis] for arm in (new, old))
    counts: dict[Signal, Counts] = {
        "crash": _counts(known.crash, state.minute, minute, shares, (new.started, new.hurt), (old.started, old.hurt)),
        "errors": _counts(
            known.errors, state.minute, minute, overall, (new_started, new_errors), (old_started, old_errors)
        ),
    }
    return {
        signal: hidden_cause.step(watch, state.hidden[signal], counts[signal])
        for signal, watch in trial.watches.items()
    }


def _counts(
    of: Profile, at: int, minute: Minute, share: Vector, new: tuple[Vector, Vector], old: tuple[Vector, Vector]
) -> Counts:
    """Sessions and units [..., segments] of both arms. A ramp's old arm may be gone: then history is all there is."""
    alone = (minute.share >= 1.0)[..., np.newaxis]
    due = profile.own_due(of, old[0], float(at))
    both = old_arm.counts(new[1], due, share, *(each.sum(axis=-1, keepdims=True) for each in (old[1], due)))
    own_due = np.where(alone, profile.own_due(of, new[0], float(at)), both.own_due)
    control, control_due = (np.where(alone, 0.0, each) for each in (both.control, both.control_due))
    return Counts(_streams(new[1]), _streams(own_due), control, control_due)


def _beside(trial: Trial, state: State, told: Told, shares: Vector, minute: Minute) -> dict[Signal, Running]:
    """A canary or a ramp: beside the old arm, as long as it serves."""
    both = (minute.share < 1.0)[..., np.newaxis]
    new, old, share = (np.where(both, of, 0.0) for of in (minute.new.hurt, minute.old.hurt, shares))
    new_errors, old_errors = (np.where(both, of[..., np.newaxis], 0.0) for of in (minute.new.errors, minute.old.errors))
    overall = np.where(both, exposure.overall(shares, told)[..., np.newaxis], 0.0)
    thetas = np.append(trial.effects, 1.0 + trial.margin)
    found: dict[Signal, Vector] = {
        "crash": beside.ratios(thetas, new, old, share),
        "errors": beside.ratios(thetas, new_errors, old_errors, overall),
    }
    return {
        signal: bets.ride(trial.bets[signal], state.running[signal], of[..., :-1], of[..., -1], state.minute)
        for signal, of in found.items()
    }


# What it says -------------------------------------------------------------------------------------------------------


def log_evidence(trial: Trial, state: State) -> Vector:
    """``ln E`` after at least one minute [...]."""
    parts = np.concatenate(list(worths(trial, state).values()), axis=-1)
    found: Vector = np.logaddexp.reduce(parts, axis=-1)
    return found


def worths(trial: Trial, state: State) -> dict[Signal, Vector]:
    """``ln`` of stake times e-value of each signal's streams [..., streams]."""
    last, healthy = state.minute - 1, trial.healthy_share
    found: dict[Signal, Vector] = {}
    for signal in _of_rates(trial.known):
        placed = trial.bets[signal]
        if signal in state.running:
            found[signal] = bets.worth(placed, state.running[signal], last, healthy)
        if signal in state.hidden:
            of = state.hidden[signal]
            by_history = bets.worth(placed, Running(of.onsets.running, of.at_margin), last, healthy)
            few = trial.few[signal]
            found[signal] = _mixed(few, found[signal], by_history) if signal in found else by_history
    found["issue"] = of_issues.worth(trial.bets["issue"], state.issues, last)
    mood = Running(state.mood.running[..., np.newaxis, :], state.mood.at_margin[..., np.newaxis])
    found["feedback"] = bets.worth(trial.bets["feedback"], mood, last, 0.85)
    return found


def _mixed(few: NDArray[np.bool_], beside_old: Vector, by_history: Vector) -> Vector:
    """[..., streams]; where the old arm has enough units of its own, history adds nothing."""
    return np.where(few[..., np.newaxis], old_arm.log_evidence(beside_old, by_history, np.ones(1)), beside_old)


def frozen(trial: Trial, state: State) -> NDArray[np.bool_]:
    """Whether an incident that others have too is on, so that nothing is held against the release [...]."""
    if trial.kind != "replace":
        return np.zeros(state.issues.sessions.shape[:-1], bool)
    return hidden_cause.frozen(trial.watches["crash"], state.hidden["crash"])[..., 0]


def faulty(state: State) -> NDArray[np.bool_]:
    """Whether sessions plainly go missing [...]."""
    return traffic.faulty(state.telling)
