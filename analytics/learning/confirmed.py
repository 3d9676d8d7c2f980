"""What people confirmed of a deploy: that its release was bad, or that it was healthy; by the last word on each.

Of an alarm, as the project's track record counts it (`track_record`). Without one, a decision to let it continue that
somebody called right says that it was healthy, and so does a hold that somebody called false; a hold that was right
says neither, for it only asked for time.
"""

from collections.abc import Sequence

from analytics.learning.track_record import NOT_BAD, Labelled, last_word, said_bad
from models.domain.verdict import Verdict


def bad(decisions: Sequence[Labelled]) -> bool | None:
    """Whether the release was bad, by all decisions on one deploy; None where nobody says so."""
    by_alarm = said_bad(decisions)
    if by_alarm is not None:
        return by_alarm
    return False if any(_says_healthy(one) for one in decisions) else None


def _says_healthy(decision: Labelled) -> bool:
    said = last_word(decision.labels)
    if said is None:
        return False
    if decision.verdict is Verdict.CONTINUE and said.label == "correct":
        return True
    return decision.verdict in (Verdict.CONTINUE, Verdict.HOLD) and said.label in NOT_BAD
