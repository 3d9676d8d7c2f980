"""What happened to a release, a sentence each."""

from collections.abc import Iterator, Sequence
from typing import Any

from analytics.reports import words
from models.domain.decision import Decision
from models.store.queries.actions import Action
from models.store.queries.releases import Told
from models.wire.times import to_text

STATES = {"started": "Deploy started", "succeeded": "Deployed", "failed": "Deploy failed", "rolled_back": "Withdrawn"}

_Step = tuple[int, str, str, str | None]
"""When (ms), of which kind, the sentence, and the decision it is about."""


def timeline(told: Sequence[Told], decided: Sequence[Decision], done: Sequence[Action]) -> list[dict[str, Any]]:
    """What happened, oldest first."""
    steps = [*_deploys(told), *_decisions(decided), *_actions(done)]
    return [
        {"at": to_text(at), "kind": kind, "text": text, "decision": decision}
        for at, kind, text, decision in sorted(steps, key=lambda step: step[0])
    ]


def _deploys(told: Sequence[Told]) -> Iterator[_Step]:
    for one in told:
        share = "" if one.exposure is None else f" at {100 * one.exposure:.0f} % of traffic"
        by = f" by {one.deployed_by}" if one.deployed_by else ""
        yield one.booked_at, "deploy", f"{STATES.get(one.state, one.state)}{share}{by}.", None


def _decisions(decided: Sequence[Decision]) -> Iterator[_Step]:
    for one in reversed(decided):
        text = f"{words.VERDICTS[one.verdict]}: {one.judgement.sentence}"
        yield one.decided_at, "decision", text, one.decision
        for said in one.outcomes:
            reason = f": {said.reason}" if said.reason else ""
            label = words.LABELS.get(said.label, said.label)
            yield said.booked_at, "outcome", f"{said.said_by or 'Someone'} said it was {label}{reason}", one.decision


def _actions(done: Sequence[Action]) -> Iterator[_Step]:
    for one in done:
        at = one.attempts[-1].attempted_at if one.attempts else one.created_at
        kind = words.ACTIONS.get(one.kind, one.kind)
        tries = f" in {len(one.attempts)} attempts" if len(one.attempts) > 1 else ""
        yield at, "action", f"{kind} ({one.target}) {one.state}{tries}.", one.decision
