"""Policies as a client command meets them: in files, and as the server shows the one in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.domain.policy import Policy
from models.wire.policy import MASK, parse_policy, with_secret
from models.wire.toml import BadDocument
from seatrial.failures import ExitCode, Failure

STAND_IN = "whsec_" + "A" * 32
"""For a secret that is left out or masked: a policy is understood without it."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    text: str
    policy: Policy
    keeps_secret: bool
    """Whether it leaves the webhook's secret to the policy in force, which only the server knows."""


def read(file: Path) -> PolicyFile:
    """Raises `Failure`, with the place and the fix of what is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error}"
        raise Failure(message) from None
    whole = with_secret(text, STAND_IN)
    try:
        return PolicyFile(text, parse_policy(whole), keeps_secret=whole != text)
    except BadDocument as error:
        message = f"{file}: {error}"
        raise Failure(message, ExitCode.BAD_USAGE) from None


def in_force(shown: Mapping[str, Any]) -> Policy:
    """The policy that the server shows, whose webhook has a secret of no meaning."""
    try:
        policy = parse_policy((shown["document"] or "").replace(MASK, STAND_IN))
    except BadDocument as error:
        message = f"the policy in force is one that this version does not understand ({error}): upgrade `seatrial` here"
        raise Failure(message) from None
    return replace(policy, version=int(shown["version"]))
