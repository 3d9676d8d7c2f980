"""The judgement in numbers and plain words, the same on page, command line, report and webhook (2.11)."""

from math import ceil, exp, log

import numpy as np
from msgspec.structs import replace

from analytics.statistics import e_process, likelihood
from analytics.statistics.intervals import wilson
from analytics.statistics.likelihood import GRID, concurrent
from analytics.verdict.folding import base_rate, exposure, exposure_share
from analytics.verdict.reading import (
    combined_evidence,
    comparable,
    enough,
    exposed,
    identified,
    needed,
    primary,
    proved,
)
from analytics.verdict.score import Score
from analytics.verdict.state import EFFECTS_AT, IssueTest, State, Test, thetas
from models.domain.verdict import Finding, Judgement, Reason, Verdict

WORSE_AT, MAYBE_AT = log(20), log(3)
"""Evidence of a signal alone that is called worse (odds 20 : 1), and maybe worse (3 : 1)."""
ISSUES_SHOWN = 3
FURTHER_USERS = 200
"""How far ahead it is looked for the users that would make a rollback."""
SIGNIFICANT = 6

HELD = {
    "no_concurrent_baseline": "nothing served beside it to compare with, so time of day cannot be told from harm",
    "no_identity": "users carry no identity, so one user's failures cannot be told from many",
    "inferred_deploy": "no deploy was recorded, only its sessions were seen",
    "sample_ratio": "sessions are split in other shares than planned, so one of the two is mismeasured",
}


def judgement(state: State, verdict: Verdict, evidence: float, held_by: tuple[str, ...], score: Score) -> Judgement:
    reasons = [_users(state, score), *_issues(state, score), _sessions(state)]
    return Judgement(
        verdict=verdict,
        score=score.total,
        confidence=_round(min(1.0, state.information / enough(state))),
        log_evidence=_round(evidence),
        needed=_round(needed(state)),
        reasons=tuple(reasons),
        unknown=tuple(reason.signal for reason in reasons if reason.verdict is Finding.NO_DATA),
        held_by=held_by,
        would_change=_would_change(state, verdict),
        sentence=_headline(state, verdict, evidence, held_by, reasons),
    )


# Reasons ------------------------------------------------------------------------------------------------------------


def _users(state: State, score: Score) -> Reason:
    """The primary signal: users newly hurt, a session of the new arm."""
    identity = identified(state)
    hurt = state.hurt_new if identity else state.anonymous_new
    test = primary(state)
    ratio, low, high = _ratio(test)
    shown = max(state.started_new, hurt)
    bad_low, bad_high = wilson(hurt, shown)
    return Reason(
        signal="crash_free_users" if identity else "unhandled_failures",
        verdict=_finding(state, test),
        value=_round(1 - hurt / shown) if shown else None,
        low=_round(1 - bad_high) if shown else None,
        high=_round(1 - bad_low) if shown else None,
        n=shown,
        base=_round(1 - base_rate(state)) if identity and state.history_started + state.started_old else None,
        limit=None,
        issue=None,
        sentence=_users_sentence(state, hurt, ratio, low, high),
        points=score.users_points,
        ratio=_round(ratio),
        ratio_low=_round(low),
        ratio_high=_round(high),
        log_evidence=_round(test.log_evidence),
    )


def _finding(state: State, test: Test) -> Finding:
    if not exposed(state):
        return Finding.NO_DATA
    if test.log_evidence >= WORSE_AT:
        return Finding.WORSE
    if test.log_evidence >= MAYBE_AT:
        return Finding.MAYBE_WORSE
    if _ratio(test)[2] < 1.0:
        return Finding.BETTER
    return Finding.SAME if state.information >= enough(state) else Finding.TOO_LITTLE_DATA


def _ratio(test: Test) -> tuple[float, float, float]:
    """The estimate of theta and its always-valid 95 % interval."""
    values = np.asarray(test.likelihood[: len(GRID)])
    low, high = likelihood.confidence_sequence(values, 0.05)
    return likelihood.estimate(values), low, high


def _users_sentence(state: State, hurt: int, ratio: float, low: float, high: float) -> str:
    noun = "users hurt" if identified(state) else "failures without a known user"
    if not comparable(state):
        due = state.started_new * base_rate(state)
        return f"{hurt} {noun} in {state.started_new} sessions; {due:.1f} were due by the 24 hours before the deploy."
    if not state.hurt_new + state.hurt_old + state.anonymous_new + state.anonymous_old:
        sessions = f"{state.started_new} and {state.started_old} sessions"
        return f"No users hurt on it or on {state.baseline} so far, in {sessions}."
    return (
        f"Users are hurt {ratio:.1f}x as often as on {state.baseline} at the same time"
        f" (95 % always-valid {_end(low)}-{_end(high)}; {hurt} {noun} against {state.expected:.1f} expected)."
    )


def _end(ratio: float) -> str:
    if ratio <= GRID[0] + 1e-9:
        return "<0.2"
    return ">20" if ratio >= GRID[-1] - 1e-9 else f"{ratio:.1f}"


def _issues(state: State, score: Score) -> list[Reason]:
    """The new issues that hurt most; one reason without an issue where there is none."""
    told = sorted(state.issues, key=lambda test: (-test.log_evidence, -(test.users + test.pending), test.issue))
    if not told:
        return [_no_issue(state, score)]
    first, *rest = told[:ISSUES_SHOWN]
    return [_issue(state, first, score.issues_points), *(_issue(state, test, 0.0) for test in rest)]


def _no_issue(state: State, score: Score) -> Reason:
    finding = Finding.SAME if state.started_new else Finding.NO_DATA
    sentence = "No issue is new in this release." if state.started_new else "No sessions told of exposure yet."
    return Reason(
        "new_issues", finding, 0.0, 0.0, None, state.started_new, None, None, None, sentence, score.issues_points
    )


