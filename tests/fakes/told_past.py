"""The past of a project as a server would tell it, page by page, made by hand."""

from collections.abc import Sequence
from typing import Any

import msgspec

from models.domain.evidence import EvidenceMinute
from models.domain.policy import Policy
from tests.fakes.evidence import FIRST, OLD, Watched, numbered

NEW = "shop@1.5.0"
Page = list[dict[str, Any]]


class Pages:
    """A server with its answers in pages: those of the list, and those of each deploy's minutes."""

    def __init__(self, deploys: list[Page], minutes: dict[str, list[Page]] | None = None) -> None:
        self._deploys, self._minutes = deploys, minutes or {}
        self.asked: list[dict[str, str | int | None]] = []

    def get(self, path: str, **query: str | int | None) -> Any:
        self.asked.append(query)
        number = int(query.get("cursor") or 0)
        pages = self._deploys if path == "/watched" else self._minutes[str(query["deploy"])]
        return {"items": pages[number], "next": str(number + 1) if number + 1 < len(pages) else None}


def told_deploy(name: str, minutes: int = 4, decisions: Sequence[dict[str, Any]] = (), **rest: Any) -> dict[str, Any]:
    told = {"deploy": name, "environment": "production", "release": NEW, "replaces": OLD, "inferred": False}
    told |= {"irreversible": False, "first_minute": FIRST, "last_minute": FIRST + minutes - 1, "ended": True}
    history = {"minutes": 1440, "started": 144_000, "hurt": 1_440, "started_old": 144_000}
    return told | {"history": history, "decisions": list(decisions)} | rest


def told_decision(verdict: str, label: str | None = None, looked_at: dict[str, Any] | None = None) -> dict[str, Any]:
    said = [{"label": label, "by": "ada", "at": "2026-11-22T14:41:00Z"}] if label else []
    return {"decision": "d-1", "verdict": verdict, "policy": "shop@1", "looked_at": looked_at, "outcomes": said}


def told_minutes(minutes: Sequence[EvidenceMinute], policy: Policy | None = None) -> Page:
    """With the verdicts that the engine gave after each."""
    verdicts = Watched(policy).see(*minutes).verdicts
    return [
        {"minute": one.minute, "verdict": verdict.value, "evidence": msgspec.to_builtins(one)}
        for one, verdict in zip(numbered(minutes), verdicts, strict=True)
    ]
