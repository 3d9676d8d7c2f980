"""The judgement in numbers and plain words, the same on page, command line, report and webhook (2.11)."""

from math import exp, log

from analytics.statistics import e_process
from analytics.statistics.intervals import wilson
from analytics.statistics.likelihood import GRID
from analytics.verdict.outlook import would_change
from analytics.verdict.reading import (
    base_rate,
    comparable,
    enough,
    exposed,
    exposure,
    identified,
    information,
    needed,
    primary,
    proved,
    ratio_of,
)
from analytics.verdict.score import Score
from analytics.verdict.state import IssueTest, State, Test
from analytics.verdict.wording import EDGE, amount, between, count, percent, rounded, times
from models.domain.policy import Signal
from models.domain.verdict import Finding, Judgement, Reason, Verdict

WORSE_AT, MAYBE_AT = log(20), log(3)
"""Evidence of a signal alone that is called worse (odds 20 : 1), and maybe worse (3 : 1)."""
ISSUES_SHOWN = 3
LONGEST_ODDS = 20.0
"""Nats: smaller chances than e^-20 are not told apart."""

HELD = {
    "no_concurrent_baseline": "there is no release to compare it with",
    "no_identity": "users carry no identity, so one user's failures cannot be told from many",
    "inferred_deploy": "no deploy was recorded, only its sessions were seen",
    "sample_ratio": "sessions are split in other shares than planned, so one of the two is mismeasured",
    "above_history": "since it has all traffic, users are hurt more often than in the 24 hours before the deploy, and"
    " nothing serves beside it any more to tell time of day from harm",
    "unknown_users": "failures of users without an identity come more often than on the baseline at the same time",
    "signal_mode": "the signals that reached it may only recommend, by the policy",
}


def judgement(state: State, verdict: Verdict, evidence: float, held_by: tuple[str, ...], score: Score) -> Judgement:
    reasons = [_users(state, score), *_issues(state, score), _sessions(state)]
    return Judgement(
        verdict=verdict,
        score=score.total,
        confidence=rounded(_confidence(state, evidence)),
        log_evidence=rounded(evidence),
        needed=rounded(needed(state)),
        reasons=tuple(reasons),
        unknown=tuple(reason.signal for reason in reasons if reason.verdict is Finding.NO_DATA),
        held_by=held_by,
        would_change=would_change(state, verdict),
        sentence=_headline(state, verdict, evidence, held_by, reasons),
    )


def _confidence(state: State, evidence: float) -> float:
    """How much of what a verdict needs is there: of what lets a release continue, or of what rolls it back."""
    against = evidence if not state.latched else needed(state)
    return min(1.0, max(information(state) / enough(state), against / needed(state), 0.0))


# Reasons ------------------------------------------------------------------------------------------------------------


def _users(state: State, score: Score) -> Reason:
    """The primary signal: users newly hurt, a session of the new arm."""
    identity = identified(state)
    hurt = state.hurt_new if identity else state.anonymous_new
    test = primary(state)
    ratio, low, high = ratio_of(test)
    n, value, bad_low, bad_high = _rate(hurt, state.started_new)
    told = state.history_started + state.started_old
    return Reason(
        signal="crash_free_users" if identity else "unhandled_failures",
        verdict=_finding(state, test),
        value=_less(value),
        low=_less(bad_high),
        high=_less(bad_low),
        n=n,
        base=rounded(1 - base_rate(state)) if identity and told > 0 else None,
        base_n=max(told, 0),
        limit=None,
        issue=None,
        sentence=_observed(state, Signal.USERS, _users_sentence(state, hurt, low, high)),
        points=score.users_points,
        ratio=rounded(ratio),
        ratio_low=rounded(low),
        ratio_high=rounded(high),
        log_evidence=rounded(test.log_evidence),
    )


def _rate(hurt: int, sessions: int) -> tuple[int, float | None, float | None, float | None]:
    """Sessions, share of hurt users and its interval; no share while fewer sessions are told of than users were hurt.

    A server tells of its sessions a minute after its errors: then "12 of 12" would be said of hundreds.
    """
    if sessions <= 0 or sessions < hurt:
        return max(sessions, 0), None, None, None
    low, high = wilson(hurt, sessions)
    return sessions, rounded(hurt / sessions), rounded(low), rounded(high)


