"""How the sets of the corpus are written: each is a few events, with a letter for the issue that each should be of."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Frame: TypeAlias = dict[str, Any]
NUMBERS = count(1)


@dataclass(frozen=True)
class Set:
    name: str
    source: str
    """The complaint (``sentry#61417``), or the rule of sentry-protocol.md, that it is made from."""
    issues: str
    """A letter for each event: those with the same letter are one issue."""
    events: tuple[Event, ...]


def case(name: str, source: str, issues: str, *events: Event) -> Set:
    assert len(issues) == len(events), name
    return Set(name, source, issues, events)


def frame(place: str, function: str, *, app: bool | None = True, **rest: Any) -> Frame:
    """``place`` is a file; lines differ from frame to frame, as they do from build to build."""
    flag = {} if app is None else {"in_app": app}
    return {"filename": place, "function": function, "lineno": next(NUMBERS) * 7 % 500 + 1, **flag, **rest}


def py(path: str, *, app: bool | None = True, **rest: Any) -> Frame:
    """``shop.cart.total``: module and function of Python."""
    module, _, function = path.rpartition(".")
    return frame(f"{module.replace('.', '/')}.py", function, app=app, module=module, **rest)


def raised(kind: str | None, value: str | None, *frames: Frame, **rest: Any) -> dict[str, Any]:
    """An exception."""
    stack = {"stacktrace": {"frames": list(frames)}} if frames else {}
    return {"type": kind, "value": value, **stack, **rest}


def linked(exception: dict[str, Any], identifier: int, parent: int | None, source: str, **rest: Any) -> dict[str, Any]:
    """The exception as a client that sends ids sends it."""
    mechanism = {"type": "chained", "exception_id": identifier, "source": source, **rest}
    return exception | {"mechanism": mechanism if parent is None else mechanism | {"parent_id": parent}}


def event(platform: str, *exceptions: Mapping[str, Any], **rest: Any) -> Event:
    """An event whose id, time and host are its own. The exceptions: causes first, the raised one last."""
    number = next(NUMBERS)
    around = {
        "event_id": f"{number:032x}",
        "timestamp": 1_790_000_000 + number,
        "platform": platform,
        "release": f"shop@1.{number % 9}.0",
        "server_name": f"web-{number % 5}",
    }
    return around | ({"exception": {"values": list(exceptions)}} if exceptions else {}) | rest


def bundle(url: str, function: str, **rest: Any) -> Frame:
    """A frame of a browser: everything is in-app, and on the first line."""
    return {"filename": url, "function": function, "lineno": 1, "colno": next(NUMBERS) * 131, "in_app": True, **rest}


def java(module: str, function: str, *, app: bool | None = None) -> Frame:
    return frame(f"{module.rpartition('.')[2].partition('$')[0]}.java", function, app=app, module=module)
