"""Themes: feedback that says the same thing, counted, and named in a member's own words.

The same feedback gives the same themes, whatever its order. A theme keeps its id while most of its members stay
together, so that a link to it outlives the next message.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from analytics.feedback.clusters import SMALLEST, clusters
from analytics.feedback.words import Bag, bag

NEWEST = 2_000
"""Messages that are looked at, the newest: time and memory grow with the square. 2,000 short ones, all different, take
0.3 s and 100 MB, and 1 s if all are long; the evaluator's clock must not wait."""
NAME = 80
"""Characters of a name, before an ellipsis."""


@dataclass(frozen=True, slots=True)
class Said:
    feedback: str
    message: str
    at: int = 0
    """ms; tells the newest."""


@dataclass(frozen=True, slots=True)
class Theme:
    theme: str
    name: str
    members: tuple[str, ...]
    """Ids of feedback, sorted."""


@dataclass(frozen=True, slots=True)
class _Found:
    members: tuple[str, ...]
    name: str


def themes(said: Sequence[Said], before: Sequence[Theme] = ()) -> list[Theme]:
    """The largest first. ``before``: the themes of the run before, whose ids and names are kept where they still hold.

    One id counts once. Messages without a word (emoji alone) are in no theme. Only the `NEWEST` messages are members.
    """
    messages = _newest(said)
    found = _found(messages)
    kept = _continued(found, before, messages)
    named = [_theme(one, kept.get(one.members), messages) for one in found]
    return sorted(_unique(named, kept), key=lambda theme: (-len(theme.members), theme.theme))


def _newest(said: Sequence[Said]) -> dict[str, str]:
    """Message by id, sorted by id."""
    in_time = sorted(set(said), key=lambda one: (one.at, one.feedback, one.message))
    by_id = {one.feedback: one for one in in_time}
    newest = sorted(by_id.values(), key=lambda one: (one.at, one.feedback))[-NEWEST:]
    return {one.feedback: one.message for one in sorted(newest, key=lambda one: one.feedback)}


def _found(messages: Mapping[str, str]) -> list[_Found]:
    sayers: dict[Bag, list[str]] = defaultdict(list)
    for feedback, message in messages.items():
        if wording := bag(message):
            sayers[wording].append(feedback)
    wordings = sorted(sayers)
    grouped = [one.wordings for one in clusters(wordings, [len(sayers[wording]) for wording in wordings])]
    clustered = {index for group in grouped for index in group}
    alone = [(index,) for index in range(len(wordings)) if index not in clustered]  # all their sayers say it in one way
    found = []
    for group in (*grouped, *alone):
        members = sorted(feedback for index in group for feedback in sayers[wordings[index]])
        if len(members) >= SMALLEST:
            found.append(_Found(tuple(members), _name(messages[sayers[wordings[group[0]]][0]])))
    return found


def _name(message: str) -> str:
    words = " ".join(message.split())
    if len(words) <= NAME:
        return words
    cut = words[:NAME].rpartition(" ")[0]
    return f"{cut if len(cut) > NAME // 2 else words[:NAME]}…"


def _continued(
    found: Sequence[_Found], before: Sequence[Theme], messages: Mapping[str, str]
) -> dict[tuple[str, ...], Theme]:
    """By members, the theme that they were before: it shares most of what it still has, or most of what they are.

    Where a theme fell apart, or two became one, those that share most stay together.
    """
    pairs = []
    for old in before:
        present = {feedback for feedback in old.members if feedback in messages}
        for new in found:
            shared = len(present.intersection(new.members))
            if 2 * shared > min(len(present), len(new.members)):
                pairs.append((-shared, old.theme, new.members, old))
    kept: dict[tuple[str, ...], Theme] = {}
    taken: set[str] = set()
    for _, name, members, old in sorted(pairs, key=lambda pair: pair[:3]):
        if members not in kept and name not in taken:
            kept[members] = old
            taken.add(name)
    return kept


def _theme(found: _Found, old: Theme | None, messages: Mapping[str, str]) -> Theme:
    if old is None:
        return Theme("", found.name, found.members)
    still_said = any(_name(messages[feedback]) == old.name for feedback in found.members)
    return Theme(old.theme, old.name if still_said else found.name, found.members)


def _unique(named: Sequence[Theme], kept: Mapping[tuple[str, ...], Theme]) -> list[Theme]:
    """With ids for those that have none."""
    taken = {old.theme for old in kept.values()}
    return [one if one.theme else Theme(_id(one.members, taken), one.name, one.members) for one in named]


def _id(members: tuple[str, ...], taken: Collection[str]) -> str:
    """16 hexadecimal characters, from the members; from more, where a theme that grew has that id."""
    told = "\n".join(members)
    while (found := blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()) in taken:
        told = f"{told}\n{found}"
    return found
