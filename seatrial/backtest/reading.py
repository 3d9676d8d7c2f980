"""The past of a project's releases, as its server tells it: a list of deploys, and the minutes of one after another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from analytics.learning import confirmed
from analytics.learning.backtest import Look, Past
from analytics.learning.track_record import Label, Labelled
from models.domain.deploy import MINUTE, Deploy, Step
from models.domain.evidence import EvidenceMinute, History
from models.domain.verdict import Verdict
from models.wire.times import to_milliseconds

PAGE = 100


class Server(Protocol):
    def get(self, path: str, **query: str | int | None) -> Any:
        """The JSON of a call of one project."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A deploy that was under watch, and what was recorded of it."""

    past: Past
    first_minute: int
    last_minute: int
    """The last one that was judged as the list was read."""
    ended: bool
    policies: tuple[str, ...]
    bad: bool | None
    """What people confirmed of it."""
    cut: bool
    """Whether it was decided to be rolled back."""

    @property
    def minutes(self) -> int:
        return self.last_minute - self.first_minute + 1


def watched(server: Server, environment: str, since: str, most: int | None) -> list[Watched]:
    """The last deploys, at most so many, that began at ``since`` (RFC 3339) or later; oldest first."""
    found: list[Watched] = []
    cursor: str | None = None
    while most is None or len(found) < most:
        page = server.get("/watched", environment=environment, since=since, cursor=cursor, limit=PAGE)
        found += [_watched(item) for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    return found[:most][::-1]


def minutes(server: Server, of: Watched) -> Iterator[tuple[EvidenceMinute, Verdict]]:
    """In order, each with the verdict that was given after it then."""
    deploy, cursor = of.past.deploy, None
    while True:
        asked = {"environment": deploy.environment, "deploy": deploy.deploy, "cursor": cursor}
        page = server.get("/watched/minutes", **asked)
        for item in page["items"]:
            if item["minute"] > of.last_minute:
                return
            yield msgspec.convert(item["evidence"], EvidenceMinute), Verdict(item["verdict"])
        cursor = page["next"]
        if cursor is None:
            return


def _watched(item: dict[str, Any]) -> Watched:
    decisions = item["decisions"]
    return Watched(
        past=Past(_deploy(item), msgspec.convert(item["history"], History), _looks(decisions)),
        first_minute=item["first_minute"],
        last_minute=item["last_minute"],
        ended=item["ended"],
        policies=tuple(sorted({one["policy"] for one in decisions})),
        bad=confirmed.bad([_labelled(item["deploy"], one) for one in decisions]),
        cut=any(one["verdict"] == Verdict.ROLLBACK for one in decisions),
    )


def _deploy(item: dict[str, Any]) -> Deploy:
    """Without its timeline but for its start: the planned share is in each minute."""
    start = Step(item["first_minute"] * MINUTE, "started", 0.0)
    names = ("deploy", "environment", "release", "replaces", "irreversible", "inferred")
    return Deploy(timeline=(start,), **{name: item[name] for name in names})


def _looks(decisions: list[dict[str, Any]]) -> tuple[Look, ...]:
    told = [one["looked_at"] for one in decisions if one["looked_at"] is not None]
    return tuple(msgspec.convert(look, Look) for look in told)


def _labelled(deploy: str, decision: dict[str, Any]) -> Labelled:
    labels = [Label(one["label"], one["by"], to_milliseconds(one["at"]) or 0) for one in decision["outcomes"]]
    return Labelled(decision["decision"], deploy, Verdict(decision["verdict"]), tuple(labels))
