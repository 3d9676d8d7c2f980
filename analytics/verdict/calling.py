"""What a verdict calls for, and what is decided on an open minute already. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from analytics.verdict import engine, limits, silence
from models.domain.deploy import Deploy
from models.domain.policy import Policy
from models.domain.verdict import Mode, Verdict

URGENT = {Verdict.HOLD: 1, Verdict.ROLLBACK: 2}
"""What is decided on an open minute already, and what of it outweighs the other."""
HALF_TOLD = frozenset({"sample_ratio", limits.REASON, silence.REASON})
"""Holds that an open minute can bring about by itself, for its sessions are told late."""
ACTING = "acting"


@dataclass(frozen=True, slots=True)
class Call:
    """Something to be done because of a decision."""

    kind: str
    """``rollback``, ``rollback_recommended``, ``rollback_withheld``, ``hold`` or ``silent_source``."""
    target: str
    """The release to go back to; of a hold, the release that is held."""
    reason: str


def urgent(verdict: Verdict, held_by: Collection[str], before: Verdict | None) -> bool:
    """Whether a judgement of an open minute cannot wait: graver than what was decided, and not by half-told traffic."""
    graver = URGENT.get(verdict, 0) > (URGENT.get(before, 0) if before else 0)
    return graver and (verdict is Verdict.ROLLBACK or not HALF_TOLD & set(held_by))


def standing(verdict: Verdict, held_by: Collection[str]) -> frozenset[str]:
    """What calls for something of its own as it begins, although the verdict stays as it is."""
    if verdict is Verdict.ROLLBACK:
        return frozenset() if engine.SIGNAL_MODE in held_by else frozenset({ACTING})
    return frozenset({silence.REASON, limits.RECOMMENDED} & set(held_by))


def called_for(
    deploy: Deploy,
    verdict: Verdict,
    held_by: Collection[str],
    policy: Policy,
    before: Verdict | None,
    began: Collection[str],
    sentence: str,
) -> Call | None:
    """What a decision calls for; a project that only observes calls for nothing.

    ``before``: the verdict decided last. ``began``: what of `standing` was not there then.
    """
    if policy.mode is Mode.OBSERVE:
        return None
    if verdict is Verdict.ROLLBACK and deploy.replaces is not None:
        return _roll_back(deploy, deploy.replaces, policy, held_by, sentence)
    if silence.REASON in began:
        return Call("silent_source", deploy.release, sentence)
    if limits.RECOMMENDED in began and deploy.replaces is not None:
        return Call("rollback_recommended", deploy.replaces, sentence)
    if verdict is Verdict.HOLD and before is not Verdict.HOLD:
        return Call("hold", deploy.release, sentence)
    return None


def _roll_back(deploy: Deploy, target: str, policy: Policy, held_by: Collection[str], sentence: str) -> Call:
    """The safety case: only a recorded, reversible deploy is undone without a person."""
    if policy.mode is not Mode.AUTOMATIC:
        return Call("rollback_recommended", target, sentence)
    if engine.SIGNAL_MODE in held_by:
        told = "Not rolled back: by the policy, the signals that reached it only recommend."
        return Call("rollback_recommended", target, f"{sentence} {told}")
    if deploy.irreversible:
        told = "Not rolled back: the deploy is marked irreversible. A person must decide."
        return Call("rollback_withheld", target, f"{sentence} {told}")
    if deploy.inferred:
        told = "Not rolled back: no deploy was recorded, so what to undo is not known."
        return Call("rollback_recommended", target, f"{sentence} {told}")
    return Call("rollback", target, sentence)
