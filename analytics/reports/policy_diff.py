"""What another policy would change, in words: what becomes stricter, what looser, and what is only otherwise.

**Stricter** is what stops a release sooner or on less, or lets more be done about it without a person; looser the other
way round.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.domain.policy import MODES, Consequence, Limit, Policy, Quantity, Signal
from models.domain.spans import counted, span
from models.domain.verdict import Mode

MINUTE_MS = 60_000
DOES = {
    Mode.OBSERVE: "nothing follows from a verdict",
    Mode.RECOMMEND: "people are told to roll back, and nothing is done by itself",
    Mode.AUTOMATIC: "rollbacks are done by themselves",
}
SIGNALS = {Signal.USERS: "hurt users", Signal.NEW_ISSUES: "new issues"}


class Direction(StrEnum):
    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of the document; ``before`` and ``after`` as a document would say it, None where it says nothing."""

    key: str
    direction: Direction
    before: Any
    after: Any
    sentence: str


def differences(before: Policy, after: Policy) -> list[Difference]:
    """In the order of the document. A webhook's secret is never compared: whoever asks may not know it."""
    return [
        *_name(before, after),
        *_mode(before, after),
        *_budget("false_rollbacks_per_1000", before.false_rollbacks_per_1000, after.false_rollbacks_per_1000, ""),
        *_bake(before, after),
        *_abnormal(before, after),
        *_signals(before, after),
        *_limits(before, after),
        *_services(before, after),
        *_webhook(before, after),
        *_hosts(before, after),
    ]


def _name(before: Policy, after: Policy) -> Iterator[Difference]:
    if before.name != after.name:
        yield Difference("name", Direction.OTHER, before.name, after.name, "Decisions name the policy otherwise.")


def _mode(before: Policy, after: Policy) -> Iterator[Difference]:
    if before.mode is not after.mode:
        more = MODES.index(after.mode) > MODES.index(before.mode)
        sentence = f"From now on {DOES[after.mode]}; before, {DOES[before.mode]}."
        yield Difference("mode", _towards(stricter=more), before.mode.value, after.mode.value, sentence)


def _budget(key: str, before: float, after: float, of: str) -> Iterator[Difference]:
    if before == after:
        return
    sentence = (
        f"Of 1,000 healthy releases{of} at most {after:g} are rolled back, not {before:g}:"
        f" {'less' if after > before else 'more'} evidence is asked for, and bad ones are found"
        f" {'sooner' if after > before else 'later'}."
    )
    yield Difference(key, _towards(stricter=after > before), before, after, sentence)


def _bake(before: Policy, after: Policy) -> Iterator[Difference]:
    if before.bake_minutes != after.bake_minutes:
        old, new = _span(before.bake_minutes), _span(after.bake_minutes)
        longer = after.bake_minutes > before.bake_minutes
        sentence = (
            f"Bets on a late onset are spread over {new}, not {old}: {'late' if longer else 'early'} regressions are"
            f" found sooner, {'early' if longer else 'late'} ones later."
        )
        yield Difference("bake", Direction.OTHER, old, new, sentence)


def _abnormal(before: Policy, after: Policy) -> Iterator[Difference]:
    if before.count_abnormal is not after.count_abnormal:
        sentence = f"A session that ends abnormally {'hurts' if after.count_abnormal else 'no longer hurts'} its user."
        direction = _towards(stricter=after.count_abnormal)
        yield Difference("count_abnormal", direction, before.count_abnormal, after.count_abnormal, sentence)


def _signals(before: Policy, after: Policy) -> Iterator[Difference]:
    yield from _margin("margin", before.margin, after.margin, "An issue is called worse, and a release,")
    old, new = before.margin_of(Signal.USERS), after.margin_of(Signal.USERS)
    if (old, new) != (before.margin, after.margin):
        yield from _margin(f"signals.{Signal.USERS}.margin", old, new, "A release is called worse")
    for signal in Signal:
        yield from _signal_mode(signal, before, after)
    stakes = [{signal.value: policy.weight_of(signal) for signal in Signal} for policy in (before, after)]
    if stakes[0] != stakes[1]:
        sentence = "What is betted on each signal changes: what gains is found sooner by it, what loses later."
        yield Difference("signals.*.weight", Direction.OTHER, stakes[0], stakes[1], sentence)


