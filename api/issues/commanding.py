"""Resolve, reopen, mute: what a person commands about an issue, what follows from it, and that it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.correlation.versions import parse
from api import latest
from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.store.queries import issue_commands
from models.wire.fields import LONGEST_RELEASE

MOST_REASON, MOST_NAME = 2_000, 200
SENTENCES: Mapping[FixedIn, str] = {
    FixedIn.NOW: "An event from {current} or a later release reopens it; one from an older release does not.",
    FixedIn.RELEASE: "An event from {release} or a later release reopens it; one from an older release does not.",
    FixedIn.NEXT: "An event from a release after {current} reopens it; one from {current} or older does not.",
}
WITHOUT_CURRENT: Mapping[FixedIn, str] = {
    FixedIn.NOW: "Any later event reopens it, for no release of this environment is known.",
    FixedIn.NEXT: "An event from a release that comes later reopens it; no release of this environment is known yet.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as it was written."""

    kind: str = ""
    fixed_in: str = ""
    release: str = ""
    reason: str = ""
    by: str = ""

    def wrong(self) -> dict[str, str]:
        """By field, what is wrong with it and what to do."""
        found = {}
        if self.kind not in tuple(CommandKind):
            found["kind"] = "Choose resolve, reopen or mute."
        if self.kind == CommandKind.RESOLVE:
            found |= self._wrong_fix()
        elif self.fixed_in or self.release:
            found["fixed_in"] = "Only what is resolved is fixed somewhere: leave it out."
        found |= wrong_text("reason", self.reason, MOST_REASON, "Say why: who reads the history next year will ask.")
        return found | wrong_text("by", self.by, MOST_NAME, "Say who you are.")

    def _wrong_fix(self) -> dict[str, str]:
        if self.fixed_in not in tuple(FixedIn):
            return {"fixed_in": "Choose where the fix is: now, release or next."}
        if self.fixed_in != FixedIn.RELEASE:
            return {"release": "Name a release only if the fix is in a release."} if self.release else {}
        if not self.release:
            return {"release": "Name the release with the fix, as in shop@1.4.2."}
        if parse(self.release) is None:
            return {"release": f"No release may be called so: at most {LONGEST_RELEASE} characters, without a slash."}
        return {}

    def command(self, connection: Connection, project: str, issue: str, now: int, identifier: str = "") -> IssueCommand:
        """The command that this comes to, as of ``now`` (ms); it must not be `wrong`."""
        kind = CommandKind(self.kind)
        resolves = kind is CommandKind.RESOLVE
        return IssueCommand(
            command=identifier or issue_commands.new_id(now),
            issue=issue,
            kind=kind,
            fixed_in=FixedIn(self.fixed_in) if resolves else None,
            release=self.release.strip() if self.fixed_in == FixedIn.RELEASE else None,
            current=latest.everywhere(connection, project, now) if resolves else {},
            reason=self.reason,
            said_by=self.by,
            at=now,
        )


def consequence(command: IssueCommand, environment: str) -> str:
    """What follows, in a sentence for people."""
    if command.kind is CommandKind.REOPEN:
        return "It is open again, whatever was said before."
    if command.kind is CommandKind.MUTE or command.fixed_in is None:
        return (
            "It goes on counting and verdicts still see it; lists show it after the open ones until someone reopens it."
        )
    current = command.current.get(environment)
    if current is None and command.fixed_in in WITHOUT_CURRENT:
        return WITHOUT_CURRENT[command.fixed_in]
    return SENTENCES[command.fixed_in].format(current=current, release=command.release)


def choices(current: str | None) -> dict[str, str]:
    """What follows from each way of resolving, before one is chosen."""
    told = {FixedIn.NOW: "", FixedIn.RELEASE: "the release that you name", FixedIn.NEXT: ""}
    place = {"": current} if current else {}
    return {
        way.value: consequence(IssueCommand("", "", CommandKind.RESOLVE, way, release, place, "", "", 0), "")
        for way, release in told.items()
    }


def wrong_text(field: str, text: str, most: int, missing: str) -> dict[str, str]:
    """What is wrong with what somebody wrote, by its field; ``missing`` where it is nothing."""
    if not text.strip():
        return {field: missing}
    if len(text) > most or "\x00" in text:
        return {field: f"Write at most {most:,} letters, and no control characters."}
    return {}
