"""What a person says of a decision on its page: it goes the way of every outcome, over the log."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Form, Request

from analytics.reports.words import LABELS
from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.items import Taken
from api.rest import messages
from api.rest.asking import Asked
from api.rest.bodies import Part

MOST_REASON, MOST_NAME = 2_000, 200
Written: TypeAlias = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Said:
    label: str
    reason: str
    by: str

    def wrong(self) -> dict[str, str]:
        """By field, what is wrong with it and what to do."""
        found = {}
        if self.label not in LABELS:
            found["label"] = "Choose what it was."
        if not self.reason:
            found["reason"] = "Say why: who reads the record next year will ask."
        elif len(self.reason) > MOST_REASON or "\x00" in self.reason:
            found["reason"] = f"Write at most {MOST_REASON:,} letters, and no control characters."
        if not self.by:
            found["by"] = "Say who you are."
        elif len(self.by) > MOST_NAME or "\x00" in self.by:
            found["by"] = f"Write at most {MOST_NAME} letters, and no control characters."
        return found


def said(label: Written = "", reason: Written = "", by: Written = "") -> Said:
    """The form as it was sent."""
    return Said(label, reason.strip(), by.strip())


async def append(request: Request, asked: Asked, decision: str, said: Said) -> None:
    """Returns once the log or its spool has it; raises `LogUnavailable`."""
    kind = messages.KINDS["outcomes"]
    now = asked.services.clock.now()
    context = Context(
        ProjectKeys(asked.project, frozenset(), asked.identity_key),
        request.client.host if request.client else None,
        now,
    )
    value = {"decision": decision, "label": said.label, "reason": said.reason, "by": said.by}
    record = messages.to_record(messages.read(Part(value, "", "$"), kind, context), kind, now)
    await asked.services.intake.keep(asked.project, [Taken(kind.category, record)])