def _issue(state: State, test: IssueTest, points: float) -> Reason:
    users = test.users + test.pending
    exposed_to = exposure(state)
    finding = Finding.TOO_LITTLE_DATA
    if test.log_evidence >= MAYBE_AT:
        finding = Finding.WORSE if test.log_evidence >= WORSE_AT else Finding.MAYBE_WORSE
    elif state.started_new and exposed_to * e_process.ISSUE_RATE >= 1.0:
        finding = Finding.SAME
    shown = max(int(exposed_to), users)
    low, high = wilson(users, shown)
    waiting = " Its users wait for the sessions that tell of exposure." if test.pending else ""
    return Reason(
        signal="new_issues",
        verdict=finding,
        value=_round(users / shown) if shown else None,
        low=_round(low),
        high=_round(high),
        n=shown,
        base=None,
        limit=e_process.ISSUE_RATE,
        issue=test.issue,
        sentence=f"An issue that is new in this release hit {users} users in {shown} sessions.{waiting}",
        points=points,
        log_evidence=_round(test.log_evidence),
    )


def _sessions(state: State) -> Reason:
    """Crash-free sessions: shown with its interval, and no part of the verdict, for one user can crash many times."""
    n, fatal = max(state.started_new, 0), max(state.fatal_new, 0)
    if not n:
        sentence = "No sessions were reported by this release."
        return Reason("crash_free_sessions", Finding.NO_DATA, None, None, None, 0, None, None, None, sentence)
    low, high = wilson(min(fatal, n), n)
    old = state.started_old
    base = _round(1 - max(state.fatal_old, 0) / old) if old > 0 else None
    against = f" against {100 * base:.1f} % on {state.baseline}" if base is not None else ""
    value = 1 - min(fatal, n) / n
    return Reason(
        signal="crash_free_sessions",
        verdict=Finding.SAME if base is not None and 1 - high <= base <= 1 - low else Finding.TOO_LITTLE_DATA,
        value=_round(value),
        low=_round(1 - high),
        high=_round(1 - low),
        n=n,
        base=base,
        limit=None,
        issue=None,
        sentence=f"{100 * value:.1f} % of {n} sessions were free of crashes{against}; shown, and not judged on.",
    )


# Sentences ----------------------------------------------------------------------------------------------------------


def _headline(state: State, verdict: Verdict, evidence: float, held_by: tuple[str, ...], reasons: list[Reason]) -> str:
    why = "; ".join(HELD[reason] for reason in held_by)
    worst = max(reasons[:-1], key=lambda reason: reason.log_evidence).sentence
    if verdict is Verdict.ROLLBACK:
        chance = f" Odds of this by chance under continuous watching: below 1 : {int(exp(min(evidence, 20.0))):,}."
        return f"{worst}{chance}"
    if verdict is Verdict.HOLD:
        return f"{worst} Held: {why or 'the evidence against it is strong, and not yet enough to roll back'}."
    if verdict is Verdict.CONTINUE:
        proof = (
            "Half again as bad is ruled out."
            if proved(state)
            else f"Worse than {_end(_ratio(primary(state))[2])}x is ruled out."
        )
        return f"No sign of harm in {state.started_new} sessions beside {state.baseline}. {proof}"
    if not exposed(state):
        return "Nothing was reported from this release yet; that is no sign of health."
    if why:
        return f"No verdict: {why}. {worst}"
    share = 100 * state.information / enough(state)
    return f"Too little data yet: {share:.0f} % of what a verdict needs. {worst}"


def _would_change(state: State, verdict: Verdict) -> str | None:
    if verdict is Verdict.ROLLBACK:
        return "Nothing: a rollback is final for the release. A person may label it a false alarm."
    if not comparable(state):
        return (
            "Traffic on the release it replaces at the same time; or record the next deploy with an exposure below 1."
        )
    if not identified(state):
        return "Errors or sessions that name their user (an id, hashed at intake)."
    parts = []
    if further := _further_users(state):
        parts.append(f"About {further} more hurt users, and none on {state.baseline}, would call for a rollback.")
    rate, share = base_rate(state), exposure_share(state, 0.0)
    missing = enough(state) - state.information
    if missing > 0 and rate > 0:
        nats = rate * (1 - share) * (2 * log(2 / (1 + state.margin)) - (1 - state.margin))
        sessions = ceil(missing / max(nats, 1e-9))
        parts.append(f"About {sessions:,} more sessions like the ones so far would be enough to let it continue.")
    return " ".join(parts) or None


def _further_users(state: State) -> int | None:
    """The fewest further hurt users, all on the new arm and in one minute, that would reach the threshold."""
    at = thetas(state.margin)
    share = exposure_share(state, 0.0)
    need = needed(state)
    low, high = 1, FURTHER_USERS
    if _with_users(state, at, share, high) < need:
        return None
    while low < high:
        middle = (low + high) // 2
        if _with_users(state, at, share, middle) >= need:
            high = middle
        else:
            low = middle + 1
    return low


def _with_users(state: State, at: likelihood.Vector, share: float, users: int) -> float:
    increment = concurrent(at, users, 0, share)
    running = np.asarray(state.users.running) + increment[EFFECTS_AT]
    total = np.asarray(state.users.likelihood) + increment
    evidence = e_process.log_evidence(running, float(total[EFFECTS_AT.stop]), state.minutes - 1, state.bake_minutes)
    test = Test(state.users.likelihood, state.users.running, evidence)
    return combined_evidence(replace(state, users=test, hurt_new=state.hurt_new + users))


def _round(value: float) -> float:
    """Six significant digits: enough for people, and the same on every machine."""
    return float(f"{value:.{SIGNIFICANT}g}")
