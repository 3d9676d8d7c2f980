"""What limits say, in numbers and plain words, and a judgement that is held by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics.statistics.intervals import wilson
from analytics.verdict import limits
from analytics.verdict.limits import Window, most, window
from analytics.verdict.score import BANDS
from analytics.verdict.wording import count, percent, rounded
from models.domain.evidence import EvidenceMinute
from models.domain.policy import Limit, Quantity
from models.domain.verdict import Finding, Judgement, Reason, Verdict

DID: Mapping[Quantity, str] = {
    Quantity.USERS: "hurt no new user",
    Quantity.SESSIONS: "did not fail",
    Quantity.ERRORED: "had an error that was handled",
}
WHOLE = 100.0


def told(
    judgement: Judgement, shown: Sequence[EvidenceMinute], asked: Sequence[Limit], broken: Sequence[Limit]
) -> Judgement:
    """The judgement with a reason for each limit that was asked for, and held where one is ``broken``."""
    reasons = [_reason(limit, shown, is_broken=limit in broken) for limit in asked]
    held = [reason for reason in reasons if reason.verdict is Finding.WORSE]
    if not held:
        return replace(judgement, reasons=(*judgement.reasons, *reasons))
    held_by = (*judgement.held_by, *limits.held_by(broken))
    sentence = " ".join(reason.sentence for reason in held)
    if limits.RECOMMENDED in held_by:
        sentence += " The policy recommends a rollback."
    if limits.verdict(judgement.verdict, broken) is judgement.verdict:
        sentence = f"{judgement.sentence} {sentence}"
        return replace(judgement, reasons=(*judgement.reasons, *reasons), held_by=held_by, sentence=sentence)
    score, own = _score(judgement, reasons)
    return replace(
        judgement,
        verdict=Verdict.HOLD,
        score=score,
        reasons=own,
        held_by=held_by,
        sentence=f"{sentence} Held: a limit of the policy counts whatever the baseline does.",
        would_change=f"Limits kept for {limits.LASTS} minutes.",
    )


def _score(judgement: Judgement, reasons: Sequence[Reason]) -> tuple[float | None, tuple[Reason, ...]]:
    """The score within the band of a hold; what that takes away is the limits', so that points still add up."""
    if judgement.score is None:
        return None, (*judgement.reasons, *reasons)
    low, high = BANDS[Verdict.HOLD]
    score = min(max(judgement.score, low), high)
    shrink = min(1.0, (WHOLE - score) / max(WHOLE - judgement.score, 1e-9))
    of_engine = [replace(one, points=round(one.points * shrink, 1)) for one in judgement.reasons]
    first = next(index for index, one in enumerate(reasons) if one.verdict is Finding.WORSE)
    left = max(round(WHOLE - score - sum(one.points for one in of_engine), 1), 0.0)
    of_limits = [replace(one, points=left) if index == first else one for index, one in enumerate(reasons)]
    return score, (*of_engine, *of_limits)


def _reason(limit: Limit, shown: Sequence[EvidenceMinute], *, is_broken: bool) -> Reason:
    """By the window that ends now; one that was broken minutes ago is worse still."""
    found = window(limit, shown[-limit.minutes :])
    value, low, high = _rate(limit, found)
    return Reason(
        signal=f"limit_{limit.quantity}",
        verdict=Finding.WORSE if is_broken else _finding(limit, found),
        value=value,
        low=low,
        high=high,
        n=found.n,
        base=None,
        limit=limit.bound,
        issue=None,
        sentence=f"{_said(limit, found)}; the limit{_kept(limit, is_broken=is_broken)}.",
    )


def _rate(limit: Limit, found: Window) -> tuple[float | None, float | None, float | None]:
    """A share with its 95 % Wilson interval; none of a number of users, which the sentence tells."""
    if limit.quantity is Quantity.HURT or not found.known or found.n < max(found.bad, 1):
        return None, None, None
    low, high = wilson(found.bad, found.n)
    share = found.bad / found.n
    ends = (1.0 - share, 1.0 - high, 1.0 - low) if limit.is_least else (share, low, high)
    return rounded(ends[0]), rounded(ends[1]), rounded(ends[2])


def _finding(limit: Limit, found: Window) -> Finding:
    if not found.n or not found.known:
        return Finding.NO_DATA
    if limit.quantity is Quantity.HURT:
        return Finding.SAME
    if found.bad > found.n * most(limit):
        return Finding.MAYBE_WORSE
    return Finding.SAME if wilson(found.bad, found.n)[1] <= most(limit) else Finding.TOO_LITTLE_DATA


def _said(limit: Limit, found: Window) -> str:
    span = f"in the last {count(limit.minutes, 'minute')}"
    if not found.known:
        return f"Who was hurt {span} is not known, for failures name no user"
    if limit.quantity is Quantity.HURT:
        return f"{count(found.bad, 'user')} newly hurt {span}"
    value, _, _ = _rate(limit, found)
    if value is None:
        return f"Sessions {span} are not told yet" if found.bad else f"No session {span}"
    return f"{percent(value)} of {count(found.n, 'session')} {span} {DID[limit.quantity]}"


def _kept(limit: Limit, *, is_broken: bool) -> str:
    return f", {_bound(limit)}, was broken in the last {limits.LASTS}" if is_broken else f" is {_bound(limit)}"


def _bound(limit: Limit) -> str:
    if limit.quantity is Quantity.HURT:
        return f"at most {limit.bound:g}"
    return f"at {'least' if limit.is_least else 'most'} {100 * limit.bound:g} %"
