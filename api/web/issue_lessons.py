"""What people may teach of an issue on its page: which parts can be split off it, and a form that was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.grouping import Why
from models.store.queries.teaching import DECIDING

KEY, OF_ISSUE = "key:", "issue:"
"""What stands before the id of a part in the form."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A form as it was sent."""

    what: str = ""
    """The issue that stays; or the part to split off."""
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    form: str = ""
    """``merge`` or ``split``; empty where nothing was."""
    told: Lesson = Lesson()
    wrong: Mapping[str, str] = field(default_factory=dict)
    """By field, what is wrong with it and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    value: str
    name: str
    is_key: bool


def parts_of(why: Why) -> list[Part]:
    """The issues that were merged into it; then its keys, of which one must stay."""
    merged = [Part(OF_ISSUE + issue, name or issue[:8], is_key=False) for issue, name in why.merged]
    keys = [Part(KEY + one.key, one.key[:8], is_key=True) for one in why.keys if one.kind in DECIDING]
    return merged + (keys if len(keys) > 1 else [])


def note(why: Why, merged: str | None, split: str | None) -> str | None:
    """What holds, for who comes here from a merged issue or from one of the forms."""
    gone = next((name or issue[:8] for issue, name in why.merged if merged in (issue, name) and merged), None)
    if gone:
        return f"{gone} was merged into this issue: what both did is shown here, each user once."
    if split == "issue":
        return "The issue that was split off stands for itself again, with all that was counted for it."
    if split == "key":
        return "Events of the key that was split off are an issue of their own, which is listed with the first of them."
    return None
