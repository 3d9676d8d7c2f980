"""The tree of what contributed to an event's key and what did not, with the reason for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.grouping.v2 import chains, faults, frames, recursion
from analytics.grouping.v2.faults import Fault
from analytics.grouping.v2.fingerprints import is_default
from analytics.grouping.v2.ladder import BY_STACK, Grouping
from analytics.grouping.v2.names import clean_type
from analytics.grouping.v2.parameters import MARK, parameterise
from analytics.grouping.v2.shapes import Json, frames_beside, template, text

SHOWN_FRAMES = 30
"""Of a stack, from the one that failed."""
SHOWN_VALUE = 300
RUNGS = {
    "fingerprint": "an explicit fingerprint",
    "recursion": "the circle of a recursion that used up the stack",
    "in-app frame": "the application's frame nearest to the failure",
    "all frames": "all frames, since none is known to be the application's",
    "type and value": "type and message, since no stack can decide",
    "message": "the message without what differs from event to event",
    "fallback": "level, logger and transaction, since there is nothing else",
}
"""By the first part of a key, what decided, in words."""
DETAILS = {
    "value": "the frame is a wrapper's: what it says tells the causes behind it apart",
    "code": "a code in the message names the kind of the fault",
    "name": "the message names a part of the program",
    "source": "the statement raises it itself: a function may for several reasons",
}
"""Why something contributes beside the frame."""
GIVERS = {
    "rule": "a rule of the project gives it",
    "checksum": "the client sent a checksum",
    "client": "the client sent it",
}


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an event. Of the leaves, those that contribute are the parts of the key."""

    component: str
    value: str = ""
    contributes: bool = False
    hint: str = ""
    children: tuple["Component", ...] = ()


def explain(grouping: Grouping) -> Component:
    """The first child says what decided; the rest is in the order in which it was looked at."""
    default = tuple(_default(grouping))
    if grouping.by:
        prints = _fingerprint(grouping, default)
        return Component("event", RUNGS["fingerprint"], contributes=True, children=prints)
    return Component("event", RUNGS[grouping.parts[0]], contributes=True, children=default)


def saying(grouping: Grouping) -> str:
    """What an event says without what differs from event to event: each cause's type and message."""
    causes = dict.fromkeys(
        ": ".join(filter(None, (one.kind, faults.said(one.value, grouping.platform)))) for one in grouping.faults
    )
    return " / ".join(causes) or parameterise(template(grouping.event)) or "nothing"


def leaves(component: Component) -> Iterator[Component]:
    """Those without children, in order."""
    if not component.children:
        yield component
    for child in component.children:
        yield from leaves(child)


def document(component: Component) -> dict[str, object]:
    """As JSON has it; what is empty is left out."""
    told: dict[str, object] = {"component": component.component, "contributes": component.contributes}
    told |= {name: value for name in ("value", "hint") if (value := getattr(component, name))}
    return told | ({"children": [document(child) for child in component.children]} if component.children else {})


def _fingerprint(grouping: Grouping, default: tuple[Component, ...]) -> tuple[Component, ...]:
    hint = GIVERS[grouping.by]
    told = [
        Component("default", "", contributes=True, hint=hint, children=default)
        if is_default(part)
        else Component("fingerprint", part, contributes=True, hint=hint)
        for part in grouping.fingerprint
    ]
    if any(is_default(part) for part in grouping.fingerprint):
        return tuple(told)
    beside = Component("default", hint="the fingerprint is explicit", children=tuple(_silent(one) for one in default))
    return *told, beside


def _silent(component: Component) -> Component:
    children = tuple(_silent(child) for child in component.children)
    return Component(component.component, component.value, contributes=False, hint=component.hint, children=children)


