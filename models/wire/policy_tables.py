"""The tables of a policy: signals, limits and critical services, with errors that name the place and the fix."""

import re
from collections.abc import Mapping
from typing import Any

from models.domain.policy import MODES, Consequence, Limit, Quantity, Signal, SignalPolicy
from models.domain.verdict import Mode
from models.wire import toml
from models.wire.toml import BadDocument

FALSE_ROLLBACKS = (0.001, 200.0)
MARGIN = (0.001, 1.0)
WEIGHT = (0.01, 100.0)
SHARE = (0.0, 1.0)
MOST_HURT = (0.0, 1e9)
LONGEST_LIMIT = 60
"""Minutes: a limit is a tripwire, and each look reads as many minutes of each release; the bake is the long watch."""
MOST_LIMITS = 20
MOST_SERVICES = 100

SIGNAL_KEYS: Mapping[Signal, tuple[str, ...]] = {
    Signal.USERS: ("mode", "margin", "weight"),
    Signal.NEW_ISSUES: ("mode", "weight"),
}
LIMIT_KEYS = ("signal", "at_least", "at_most", "over", "verdict")
SERVICE_KEYS = ("critical", "false_rollbacks_per_1000")
PACKAGE = re.compile(r"@?[^@\s]{1,200}")

NOT_YET: Mapping[str, str] = {
    "segments": "segments are counted, and not judged apart yet",
    "signals.errors": "handled errors are not judged on yet",
    "signals.regressed_issues": "issues that came back are not judged on yet",
    "signals.feedback": "feedback is not judged on yet",
    "signals.latency": "latency is not judged on yet",
    "signals.new_issues.margin": "a new issue has no rate of a baseline to exceed by a margin",
    **{f"signals.{signal}.segments": "segments are counted, and not judged apart yet" for signal in Signal},
}
"""What would change nothing: better refused than thought to be in force."""


def not_yet(told: Mapping[str, Any], place: str) -> None:
    """Raise `BadDocument` for a key that has a meaning, but not in this version."""
    for key in told:
        if why := NOT_YET.get(f"{place}{key}"):
            message = f"{place}{key}: {why}; leave it out"
            raise BadDocument(message)


def signals(value: object, most: Mode) -> dict[Signal, SignalPolicy]:
    """``[signals.NAME]``; ``most``: the mode of the policy."""
    tables = toml.table(value, "signals", "[signals.crash_free_users] and under it mode, margin or weight")
    not_yet(tables, "signals.")
    toml.know(tables, list(Signal), "signals.")
    found = {Signal(name): _signal(Signal(name), table, most) for name, table in tables.items()}
    if found and all(found.get(signal, SignalPolicy()).mode is Mode.OBSERVE for signal in Signal):
        message = 'signals: no signal is left to judge by; to watch without deciding, write mode = "observe" at the top'
        raise BadDocument(message)
    return found


def _signal(signal: Signal, value: object, most: Mode) -> SignalPolicy:
    place, keys = f"signals.{signal}", SIGNAL_KEYS[signal]
    told = toml.table(value, place, f"[{place}] and under it {', '.join(keys)}")
    not_yet(told, f"{place}.")
    toml.know(told, keys, f"{place}.")
    return SignalPolicy(
        mode=_mode(told["mode"], f"{place}.mode", most) if "mode" in told else None,
        margin=toml.number(told["margin"], f"{place}.margin", MARGIN, 0.05) if "margin" in told else None,
        weight=toml.number(told["weight"], f"{place}.weight", WEIGHT, 0.5) if "weight" in told else None,
    )


def _mode(value: object, place: str, most: Mode) -> Mode:
    mode = toml.choice(value, place, "mode", Mode)
    if MODES.index(mode) <= MODES.index(most):
        return mode
    message = f"{place}: {mode!s} is more than the policy's own mode, {most!s}; write at most that, or raise mode"
    raise BadDocument(message)


def limits(value: object) -> tuple[Limit, ...]:
    """``[[limits]]``."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        message = "limits: not a list of tables; write [[limits]] and under it signal, at_least or at_most, and over"
        raise BadDocument(message)
    if len(value) > MOST_LIMITS:
        message = f"limits: {len(value)} of them; write at most {MOST_LIMITS}"
        raise BadDocument(message)
    return tuple(_limit(one, f"limits[{number}].") for number, one in enumerate(value))


def _limit(told: Mapping[str, Any], place: str) -> Limit:
    toml.know(told, LIMIT_KEYS, place)
    quantity = toml.choice(told.get("signal"), f"{place}signal", "signal with a limit", Quantity)
    consequence = told.get("verdict", Consequence.HOLD.value)
    return Limit(
        quantity=quantity,
        bound=_bound(told, place, quantity),
        minutes=_over(told.get("over"), f"{place}over"),
        consequence=toml.choice(consequence, f"{place}verdict", "verdict of a limit", Consequence),
    )


def _bound(told: Mapping[str, Any], place: str, quantity: Quantity) -> float:
    """Each quantity is bad on one side only, so that a limit on the other side can only be a slip."""
    bound, other = ("at_least", "at_most") if Limit(quantity, 0.0, 1).is_least else ("at_most", "at_least")
    if other in told or bound not in told:
        message = f"{place}{other if other in told else bound}: {quantity} has one limit, {bound}; write {bound} = …"
        raise BadDocument(message)
    if quantity is Quantity.HURT:
        return toml.number(told[bound], f"{place}{bound}", MOST_HURT, 20)
    return toml.number(told[bound], f"{place}{bound}", SHARE, 0.99 if bound == "at_least" else 0.02)


def _over(value: object, place: str) -> int:
    minutes = toml.minutes(value)
    if minutes is not None and minutes <= LONGEST_LIMIT:
        return minutes
    message = f'{place}: {value!r} is no time up to {LONGEST_LIMIT} minutes, such as "10m"'
    raise BadDocument(message)


def services(value: object) -> dict[str, float]:
    """``[services.PACKAGE]``: the budget of each critical service."""
    tables = toml.table(value, "services", "[services.PACKAGE] and under it critical and false_rollbacks_per_1000")
    if len(tables) > MOST_SERVICES:
        message = f"services: {len(tables)} of them; write at most {MOST_SERVICES}"
        raise BadDocument(message)
    return {name: _service(name, table) for name, table in tables.items()}


def _service(name: str, value: object) -> float:
    place = f"services.{name}"
    if not PACKAGE.fullmatch(name):
        message = f"{place}: no package; write the text before the @ of its releases, as in shop@1.4.2"
        raise BadDocument(message)
    told = toml.table(value, place, f"[{place}] and under it {' and '.join(SERVICE_KEYS)}")
    toml.know(told, SERVICE_KEYS, f"{place}.")
    if told.get("critical") is not True:
        message = f"{place}.critical: write critical = true; a service that is not has the budget of the policy"
        raise BadDocument(message)
    if "false_rollbacks_per_1000" not in told:
        message = f"{place}.false_rollbacks_per_1000: missing; a critical service has an error budget of its own"
        raise BadDocument(message)
    return toml.number(told["false_rollbacks_per_1000"], f"{place}.false_rollbacks_per_1000", FALSE_ROLLBACKS, 2.5)
