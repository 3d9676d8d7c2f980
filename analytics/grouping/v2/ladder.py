"""The ladder, the first rung that contributes, and the keys that follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

from analytics.grouping import v1
from analytics.grouping.v2 import chains, faults, fingerprints, frames, platforms
from analytics.grouping.v2.faults import Fault, Parts
from analytics.grouping.v2.parameters import parameterise
from analytics.grouping.v2.shapes import Json, frames_beside, template, text
from models.domain.project import FingerprintRule

VERSION = "grouping/v2"
Kind: TypeAlias = Literal["primary", "message alone", "stack", "stack and value", "value", "claim", "grouping/v1"]
"""What an issue knows its events by.

- ``primary``: the first rung that contributed.
- ``message alone``: as primary, where no stack could decide; the first issue that has a stack for it takes it over.
- ``stack``, ``stack and value``: the whole stack, whatever the client says of who owns its frames.
- ``value``: type and message of an issue that has a stack, for the events that have none.
- ``claim``: that a stack was found for what was known by its message alone.
- ``grouping/v1``: the key of the version before.
"""

BY_STACK = frozenset({"recursion", "in-app frame", "all frames"})


@dataclass(frozen=True, slots=True)
class Key:
    kind: Kind
    value: str
    """32 hexadecimal characters."""


@dataclass(frozen=True)
class Grouping:
    """Of one event. The keys beside the primary are made when they are asked for: most events need none."""

    event: Json
    by: str
    """Who gave a fingerprint, ``rule``, ``checksum`` or ``client``; empty if nobody did, or only the default."""
    fingerprint: Parts
    faults: tuple[Fault, ...]
    default: Parts
    platform: str
    version: str = VERSION

    @cached_property
    def parts(self) -> Parts:
        """What contributes, in order; the first names the rung."""
        return self._salted(self.default)

    @cached_property
    def primary(self) -> Key:
        rung = self.parts[0]
        alone = not self.by and len(self.faults) == 1 and rung == "type and value"
        return Key("message alone" if alone else "primary", digest(self.parts))

    @property
    def is_known_by_stack(self) -> bool:
        return bool(self.faults) and all(fault.rung in BY_STACK for fault in self.faults)

    @cached_property
    def others(self) -> tuple[Key, ...]:
        """The keys by which it may be known beside the primary, the surest first."""
        if not self.is_known_by_stack or not self._has_default:
            return ()
        stacks = [faults.stack_parts(fault, self.platform) for fault in self.faults]
        values = [faults.said(fault.value, self.platform) for fault in self.faults]
        whole = tuple(part for stack in stacks for part in stack)
        keys = [Key("stack and value", digest(self._salted((*whole, *values))))]
        if not any(fault.details for fault in self.faults):
            keys.insert(0, Key("stack", digest(self._salted(whole))))
        return tuple(key for key in keys if key.value != self.primary.value)

    @cached_property
    def value(self) -> Key | None:
        """Type and message alone, of an event whose stack decided; None where they say too little."""
        if not self.is_known_by_stack or self.by or len(self.faults) > 1:
            return None
        told = faults.value_parts(self.faults[0].kind, self.faults[0].value, self.platform)
        return Key("value", digest(told)) if told else None

    @cached_property
    def claim(self) -> Key | None:
        return Key("claim", digest(("claim", self.value.value))) if self.value else None

    @property
    def _has_default(self) -> bool:
        return not self.by or any(fingerprints.is_default(part) for part in self.fingerprint)

    def _salted(self, default: Parts) -> Parts:
        if not self.by:
            return default
        parts = [
            inner for part in self.fingerprint for inner in (default if fingerprints.is_default(part) else (part,))
        ]
        return "fingerprint", *parts

    @property
    def key(self) -> str:
        return "\n".join(self.parts)

    @property
    def title(self) -> str:
        return v1.title(self.event)

    @property
    def level(self) -> str:
        return text(self.event.get("level")) or "error"

    @property
    def culprit(self) -> str | None:
        """Where it happened, for people."""
        for fault in self.faults:
            if fault.decides is not None:
                return frames.read(fault.decides, self.platform).text
        return v1.culprit(self.event)


def group(event: Mapping[str, Any], rules: Sequence[FingerprintRule] = ()) -> Grouping:
    """The grouping of a Sentry event of any shape under a project's rules; never raises."""
    platform = platforms.of_event(event)
    by, fingerprint = fingerprints.given(event, rules)
    if fingerprints.is_all_default(fingerprint):
        by, fingerprint = "", ()
    beside = frames_beside(event)
    found = tuple(faults.read(cause, beside, platform) for cause in chains.causes(event, platform))
    return Grouping(event, by, fingerprint, found, _default(event, found), platform)


def _default(event: Json, found: Sequence[Fault]) -> Parts:
    telling = {fault.parts: None for fault in found if any(fault.parts[1:])}
    if len(telling) == 1:
        return next(iter(telling))
    if telling:
        return tuple(part for parts in sorted(telling) for part in parts)
    if message := template(event):
        return "message", parameterise(message)
    if (stack := frames_beside(event)) and (every := faults.all_frames(stack, platforms.of_event(event))):
        return "all frames", "", *every
    names = (event.get("level"), event.get("logger"), event.get("transaction") or event.get("culprit"))
    return "fallback", *(text(name) for name in names)


def digest(parts: Sequence[str]) -> str:
    """32 hexadecimal characters of a key's parts."""
    return blake2b("\x1f".join((VERSION, *parts)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def issue_id(project: str, key: str) -> str:
    """The id of the issue that a primary key makes: the same wherever it is made."""
    return blake2b(f"{project}\n{key}".encode("utf-8", "replace"), digest_size=16).hexdigest()
