"""Evidence for tests of the engine: minutes in few words, and a release watched over them."""

from collections.abc import Iterable

from analytics.verdict import engine
from analytics.verdict.engine import State
from models.domain.evidence import ArmMinute, Baseline, EvidenceMinute, History, IssueMinute
from models.domain.policy import Policy
from models.domain.verdict import Judgement, Verdict

OLD = "shop@1.4.2"
BESIDE = Baseline(OLD, "concurrent")
A_DAY = History(minutes=1440, started=144_000, hurt=1_440, started_old=144_000)
"""100 sessions a minute, and 1 % of them hurt a user."""
UNKNOWN = History()
FIRST = 29_000_000
"""The minute in which the release is deployed."""


def minute(
    new: int = 0, old: int = 0, *, exposure: float = 0.3, sessions: int = 100, issues: dict[str, int] | None = None
) -> EvidenceMinute:
    """So many users hurt on either release, of sessions split as planned. Its number comes later: `numbered`."""
    of_new = round(sessions * exposure)
    return EvidenceMinute(
        minute=0,
        exposure=exposure,
        new=ArmMinute(started=of_new, healthy=of_new - new, crashed=new, hurt=new),
        old=ArmMinute(started=sessions - of_new, healthy=sessions - of_new - old, crashed=old, hurt=old),
        new_issues=tuple(IssueMinute(name, users) for name, users in (issues or {}).items()),
    )


def numbered(minutes: Iterable[EvidenceMinute], first: int = FIRST) -> list[EvidenceMinute]:
    told = enumerate(minutes, first)
    return [EvidenceMinute(number, one.exposure, one.new, one.old, one.new_issues) for number, one in told]


class Watched:
    """A release under watch; what was found after each minute."""

    def __init__(
        self,
        policy: Policy | None = None,
        history: History = A_DAY,
        baseline: Baseline = BESIDE,
        *,
        inferred: bool = False,
    ) -> None:
        self.state: State = engine.begin(policy or Policy(), history, baseline, inferred=inferred)
        self.found: list[Judgement] = []

    def see(self, *minutes: EvidenceMinute, times: int = 1) -> "Watched":
        for _ in range(times):
            for one in numbered(minutes, FIRST + len(self.found)):
                self.state, judgement = engine.observe(self.state, one)
                self.found.append(judgement)
        return self

    @property
    def now(self) -> Judgement:
        return self.found[-1]

    @property
    def verdicts(self) -> list[Verdict]:
        return [one.verdict for one in self.found]