def _margin(key: str, before: float, after: float, who: str) -> Iterator[Difference]:
    if before != after:
        sentence = f"{who} only beyond {100 * after:g} % more than its baseline, not {100 * before:g} %."
        yield Difference(key, _towards(stricter=after < before), before, after, sentence)


def _signal_mode(signal: Signal, before: Policy, after: Policy) -> Iterator[Difference]:
    """What follows from one signal alone, where that is not what follows from the policy's mode."""
    old, new = (policy.signals[signal].mode if signal in policy.signals else None for policy in (before, after))
    if old is new:
        return
    was, will = before.mode_of(signal), after.mode_of(signal)
    direction = Direction.OTHER if was is will else _towards(stricter=MODES.index(will) > MODES.index(was))
    sentence = f"By {SIGNALS[signal]} alone {DOES[will]}; before, {DOES[was]}."
    yield Difference(f"signals.{signal}.mode", direction, old and old.value, new and new.value, sentence)


def _limits(before: Policy, after: Policy) -> Iterator[Difference]:
    for limit in before.limits:
        if limit not in after.limits:
            sentence = f"No longer {_holds(limit)}."
            yield Difference("limits", Direction.LOOSER, limit_words(limit), None, sentence)
    for limit in after.limits:
        if limit not in before.limits:
            sentence = f"From now on {_holds(limit)}, whatever the baseline does."
            yield Difference("limits", Direction.STRICTER, None, limit_words(limit), sentence)


def _holds(limit: Limit) -> str:
    recommended = limit.consequence is Consequence.ROLLBACK_RECOMMENDED
    return f"a release is held{' and its rollback recommended' if recommended else ''} without {limit_words(limit)}"


def limit_words(limit: Limit) -> str:
    """``crash_free_users of at least 99 % over 10 min``."""
    bound = f"{limit.bound:g}" if limit.quantity is Quantity.HURT else f"{100 * limit.bound:g} %"
    over = _span(limit.minutes)
    return f"{limit.quantity} of at {'least' if limit.is_least else 'most'} {bound} over {over}"


def _services(before: Policy, after: Policy) -> Iterator[Difference]:
    """A service that is in only one of the two has the budget of the other as a whole."""
    for service in sorted(before.critical.keys() | after.critical.keys()):
        key, of = f"services.{service}", f" of the critical service {service}"
        old, new = (policy.of_service(service).false_rollbacks_per_1000 for policy in (before, after))
        yield from _budget(f"{key}.false_rollbacks_per_1000", old, new, of)


def _webhook(before: Policy, after: Policy) -> Iterator[Difference]:
    old, new = (policy.webhook.url if policy.webhook else None for policy in (before, after))
    if old == new:
        return
    sentence = f"Rollbacks, holds and faults are told to {new}." if new else "Nobody is told of rollbacks any more."
    yield Difference("webhook.url", Direction.OTHER, old, new, sentence)


def _hosts(before: Policy, after: Policy) -> Iterator[Difference]:
    old, new = set(before.allowed_hosts), set(after.allowed_hosts)
    if old == new:
        return
    added, gone = sorted(new - old), sorted(old - new)
    parts = [f"{counted(len(added), 'host')} more may be called: {', '.join(added)}."] if added else []
    parts += [f"{counted(len(gone), 'host')} may no longer be called: {', '.join(gone)}."] if gone else []
    yield Difference("allowed_hosts", Direction.OTHER, sorted(old), sorted(new), " ".join(parts))


def _towards(*, stricter: bool) -> Direction:
    return Direction.STRICTER if stricter else Direction.LOOSER


def _span(minutes: int) -> str:
    return span(minutes * MINUTE_MS)
