"""A cell: one situation that releases are judged in, as data."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.decisions.generator.adopters import Adopters
from benchmarks.decisions.generator.faults import Fault
from benchmarks.decisions.generator.laws import Range
from benchmarks.decisions.generator.services import Kind
from benchmarks.decisions.generator.telemetry import Telemetry
from benchmarks.decisions.streams import Plan

SEGMENTS = ("web", "android", "ios", "desktop", "tablet")
WATCH_MINUTES = 720
RAMP = ((0, 0.05), (90, 0.10), (210, 0.25), (360, 0.50), (600, 1.0))
"""From which minute on it has which share."""


@dataclass(frozen=True, slots=True)
class Cell:
    name: str
    note: str
    plan: Plan
    kind: Kind
    fault: Fault | None = None
    adopters: Adopters = field(default_factory=Adopters)
    telemetry: Telemetry = field(default_factory=Telemetry)
    incident: Range | None = None
    """Minutes between which a shared incident begins, beside those that come by chance; it may have begun before."""
    harmless: float = 1.0
    """What a healthy release multiplies the rate of hurt users by: real, and less than anybody minds."""

    @property
    def healthy(self) -> bool:
        return self.fault is None


def canary(percent: int, minutes: int = WATCH_MINUTES) -> Plan:
    return Plan("canary", np.full(minutes, percent / 100), SEGMENTS)


def ramp(minutes: int = WATCH_MINUTES) -> Plan:
    begins, shares = zip(*RAMP, strict=True)
    step = np.searchsorted(begins, np.arange(minutes), side="right") - 1
    return Plan("ramp", np.asarray(shares)[step], SEGMENTS)


def replace(minutes: int = WATCH_MINUTES) -> Plan:
    return Plan("replace", np.ones(minutes), SEGMENTS)