def _default(grouping: Grouping) -> Iterator[Component]:
    event, platform = grouping.event, grouping.platform
    seen: set[faults.Parts] = set()
    for cause, fault in zip(chains.causes(event, platform), grouping.faults, strict=True):
        for outer in reversed(cause.chain[1:]):
            yield _exception(outer, "raised from the next: the cause decides")
        counts = any(fault.parts[1:]) and fault.parts not in seen
        told = _cause(cause.exception, fault, platform)
        yield told if counts else _silent(told)
        seen.add(fault.parts)
    if any(any(fault.parts[1:]) for fault in grouping.faults):
        return
    if message := template(event):
        yield _text("message", parameterise(message))
    elif stack := frames_beside(event):
        yield Component("stack", contributes=True, children=tuple(_every(stack, platform)))
    if grouping.default[0] == "fallback":
        names = ("level", "logger", "transaction")
        yield from (Component(n, part, contributes=True) for n, part in zip(names, grouping.default[1:], strict=True))


def _exception(exception: Json, hint: str) -> Component:
    kind, value = text(exception.get("type")), text(exception.get("value"))
    return Component("exception", ": ".join(part for part in (kind, value[:SHOWN_VALUE]) if part), hint=hint)


def _cause(exception: Json, fault: Fault, platform: str) -> Component:
    raw = text(exception.get("type"))
    told = []
    if fault.rung not in {"recursion", "message"}:
        hint = (
            ""
            if fault.kind == raw
            else "made by the client"
            if clean_type(platform, raw)
            else "says nothing of the cause"
        )
        told.append(Component("type", fault.kind or raw, contributes=bool(fault.kind), hint=hint if raw else ""))
    if fault.stack:
        stack = tuple(_stack(fault, platform))
        told.append(Component("stack", contributes=fault.rung in BY_STACK, children=stack))
    told += [Component(name, said, contributes=True, hint=DETAILS[name]) for name, said in fault.details]
    if fault.rung in {"type and value", "message"}:
        name = "value" if fault.rung == "type and value" else "message"
        told.append(_text(name, faults.said(fault.value, platform)))
    elif fault.value and not any(name == "value" for name, _ in fault.details):
        told.append(Component("value", fault.value[:SHOWN_VALUE], hint="the stack is enough"))
    return Component("exception", raw, contributes=True, children=tuple(told))


def _text(name: str, parameterised: str) -> Component:
    hint = f"ids, hosts, times and numbers are left out ({MARK})" if MARK in parameterised else ""
    return Component(name, parameterised, contributes=True, hint=hint)


def _stack(fault: Fault, platform: str) -> Iterator[Component]:
    """The frame that failed first."""
    if fault.rung == "all frames":
        yield from _every(fault.stack, platform)
        return
    circle = set(fault.parts[1:]) if fault.rung == "recursion" else set()
    decides = fault.decides
    for raw in reversed(fault.stack[-SHOWN_FRAMES:] if not circle else fault.stack):
        frame = frames.read(raw, platform)
        if raw is decides:
            decides = None
            yield Component("frame", frame.text, contributes=True, hint="the application's, nearest to the failure")
        elif frame.text in circle:
            circle.remove(frame.text)
            yield Component("frame", frame.text, contributes=True, hint="called again and again")
        else:
            yield Component("frame", frame.text or "?", hint=_why_not(frame, fault))


def _why_not(frame: frames.Frame, fault: Fault) -> str:
    if frame.use in {"left out", "unreadable"}:
        return frame.hint
    if not frame.in_app:
        return "outside of the application"
    if fault.rung == "in-app frame":
        return frame.hint or "the way to the failure does not matter"
    return frame.hint or "its stack does not decide"


def _every(stack: Sequence[Json], platform: str) -> Iterator[Component]:
    """The frames of the rung "all frames", the one that failed first."""
    read = frames.read_all(stack[-faults.MOST_FRAMES :], platform)
    counted = [place for place, frame in enumerate(read) if faults.counts(frame)]
    kept = {counted[place] for place in recursion.collapse([read[place].text for place in counted])}
    for place in reversed(range(len(read))):
        frame = read[place]
        hint = "" if place in kept else frame.hint if place not in counted else "a recursion counts once"
        yield Component("frame", frame.text or "?", contributes=place in kept, hint=hint)