def _less(share: float | None) -> float | None:
    return None if share is None else rounded(1 - share)


def _finding(state: State, test: Test) -> Finding:
    if not exposed(state):
        return Finding.NO_DATA
    if test.log_evidence >= WORSE_AT:
        return Finding.WORSE
    if test.log_evidence >= MAYBE_AT:
        return Finding.MAYBE_WORSE
    if ratio_of(test)[2] < 1.0:
        return Finding.BETTER
    return Finding.SAME if information(state) >= enough(state) else Finding.TOO_LITTLE_DATA


def _issues(state: State, score: Score) -> list[Reason]:
    """The new issues that hurt most; one reason without an issue where there is none."""
    told = sorted(state.issues, key=lambda test: (-test.log_evidence, -(test.users + test.pending), test.issue))
    if not told:
        return [_no_issue(state, score)]
    first, *rest = told[:ISSUES_SHOWN]
    return [_issue(state, first, score.issues_points), *(_issue(state, test, 0.0) for test in rest)]


def _no_issue(state: State, score: Score) -> Reason:
    n = max(state.started_new, 0)
    finding = Finding.SAME if n else Finding.NO_DATA
    none = "No issue is new in this release." if state.baseline else "To a first release every issue is new."
    sentence = none if n else "No sessions told of exposure yet."
    return Reason("new_issues", finding, 0.0, 0.0, None, n, None, None, None, sentence, score.issues_points)


def _issue(state: State, test: IssueTest, points: float) -> Reason:
    users = test.users + test.pending
    exposed_to = exposure(state)
    finding = Finding.TOO_LITTLE_DATA
    if test.log_evidence >= MAYBE_AT:
        finding = Finding.WORSE if test.log_evidence >= WORSE_AT else Finding.MAYBE_WORSE
    elif state.started_new > 0 and exposed_to * e_process.ISSUE_RATE >= 1.0:
        finding = Finding.SAME
    n, value, low, high = _rate(users, int(exposed_to) if state.started_new > 0 else 0)
    hit = count(users, "user")
    told = f"{hit}; its sessions are not told yet." if value is None else f"{hit} in {count(n, 'session')}."
    return Reason(
        signal="new_issues",
        verdict=finding,
        value=value,
        low=low,
        high=high,
        n=n,
        base=None,
        limit=e_process.ISSUE_RATE,
        issue=test.issue,
        sentence=_observed(state, Signal.NEW_ISSUES, f"An issue that is new in this release hit {told}"),
        points=points,
        log_evidence=rounded(test.log_evidence),
    )


def _sessions(state: State) -> Reason:
    """Unhandled-free sessions: shown with their interval, and not judged on, for one user can crash many times."""
    n, old = max(state.started_new, 0), max(state.started_old, 0)
    if not n:
        sentence = "No sessions were reported by this release."
        return Reason("crash_free_sessions", Finding.NO_DATA, None, None, None, 0, None, None, None, sentence)
    fatal = min(max(state.fatal_new, 0), n)
    low, high = wilson(fatal, n)
    base = rounded(1 - min(max(state.fatal_old, 0), old) / old) if old else None
    against = f" against {percent(base)} on {state.baseline}" if base is not None else ""
    value = 1 - fatal / n
    free = f"{percent(value)} of {count(n, 'session')} did not fail"
    return Reason(
        signal="crash_free_sessions",
        verdict=_beside(base, 1 - high, 1 - low),
        value=rounded(value),
        low=rounded(1 - high),
        high=rounded(1 - low),
        n=n,
        base=base,
        base_n=old,
        limit=None,
        issue=None,
        sentence=f"{free}{against}; shown, and not judged on.",
    )


def _beside(base: float | None, low: float, high: float) -> Finding:
    """Of a rate that is only shown: its interval is not made for looking all the time, so worse is only maybe so."""
    if base is None:
        return Finding.TOO_LITTLE_DATA
    if base > high:
        return Finding.MAYBE_WORSE
    return Finding.BETTER if base < low else Finding.SAME


# Sentences ----------------------------------------------------------------------------------------------------------


