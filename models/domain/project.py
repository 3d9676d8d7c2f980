"""What a project asks of intake and of the fold: data, versioned, and applied from one TOML document."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scrubbing:
    """What is taken out before the log beside the default rules, and what is left in.

    Names are matched whole, whatever their case; ``*`` stands for any characters.
    """

    fields: tuple[str, ...] = ()
    """Names of fields whose values are taken out too."""
    keep: tuple[str, ...] = ()
    """Names of fields whose values are left in, although a rule of names would take them out."""
    addresses: bool = False
    """Whether network addresses are taken out wherever they stand, not only in the fields that name a user."""


@dataclass(frozen=True, slots=True)
class FingerprintRule:
    """The fingerprint of events that match; the first rule whose conditions all hold wins over the client's own."""

    match: tuple[tuple[str, str], ...]
    """Attribute (``type``, ``value``, ``message``, ``function``, ``module``, ``path``, ``level``, ``logger``,
    ``transaction``, ``tags.NAME``) and pattern, in which ``*`` stands for any characters."""
    fingerprint: tuple[str, ...]
    """Texts and variables, such as ``{{ default }}`` and ``{{ tags.tenant }}``."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One way to count sessions apart: by ``os``, ``device`` or ``country``, or by an attribute of sessions."""

    name: str
    values: tuple[str, ...] = ()
    """The values of an attribute that are counted apart; every other one is ``other``. Of the first three, none."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """One version of a project's settings. The defaults are those of a project that never applied any."""

    version: int = 0
    scrubbing: Scrubbing = Scrubbing()
    fingerprints: tuple[FingerprintRule, ...] = ()
    segments: tuple[Segment, ...] = ()
    """By what sessions are counted apart."""
    quotas: Mapping[str, int] = field(default_factory=dict)
    """By category of the ledger, how many items a minute are taken; what it leaves out has no quota."""


@dataclass(frozen=True, slots=True)
class Project:
    """What the fold needs of a project."""

    identity_key: bytes
    settings: ProjectSettings = ProjectSettings()
