"""How often a project's alarms were right, and how many bad releases were found: its own precision and recall.

Counted by deploy, for a deploy has many decisions and one truth. An **alarm** is a deploy that was decided to be rolled
back, be it done or recommended; a hold only asks for time, and lifts by itself. What was said last of an alarm counts:
it was right if the release was bad (``correct``), false if it was not or if something else was the cause
(``false_alarm``, ``not_caused_by_release``). A deploy without an alarm is a bad release that was missed if that is the
last word on one of its decisions. Of an alarm without a label of its own, ``missed`` on an earlier decision says that
it was right, if late.

Precision is right alarms of those with a label; recall is bad releases found of those known. What nobody labelled is in
neither, and its number is always said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.statistics.intervals import wilson
from models.domain.verdict import Verdict

NOT_BAD = frozenset({"false_alarm", "not_caused_by_release"})
"""Said of a rollback or a hold: the release was not bad."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of a decision. ``at`` in ms."""

    label: str
    by: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """A decision and its labels, without its documents."""

    decision: str
    deploy: str
    """Unique in the project: with its environment, for one id may be a deploy in two of them."""
    verdict: Verdict
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``n``, with its 95 % interval; all None where there is nothing to take a share of."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """All counts but ``decisions`` are of deploys."""

    decisions: int
    deploys: int
    unlabelled: int
    alarms: int
    correct: int
    false_alarms: int
    missed: int
    false_holds: int
    """Deploys without an alarm of which somebody called a hold a false alarm; in neither share."""
    disagreed: tuple[str, ...]
    """Deploys of which people say different things; the last word counts."""
    precision: Share
    recall: Share
    sentence: str


@dataclass(frozen=True, slots=True)
class _Deploy:
    alarm: bool
    bad: bool | None
    """Whether people say so of the release; None: nobody does."""
    labelled: bool
    false_hold: bool
    disagreed: bool


def track_record(decisions: Sequence[Labelled]) -> TrackRecord:
    """Of all of a project's decisions, in any order."""
    by_deploy: dict[str, list[Labelled]] = defaultdict(list)
    for one in decisions:
        by_deploy[one.deploy].append(one)
    deploys = {deploy: _deploy(some) for deploy, some in by_deploy.items()}
    counts = _counts(deploys)
    correct, false_alarms, missed = counts["correct"], counts["false_alarms"], counts["missed"]
    precision, recall = _share(correct, correct + false_alarms), _share(correct, correct + missed)
    disagreed = tuple(sorted(deploy for deploy, one in deploys.items() if one.disagreed))
    return TrackRecord(
        decisions=len(decisions),
        deploys=len(deploys),
        disagreed=disagreed,
        precision=precision,
        recall=recall,
        sentence=_sentence(len(deploys), counts, precision, recall, len(disagreed)),
        **counts,
    )


def _deploy(decisions: Sequence[Labelled]) -> _Deploy:
    of_holds = [last_word(one.labels) for one in decisions if one.verdict is Verdict.HOLD]
    return _Deploy(
        alarm=any(one.verdict is Verdict.ROLLBACK for one in decisions),
        bad=said_bad(decisions),
        labelled=any(one.labels for one in decisions),
        false_hold=any(said is not None and said.label in NOT_BAD for said in of_holds),
        disagreed=any(_disagreed(one.labels) for one in decisions),
    )


def said_bad(decisions: Sequence[Labelled]) -> bool | None:
    """Whether people say of the release that it was bad; None where nobody does. ``decisions``: of one deploy."""
    of_alarms = last_word(said for one in decisions if one.verdict is Verdict.ROLLBACK for said in one.labels)
    if of_alarms is not None:
        return of_alarms.label not in NOT_BAD
    last_words = (last_word(one.labels) for one in decisions)
    return True if any(said is not None and said.label == "missed" for said in last_words) else None


def last_word(labels: Iterable[Label]) -> Label | None:
    in_time = sorted(labels, key=lambda said: said.at)
    return in_time[-1] if in_time else None


def _disagreed(labels: Sequence[Label]) -> bool:
    """Whether two people's last words differ; those who gave no name are one."""
    by_person = {said.by: said.label for said in sorted(labels, key=lambda said: said.at)}
    return len({"not bad" if label in NOT_BAD else label for label in by_person.values()}) > 1


def _counts(deploys: Mapping[str, _Deploy]) -> dict[str, int]:
    alarms = [one for one in deploys.values() if one.alarm]
    quiet = [one for one in deploys.values() if not one.alarm]
    return {
        "unlabelled": sum(not one.labelled for one in deploys.values()),
        "alarms": len(alarms),
        "correct": sum(one.bad is True for one in alarms),
        "false_alarms": sum(one.bad is False for one in alarms),
        "missed": sum(one.bad is True for one in quiet),
        "false_holds": sum(one.false_hold for one in quiet),
    }


def _share(count: int, n: int) -> Share:
    if n == 0:
        return Share(count, n, None, None, None)
    low, high = wilson(count, n)
    return Share(count, n, count / n, low, high)


def _sentence(deploys: int, counts: Mapping[str, int], precision: Share, recall: Share, disagreed: int) -> str:
    if deploys == 0:
        return "Nothing was decided yet."
    unlabelled, false_holds, missed = counts["unlabelled"], counts["false_holds"], counts["missed"]
    if unlabelled == deploys:
        return (
            f"Nobody has labelled a decision yet ({_many(deploys, 'deploy')}): how often they are right is not known."
        )
    told = [
        f"Of {_many(precision.n, 'rollback')} with a label {_of(precision)} right{_interval(precision)}.",
        f"Of {_many(recall.n, 'release')} known to be bad {_of(recall)} found{_interval(recall)}, {missed} missed.",
    ]
    if false_holds:
        told.append(f"{_many(false_holds, 'hold was', 'holds were')} called a false alarm.")
    if disagreed:
        told.append(f"People disagree on {_many(disagreed, 'deploy')}; the last word counts.")
    if unlabelled:
        told.append(f"{_many(unlabelled, 'deploy has', 'deploys have')} no label yet.")
    return " ".join(told)


def _of(share: Share) -> str:
    return f"{share.count} {'was' if share.count == 1 else 'were'}"


def _interval(share: Share) -> str:
    """Empty where there is nothing to take a share of."""
    if share.value is None or share.low is None or share.high is None:
        return ""
    return f" ({100 * share.value:.0f} %; 95 % interval {100 * share.low:.0f} to {100 * share.high:.0f} %)"


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
