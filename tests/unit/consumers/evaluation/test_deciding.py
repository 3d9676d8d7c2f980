"""Which judgements become decisions: every change of verdict, policy or mode, and each onset of silence."""

import dataclasses
from collections.abc import Sequence

from analytics.verdict import silence
from consumers.evaluation import course, deciding
from consumers.evaluation.course import Course, Judged
from consumers.evaluation.deciding import Taken
from models.domain.deploy import Deploy, Step
from models.domain.evidence import ArmMinute, EvidenceMinute, History
from models.domain.policy import Policy
from models.domain.verdict import Mode, Verdict
from models.store.queries.evaluations import Recorded

FIRST = 28_000_000
AUTOMATIC = Policy(mode=Mode.AUTOMATIC)
DEPLOY = Deploy("d1", "production", "shop@2", "shop@1", (Step(FIRST * 60_000, "started", 0.3),))
HISTORY = History(minutes=1440, started=100_000, hurt=1_000)


def watched(recorded: Recorded | None = None, deploy: Deploy = DEPLOY) -> Course:
    made = course.start(deploy, FIRST, AUTOMATIC, HISTORY)
    made.recorded = recorded
    return made


def judged(made: Course, minute: int, verdict: Verdict, *held_by: str, provisional: bool = False) -> Judged:
    """A judgement of the real engine, with another verdict put in its place."""
    evidence = EvidenceMinute(FIRST + minute, 0.3, ArmMinute(started=30), ArmMinute(started=70))
    course.fold(made, [evidence])
    last = made.judged.pop()
    judgement = dataclasses.replace(last.judgement, verdict=verdict, held_by=held_by)
    return dataclasses.replace(last, judgement=judgement, provisional=provisional)


def decide(made: Course, verdicts: Sequence[Verdict], policy: Policy = AUTOMATIC) -> list[Taken]:
    found = [judged(made, minute, verdict) for minute, verdict in enumerate(verdicts)]
    made.judged = found
    return list(deciding.decisions(made, policy, lambda one: (one.minute + 1) * 60_000))


def test_a_verdict_is_recorded_when_it_changes_and_not_again() -> None:
    """Five minutes of three verdicts are three decisions."""
    little, hold, fine = Verdict.INSUFFICIENT_DATA, Verdict.HOLD, Verdict.CONTINUE
    taken = decide(watched(), [little, little, hold, hold, fine])
    assert [one.judged.judgement.verdict for one in taken] == [little, hold, fine]


def test_what_was_recorded_before_this_look_is_not_recorded_again() -> None:
    """The evaluator goes on where it was."""
    recorded = Recorded("d-1", Verdict.HOLD, AUTOMATIC.title, AUTOMATIC.mode)
    assert decide(watched(recorded), [Verdict.HOLD]) == []


def test_another_policy_is_a_decision_of_its_own() -> None:
    """A decision names the policy that it was taken under."""
    recorded = Recorded("d-1", Verdict.HOLD, "default@0", Mode.AUTOMATIC)
    (taken,) = decide(watched(recorded), [Verdict.HOLD], dataclasses.replace(AUTOMATIC, version=1))
    assert taken.call is None


def test_only_a_new_hold_is_told() -> None:
    """Who was told of a hold is not told again because the policy changed."""
    (taken,) = decide(watched(), [Verdict.HOLD])
    assert taken.call is not None
    assert taken.call.kind == "hold"


def test_nothing_is_called_for_where_nothing_is_left_to_undo() -> None:
    """Another release has taken over before the verdict was known."""
    over = dataclasses.replace(DEPLOY, ended_at=FIRST * 60_000 + 1, ended_by="shop@3")
    (taken,) = decide(watched(deploy=over), [Verdict.ROLLBACK])
    assert taken.call is None


def test_an_open_minute_is_urgent_only_if_it_is_graver() -> None:
    """A rollback after a hold is; a hold after a hold is not, nor one for traffic that is told by half."""
    recorded = Recorded("d-1", Verdict.HOLD, AUTOMATIC.title, AUTOMATIC.mode)
    made = watched(recorded)
    assert deciding.urgent(made, judged(made, 0, Verdict.ROLLBACK))
    assert not deciding.urgent(made, judged(made, 1, Verdict.HOLD))
    fresh = watched()
    assert deciding.urgent(fresh, judged(fresh, 0, Verdict.HOLD))
    assert not deciding.urgent(fresh, judged(fresh, 1, Verdict.HOLD, "sample_ratio"))
    assert not deciding.urgent(fresh, judged(fresh, 2, Verdict.HOLD, silence.REASON))
