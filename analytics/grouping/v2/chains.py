"""Which of an event's exceptions are causes: the innermost of a chain, and each kind of a group's members.

An exception names what it was raised from by ``mechanism.parent_id`` (its children are its causes, or its members); a
client that sends no ids sends the chain in order, the one that was raised last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.grouping.v2 import platforms
from analytics.grouping.v2.platforms import OTHER, PYTHON
from analytics.grouping.v2.shapes import Json, exceptions, frames, mechanism, text
from analytics.grouping.v2.wrappers import is_for_passing_on

MOST = 10
"""Causes of one event that count."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that went wrong: an exception, and those that were raised from it, outwards."""

    chain: tuple[Json, ...]
    """The cause itself first."""

    @property
    def exception(self) -> Json:
        return self.chain[0]


def causes(event: Json, platform: str) -> list[Cause]:
    """Empty where the event has no exception."""
    found = [one for one in exceptions(event) if _tells(one)]
    if not found:
        return []
    if len(found) == 1:
        return [Cause((found[0],))]
    children = _children(found)
    if children is None:
        return _of_line(found, platform)
    return _of_tree(found, children)[:MOST]


def inside_out(event: Json) -> list[Json]:
    """Every exception once: each cause, the one that decides first, and after it those that were raised from it."""
    chained = (one for cause in causes(event, platforms.of_event(event)) for one in cause.chain)
    return list({id(one): one for one in chained}.values())


def _tells(exception: Json) -> bool:
    return bool(text(exception.get("type")) or text(exception.get("value")) or frames(exception))


def _of_line(found: Sequence[Json], platform: str) -> list[Cause]:
    """From the raised exception inwards, as long as each was raised because of the next."""
    parts: list[list[Json]] = [[found[-1]]]
    for outer, inner in zip(reversed(found), reversed(found[:-1]), strict=False):
        if _is_raised_from(outer, inner, platform):
            parts[-1].insert(0, inner)
        else:
            parts.append([inner])
    return [Cause(tuple(part)) for part in parts[:MOST]]


def _is_raised_from(outer: Json, inner: Json, platform: str) -> bool:
    """Whether the one was raised because of the other, rather than by chance while the other was handled.

    Only Python links both kinds, and does not tell which. Who handles a failure has called what failed, so that
    function is on both stacks. Where it raised itself, it passed the failure on; where it called what raised, that is a
    failure of its own.
    """
    source = mechanism(outer).get("source") or mechanism(inner).get("source")
    if source == "__cause__" or platform not in {PYTHON, OTHER}:
        return True
    ours = [_function(frame) for frame in frames(outer)]
    shared = {_function(frame) for frame in frames(inner)}.intersection(ours)
    return not shared or ours[-1] in shared or is_for_passing_on(ours[-1][1])


def _function(frame: Json) -> tuple[str, str]:
    return text(frame.get("module")) or text(frame.get("filename")), text(frame.get("function"))


def _children(found: Sequence[Json]) -> dict[int, list[int]] | None:
    """By place in the list, the places of what each was raised from; None where no ids tell it."""
    places: dict[object, int] = {}
    for place, one in enumerate(found):
        identifier = mechanism(one).get("exception_id")
        if isinstance(identifier, int) and not isinstance(identifier, bool):
            places.setdefault(identifier, place)
    if len(places) < len(found):
        return None
    children: dict[int, list[int]] = {place: [] for place in range(len(found))}
    for place, one in enumerate(found):
        parent = mechanism(one).get("parent_id")
        of = places.get(parent) if isinstance(parent, int) else None
        if of is not None and of != place:
            children[of].append(place)
    return children if any(children.values()) else None


def _of_tree(found: Sequence[Json], children: dict[int, list[int]]) -> list[Cause]:
    """The leaves that are reached from the raised exception, the last; a tree that is none is walked once."""
    leaves: list[Cause] = []
    walked: set[int] = set()

    def walk(place: int, outwards: tuple[Json, ...]) -> None:
        if place in walked:
            return
        walked.add(place)
        chain = (found[place], *outwards)
        inner = [child for child in children[place] if child not in walked]
        if not mechanism(found[place]).get("is_exception_group"):
            inner = inner[:1] if not any(_is_member(found[child]) for child in inner) else inner
        if not inner:
            leaves.append(Cause(chain))
        for child in inner:
            walk(child, chain)

    roots = set(children) - {child for every in children.values() for child in every}
    walk(max(roots, default=len(found) - 1), ())
    return leaves


def _is_member(exception: Json) -> bool:
    """Whether it is one of a group, ``errors[0]`` or ``exceptions[0]``, not what its parent was raised from."""
    return "[" in text(mechanism(exception).get("source"))
