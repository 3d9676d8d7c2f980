"""The deploys of an environment, folded from facts in booking order.

The fold looks back only: what it says of a minute stays as it is, whatever is booked later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from models.domain.deploy import MINUTE, Deploy, DeployFact, Step

INFERRED_WATCHED = 20
"""Releases that nobody deployed and that are watched at once; old clients in the wild can be of hundreds."""
WITHDRAWN = ("failed", "rolled_back")


@dataclass(slots=True)
class _Timeline:
    """What the fold knows so far."""

    environment: str
    deploys: dict[str, Deploy] = field(default_factory=dict)
    current: str | None = None
    """The deploy whose release has all traffic, or had it last."""
    newest: str | None = None
    """The last deploy that was told, which messages without an id continue."""
    running: dict[str, None] = field(default_factory=dict)
    """The names of those that have not ended, in the order in which they began: few, of however many."""
    spoken_of: set[str | None] = field(default_factory=set)
    """Every release that was deployed or replaced."""

    def begin(self, deploy: Deploy) -> None:
        self.deploys[deploy.deploy] = deploy
        self.running[deploy.deploy] = None
        self.spoken_of |= {deploy.release, deploy.replaces}

    def still_running(self) -> list[Deploy]:
        return [self.deploys[name] for name in self.running]


def deploys(environment: str, facts: Sequence[DeployFact], first_sessions: Mapping[str, int]) -> list[Deploy]:
    """The deploys of one environment in the order of their start.

    ``first_sessions``: the start (ms) of the minute in which each release was first seen there. One that was not
    deployed by the end of that minute infers a deploy, marked so, until it is deployed.
    """
    timeline = _Timeline(environment)
    for happened in _in_order(facts, first_sessions):
        if isinstance(happened, DeployFact):
            _tell(timeline, happened)
        else:
            _infer(timeline, *happened)
    return sorted(timeline.deploys.values(), key=lambda deploy: (deploy.started_at, deploy.deploy))


def _in_order(facts: Sequence[DeployFact], first_sessions: Mapping[str, int]) -> Iterator[DeployFact | tuple[str, int]]:
    """Facts and first sessions by time. A session counts at its minute's end: a deploy told within it came first."""
    told = [((fact.booked_at, 0, fact.fact), fact) for fact in facts]
    seen = [((at + MINUTE - 1, 1, release), (release, at)) for release, at in first_sessions.items()]
    merged: list[tuple[tuple[int, int, str], DeployFact | tuple[str, int]]] = [*told, *seen]
    return (happened for _, happened in sorted(merged, key=lambda pair: pair[0]))


def _tell(timeline: _Timeline, fact: DeployFact) -> None:
    name = _name(timeline, fact)
    known = timeline.deploys.get(name)
    if known is not None:
        timeline.deploys[name] = replace(
            known,
            timeline=(*known.timeline, Step(fact.booked_at, fact.state, _exposure(fact, known))),
            irreversible=known.irreversible or fact.irreversible,
        )
    elif fact.state in WITHDRAWN:
        if fact.state == "rolled_back":
            _withdraw(timeline, fact)
        return  # what failed before it was ever told changed nothing
    else:
        _open(timeline, name, fact)
    _settle(timeline, name, fact)


def _name(timeline: _Timeline, fact: DeployFact) -> str:
    """The deploy that a fact tells of: by its id, else the same release until another one takes over."""
    if fact.deploy:
        return _told_again(timeline, fact.deploy, fact.release)
    for name in (timeline.newest, timeline.current):
        running = timeline.deploys.get(name) if name else None
        if running and running.release == fact.release and running.ended_at is None and not running.inferred:
            return running.deploy
    told = f"{fact.environment} {fact.fact}"
    return f"{fact.release}-{_short_hash(told)}"


def _told_again(timeline: _Timeline, name: str, release: str) -> str:
    """The id; after its deploy has ended, or for another release, it names another deploy: ``deploy-7#2``.

    A pipeline that is run once more must be watched once more.
    """
    again, number = name, 1
    while (known := timeline.deploys.get(again)) and (known.ended_at is not None or known.release != release):
        number += 1
        again = f"{name}#{number}"
    return again


def _open(timeline: _Timeline, name: str, fact: DeployFact) -> None:
    for other in [other for other in timeline.still_running() if other.inferred and other.release == fact.release]:
        _end(timeline, other.deploy, fact.booked_at, "deployed")
    before = timeline.deploys.get(timeline.newest) if timeline.newest else None
    back = before is not None and not before.is_return and before.replaces == fact.release != before.release
    deploy = Deploy(
        deploy=name,
        environment=fact.environment,
        release=fact.release,
        replaces=before.release if back and before else fact.replaces or _serving(timeline, fact.release),
        timeline=(Step(fact.booked_at, fact.state, 1.0 if fact.exposure is None else fact.exposure),),
        irreversible=fact.irreversible,
        is_return=back,
    )
    timeline.begin(deploy)
    timeline.newest = name


def _serving(timeline: _Timeline, release: str) -> str | None:
    """The release that serves until ``release`` does; of one deployed again, what it replaced the first time."""
    current = timeline.deploys.get(timeline.current) if timeline.current else None
    if current is None:
        return None
    return current.replaces if current.release == release else current.release


def _exposure(fact: DeployFact, known: Deploy) -> float:
    """A message without exposure means all traffic; but a start changes nothing, and a withdrawal leaves none."""
    if fact.state in WITHDRAWN:
        return 0.0
    if fact.exposure is not None:
        return fact.exposure
    return known.timeline[-1].exposure if fact.state == "started" else 1.0


def _settle(timeline: _Timeline, name: str, fact: DeployFact) -> None:
    deploy = timeline.deploys[name]
    if fact.state in WITHDRAWN:
        _end(timeline, name, fact.booked_at, fact.state)
    elif fact.state == "succeeded" and deploy.timeline[-1].exposure >= 1.0 and timeline.current != name:
        for other in [other for other in timeline.running if other != name]:
            _end(timeline, other, fact.booked_at, deploy.release)
        timeline.current = name


def _withdraw(timeline: _Timeline, fact: DeployFact) -> None:
    """``rolled_back`` names the release that was withdrawn, whatever its deploy was called."""
    for deploy in [one for one in timeline.still_running() if one.release == fact.release]:
        _end(timeline, deploy.deploy, fact.booked_at, fact.state)


def _end(timeline: _Timeline, name: str, at: int, by: str) -> None:
    deploy = timeline.deploys[name]
    if deploy.ended_at is not None:
        return
    step = Step(at, "ended", 0.0)
    timeline.deploys[name] = replace(deploy, ended_at=at, ended_by=by, timeline=(*deploy.timeline, step))
    del timeline.running[name]
    if timeline.current == name and by in WITHDRAWN:
        before = [other.deploy for other in timeline.deploys.values() if other.release == deploy.replaces]
        timeline.current = before[-1] if before else None


def _infer(timeline: _Timeline, release: str, at: int) -> None:
    """A release with sessions that no message spoke of."""
    if release in timeline.spoken_of:
        return
    open_ones = [one.deploy for one in timeline.still_running() if one.inferred]
    for crowded_out in open_ones[: max(len(open_ones) + 1 - INFERRED_WATCHED, 0)]:
        _end(timeline, crowded_out, at, release)
    name = f"inferred-{_short_hash(release)}"
    replaces = _serving(timeline, release)
    step = Step(at, "succeeded", 1.0)
    timeline.begin(Deploy(name, timeline.environment, release, replaces, (step,), inferred=True))
    if timeline.current is None or timeline.deploys[timeline.current].inferred:
        timeline.current = name


def _short_hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
