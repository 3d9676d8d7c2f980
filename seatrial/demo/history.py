"""Three weeks of a small shop as wire events: the lines of a replay file, made from a seed.

Event times are in the past, from a midnight three weeks ago to ``now``. A seed draws the same whatever the time of day:
an hour later the history is the same, and an hour longer. Sessions come from a web front with a device id, from the
servers as aggregates, errors with the user that they hit.
"""

import math
import random
from collections.abc import Iterator
from itertools import takewhile
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from models.wire import topics
from models.wire.times import to_text
from seatrial.demo import catalogue
from seatrial.demo.catalogue import DAY, DAYS, ENVIRONMENT, FAULTS, HOUR, PROJECT, RELEASES, Fault, Release

MINUTE = 60_000
AGGREGATES_EVERY = 30 * MINUTE
HANDLED_SHARE = 0.015
"""Of sessions, with an error that was handled."""
FEEDBACK_A_DAY = 2.2
ISLAND_SHARE = 0.25
"""Of those hurt by the bug in shipping, how many write."""
PEAK_HOUR = 14.0


class History:
    """Deterministic for a seed, a fraction of the traffic and a day; ``now`` cuts it off."""

    def __init__(self, seed: int, now: int, fraction: float = 1.0) -> None:
        self._random = random.Random(seed)
        self._counts = np.random.default_rng(seed)
        self._now = now
        self._start = now - now % DAY - DAYS * DAY
        self._fraction = fraction

    def lines(self) -> Iterator[bytes]:
        """One replay line after another, ordered by ``received_at``."""
        planned = self._deploys() + self._outcomes() + self._written() + self._aggregates()
        waiting = iter(sorted((one for one in planned if one[0] < self._now), key=lambda one: one[0]))
        due = next(waiting, None)
        for at, topic, key, value in takewhile(lambda one: one[0] < self._now, self._visits()):
            while due is not None and due[0] <= at:
                yield _line(*due)
                due = next(waiting, None)
            yield _line(at, topic, key, value)
        while due is not None:
            yield _line(*due)
            due = next(waiting, None)

    # What is planned ------------------------------------------------------------------------------------------------

    def _deploys(self) -> list["Event"]:
        events = []
        for release in RELEASES:
            at = self._at(release)
            first = "succeeded" if release.share >= 1.0 else "started"
            events.append(self._deploy(release, at, first, release.share))
            if release.promoted_after is not None:
                events.append(self._deploy(release, at + _hours(release.promoted_after), "succeeded", 1.0))
            if release.rolled_back_after is not None:
                events.append(self._deploy(release, at + _hours(release.rolled_back_after), "rolled_back", None))
        return events

    def _deploy(self, release: Release, at: int, state: str, exposure: float | None) -> "Event":
        value: dict[str, Any] = {
            "project": PROJECT,
            "environment": ENVIRONMENT,
            "release": release.name,
            "state": state,
            "at": to_text(at),
            "id": f"deploy-{release.version}",
            "by": "pipeline",
        }
        if exposure is not None:
            value["exposure"] = exposure
        return at, topics.DEPLOYS, f"{PROJECT}:{ENVIRONMENT}:{release.name}", value

    def _outcomes(self) -> list["Event"]:
        events = []
        for release in RELEASES:
            if release.outcome is not None:
                after, label, reason = release.outcome
                name = f"outcome-{release.version}"
                value: dict[str, Any] = {"project": PROJECT, "id": name, "release": release.name}
                value |= {"environment": ENVIRONMENT}
                value |= {"label": label, "reason": reason, "by": "ana"}
                events.append((self._at(release) + _hours(after), topics.OUTCOMES, f"{PROJECT}:{name}", value))
        return events

    def _written(self) -> list["Event"]:
        """What customers wrote on ordinary days, more of what is wrong than of anything else."""
        events = []
        said = (*catalogue.SLOW, *catalogue.SLOW, *catalogue.DELIVERY, *catalogue.SINGLE)
        for day in range(DAYS + 1):
            for _ in range(int(self._counts.poisson(FEEDBACK_A_DAY))):
                at = self._start + day * DAY + self._random.randrange(DAY)
                events.append(self._feedback(at, self._random.choice(said), self._user()))
        return events

    def _aggregates(self) -> list["Event"]:
        """The servers' own sessions, half an hour at a time; they know no users."""
        events: list[Event] = []
        for at in range(self._start + AGGREGATES_EVERY, self._start + (DAYS + 1) * DAY, AGGREGATES_EVERY):
            total = self._counts.poisson(self._rate(at) * 30 * 0.2)
            for release, share in self._serving(at):
                served = round(total * share)
                if served:
                    started = to_text(at - AGGREGATES_EVERY)
                    value: dict[str, Any] = {"project": PROJECT, "id": f"{release.version}-{at}"}
                    value["aggregates"] = [{"started": started, "exited": served}]
                    value["attrs"] = {"release": release.name, "environment": ENVIRONMENT}
                    events.append((at, topics.SESSIONS, f"{PROJECT}:{release.version}-{at}", value))
        return events

    # Visits ---------------------------------------------------------------------------------------------------------

    def _visits(self) -> Iterator["Event"]:
        for minute in range(self._start, self._now, MINUTE):
            visits = int(self._counts.poisson(self._rate(minute)))
            for offset in sorted(self._random.randrange(MINUTE) for _ in range(visits)):
                yield from self._visit(minute + offset)

    def _visit(self, at: int) -> Iterator["Event"]:
        release = self._served_by(at)
        user, sid = self._user(), self._id()
        fault = self._fault(release, at)
        handled = fault is None and self._random.random() < HANDLED_SHARE
        status = "exited" if fault is None else "unhandled"
        event_id = self._id()
        if fault is not None:
            yield self._error(at, release, fault, user, event_id)
        elif handled:
            yield self._error(at, release, self._pick(handled=True), user, event_id)
        value = {
            "project": PROJECT,
            "session": {
                "sid": sid,
                "did": user,
                "started": to_text(at),
                "timestamp": to_text(at),
                "status": status,
                "errors": int(fault is not None or handled),
                "init": True,
                "attrs": {"release": release.name, "environment": ENVIRONMENT},
            },
        }
        yield at, topics.SESSIONS, f"{PROJECT}:{sid}", value
        if fault is catalogue.SHIPPING and self._random.random() < ISLAND_SHARE:
            yield self._feedback(at, self._random.choice(catalogue.ISLANDS), user, event_id)

    def _fault(self, release: Release, at: int) -> Fault | None:
        """What hits this visit, if anything: the shop's usual troubles, and those of the release."""
        lot = self._random.random()
        if lot < catalogue.HURT_SHARE:
            return self._pick(handled=False)
        trouble = release.trouble
        if trouble is None:
            return None
        since = at - self._at(release) - _hours(trouble.after)
        extra = catalogue.HURT_SHARE * (trouble.times - 1.0)
        return trouble.fault if 0 <= since < _hours(trouble.hours) and lot < catalogue.HURT_SHARE + extra else None

    def _pick(self, *, handled: bool) -> Fault:
        faults = [fault for fault in FAULTS if fault.handled is handled]
        return self._random.choices(faults, [fault.weight for fault in faults])[0]

    def _error(self, at: int, release: Release, fault: Fault, user: str, event_id: str) -> "Event":
        value = {"project": PROJECT, "event": event_of(fault, release.name, user, event_id, at)}
        return at, topics.ERRORS, f"{PROJECT}:{event_id}", value

    def _feedback(self, at: int, message: str, user: str, event_id: str | None = None) -> "Event":
        name = self._id()
        value = {
            "project": PROJECT,
            "id": name,
            "message": message,
            "user": user,
            "source": "widget",
            "at": to_text(at),
        }
        value |= {"environment": ENVIRONMENT}
        # Who writes about an error tells of its event, and so of its release.
        value |= {"event_id": event_id} if event_id else {"release": self._served_by(at).name}
        return at, topics.FEEDBACK, f"{PROJECT}:{name}", value

    # Traffic --------------------------------------------------------------------------------------------------------

    def _rate(self, at: int) -> float:
        """Visits a minute: quiet nights, a peak in the afternoon (UTC)."""
        hour = at % DAY / HOUR
        wave = 1.0 + 0.8 * math.cos(2 * math.pi * (hour - PEAK_HOUR) / 24)
        return catalogue.SESSIONS_A_DAY / 1440 * wave * self._fraction

    def _serving(self, at: int) -> list[tuple[Release, float]]:
        """The releases that have traffic, with their shares."""
        full, part = RELEASES[0], None
        for release in RELEASES:
            since = at - self._at(release)
            if since < 0:
                break
            if release.rolled_back_after is not None:
                part = release if since < _hours(release.rolled_back_after) else None
            elif release.promoted_after is None or since >= _hours(release.promoted_after):
                full, part = release, None
            else:
                part = release
        return [(full, 1.0)] if part is None else [(part, part.share), (full, 1.0 - part.share)]

    def _served_by(self, at: int) -> Release:
        serving = self._serving(at)
        return serving[0][0] if self._random.random() < serving[0][1] else serving[-1][0]

    def _at(self, release: Release) -> int:
        # From midnight, so that a release goes out at the same hour whenever the demo runs.
        return self._start + round(release.day * DAY)

    def _user(self) -> str:
        return f"customer-{self._random.randrange(catalogue.USERS)}"

    def _id(self) -> str:
        return UUID(int=self._random.getrandbits(128), version=4).hex