def _observed(state: State, signal: Signal, sentence: str) -> str:
    return sentence if state.stakes[signal] else f"{sentence} Only observed, by the policy."


def _users_sentence(state: State, hurt: int, low: float, high: float) -> str:
    named = identified(state)
    if not comparable(state):
        return _sentence_of_history(state, _hurt(hurt, named=named), named=named)
    compared, expected = (state.compared, state.expected) if named else (state.compared_units, state.expected_units)
    if not compared and not expected:
        sessions = f"{max(state.started_new, 0):,} and {count(max(state.started_old, 0), 'session')}"
        return f"No user was hurt on it or on {state.baseline} at the same time, in {sessions}."
    interval = between(low, high)
    often = f": {interval} as often (95 %, however often one looks)" if interval else ""
    were = "was" if amount(expected) == "1.0" else "were"
    return (
        f"{_hurt(compared, named=named)} where {amount(expected)} {were} expected"
        f" by {state.baseline} at the same time{often}."
    )


def _hurt(number: int, *, named: bool) -> str:
    noun, what = ("user", "hurt") if named else ("failure", "without a known user")
    return f"{count(number, noun)} {what}" if number else f"No {noun} {what}"


def _sentence_of_history(state: State, seen: str, *, named: bool) -> str:
    told = f"{seen} in {count(max(state.started_new, 0), 'session')}"
    if not state.history_started:
        return f"{told}; nothing is known of the 24 hours before the deploy."
    if not named:
        return f"{told}."
    due = max(state.started_new, 0) * state.history_hurt / state.history_started
    before = "it was first seen" if state.inferred else "the deploy"
    return f"{told}, where {amount(due)} were expected by the 24 hours before {before}."


def _headline(state: State, verdict: Verdict, evidence: float, held_by: tuple[str, ...], reasons: list[Reason]) -> str:
    why = "; ".join(_held(state, reason) for reason in held_by)
    worst = max(_judged_on(state, reasons[:-1]), key=lambda reason: reason.log_evidence).sentence
    if verdict is Verdict.ROLLBACK:
        return f"{worst} {_odds(state, evidence)}"
    if verdict is Verdict.HOLD:
        return f"{worst} Held: {why or _why_held(state, evidence)}."
    if verdict is Verdict.CONTINUE:
        return f"No sign of harm in {count(state.started_new, 'session')} beside {state.baseline}.{_proof(state)}"
    if not exposed(state):
        return "Nothing was reported from this release yet; that is no sign of health."
    if why:
        return f"No verdict: {why}. {worst}"
    share = 100 * information(state) / enough(state)
    return f"Too little data yet: {share:.0f} % of what a verdict needs. {worst}"


def _judged_on(state: State, reasons: list[Reason]) -> list[Reason]:
    """Those of signals that are not only observed: the users' first, the issues' after it."""
    users, issues = reasons[:1], reasons[1:]
    return (users if state.stakes[Signal.USERS] else []) + (issues if state.stakes[Signal.NEW_ISSUES] else [])


def _held(state: State, reason: str) -> str:
    if reason != "no_concurrent_baseline" or state.baseline is None:
        return HELD[reason]
    if not state.overlap:
        return f"it was not planned to share the traffic with {state.baseline}, so time of day cannot be told from harm"
    return f"nothing was heard from {state.baseline}, which it replaces by what was told of deploys"


def _odds(state: State, evidence: float) -> str:
    """By Ville and P1: a rollback once reached what it needed, whatever the evidence is now."""
    reached = min(max(evidence, needed(state)), LONGEST_ODDS)
    odds = round(exp(reached - e_process.threshold(1.0)))
    return f"Odds of this by chance under continuous watching: below 1 : {odds:,}."


def _why_held(state: State, evidence: float) -> str:
    if evidence >= log(1.0 / state.alpha) / 2:
        return "the evidence against it is strong, and not yet enough to roll back"
    return "there is evidence against it, or was minutes ago, and not enough to roll back"


def _proof(state: State) -> str:
    if proved(state):
        return " Half again as bad is ruled out."
    high = ratio_of(primary(state))[2]
    return f" Worse than {times(high)} is ruled out." if high < GRID[-1] - EDGE else ""