Event = tuple[int, str, str, dict[str, Any]]
"""Received at (ms), topic, key and value."""


def event_of(fault: Fault, release: str, user: str, event_id: str, at: int) -> dict[str, Any]:
    """A Sentry event as the Python SDK would send it, with the frames that matter."""
    frames = [
        {"filename": "flask/app.py", "function": "full_dispatch_request", "lineno": 917, "in_app": False},
        {"filename": "shop/views.py", "function": "handle", "lineno": 30, "in_app": True},
        {"filename": fault.file, "function": fault.function, "lineno": fault.line, "in_app": True},
    ]
    mechanism = {"type": "flask", "handled": fault.handled}
    exception = {"type": fault.kind, "value": fault.message, "mechanism": mechanism, "stacktrace": {"frames": frames}}
    return {
        "event_id": event_id,
        "timestamp": to_text(at),
        "platform": "python",
        "level": "error",
        "release": release,
        "environment": ENVIRONMENT,
        "transaction": f"{fault.file.removesuffix('.py').replace('/', '.')}.{fault.function}",
        "user": {"id": user},
        "exception": {"values": [exception]},
        "sdk": {"name": "sentry.python.flask", "version": "2.75.0"},
    }


def _line(at: int, topic: str, key: str, value: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"topic": topic, "key": key, "received_at": to_text(at), "value": value}) + b"\n"


def _hours(hours: float) -> int:
    return round(hours * HOUR)
