"""One frame: what it contributes to a key, whose code it is, and whether it may decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from analytics.grouping.v2 import files, names, owners, platforms
from analytics.grouping.v2.platforms import JAVA, JAVASCRIPT, NATIVE, PYTHON
from analytics.grouping.v2.shapes import Json, text

Use: TypeAlias = Literal["named", "anonymous", "unreadable", "left out"]
"""An anonymous frame has no name; an unreadable one has a name that another build does not have."""

REMEMBERED = 16_384
"""Frames whose names were cleaned already; at about 500 bytes each the memory of them stays below 10 MB."""
LONGEST = 300
LONGEST_LINE = 120
"""A line of source that is longer was put together by a bundler."""
GLUE = re.compile(
    r"\$\$Lambda|\$\$ExternalSynthetic|\$Proxy\d|GeneratedMethodAccessor|GeneratedConstructorAccessor|FastClass|MethodAccessorImpl|"
    r"LambdaForm|^jdk\.internal\.reflect|^sun\.reflect"
)
"""What the virtual machine puts between two functions, differently from run to run."""
COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Frames of their own up to Python 3.11."""
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Frame:
    place: str
    """Module, else file; empty where neither tells anything."""
    function: str
    """Empty where it has no name."""
    in_app: bool
    use: Use
    hint: str = ""
    """Why it does not decide as it is."""
    line: str = ""
    """Its source, where an anonymous function is known by nothing else."""

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.place, self.function or self.line) if part)


def read(raw: Json, platform: str) -> Frame:
    """``platform`` is that of the event."""
    own = raw.get("platform")
    flag = raw.get("in_app")
    filename, address = text(raw.get("filename")), text(raw.get("abs_path"))
    frame = _read(
        own.lower() if isinstance(own, str) and own else platform,
        text(raw.get("module")),
        text(raw.get("function")),
        filename or address,
        address or filename,
        text(raw.get("package")),
        flag=flag if isinstance(flag, bool) else None,
    )
    if frame.use == "anonymous" and frame.place:
        return _with_line(frame, text(raw.get("context_line")))
    return frame


def read_all(raw: Sequence[Json], platform: str) -> list[Frame]:
    return [read(frame, platform) for frame in raw]


def innermost(raw: Sequence[Json], platform: str) -> Iterator[Frame]:
    """The frames that count, from the one that failed outwards; read one by one, since the first often decides."""
    for frame in reversed(raw):
        found = read(frame, platform)
        if found.use != "left out":
            yield found


@lru_cache(REMEMBERED)
def _read(
    platform: str, module: str, function: str, filename: str, path: str, package: str, *, flag: bool | None
) -> Frame:
    module, function, filename = module[:LONGEST], function[:LONGEST], filename[:LONGEST]
    platform = platforms.of_frame(platform, filename or path)
    in_app = _is_in_app(platform, module, function, path[:LONGEST], package[:LONGEST], flag=flag)
    if reason := _left_out(platform, module, function, path):
        return Frame(module or files.name(filename), function, in_app, "left out", reason)
    if module == "__main__":
        # So a script is called that is run; imported, it has the name of its file.
        module = files.name(filename).removesuffix(".py")
    cleaned, name = names.clean(platform, module, function)
    if platform == JAVASCRIPT:
        return _script(filename, cleaned, name, in_app=in_app)
    place = "" if platform == NATIVE else cleaned or _file(platform, filename, name)
    return Frame(place, name, in_app, "named" if name else "anonymous", "" if name else "its function has no name")


def _is_in_app(platform: str, module: str, function: str, path: str, package: str, *, flag: bool | None) -> bool:
    """As the client says; a browser's says of everything that it is the application's, and means nothing by it."""
    if flag is False or (flag is True and platform != JAVASCRIPT):
        return flag
    return not owners.is_library(platform, module, function, path, package)


def _left_out(platform: str, module: str, function: str, path: str) -> str:
    if platform == PYTHON and function.rpartition(".")[2] in COMPREHENSIONS:
        return "a comprehension: a frame of its own in some versions of Python only"
    if GLUE.search(module) and platform in {JAVA, platforms.OTHER}:
        return "made by the virtual machine, differently from run to run"
    if platform == JAVASCRIPT and (function == "eval" or path in {"[native code]", "<anonymous>", "native"}):
        return "the engine's own"
    return ""


def _script(filename: str, module: str, name: str, *, in_app: bool) -> Frame:
    """A frame of JavaScript: where the file is a bundle, the function alone counts, if its name is its author's."""
    bundled = files.is_url(filename) and files.is_bundle(filename)
    if bundled and names.is_minified(name):
        return Frame("", name, in_app, "unreadable", "a bundler made the name: another build makes another one")
    if bundled:
        hint = "in a bundle, whose name says nothing"
        return Frame("", name, in_app, "named" if name else "anonymous", hint)
    place = files.name(filename) or module
    return Frame(place, name, in_app, "named" if name else "anonymous", "" if name else "its function has no name")


def _file(platform: str, filename: str, name: str) -> str:
    """A file is left out where the function's own name tells the class."""
    return "" if platform == platforms.PHP and "::" in name else files.name(filename)


def _with_line(frame: Frame, line: str) -> Frame:
    line = SPACES.sub(" ", line)
    if not line or len(line) > LONGEST_LINE:
        return frame
    return Frame(frame.place, "", frame.in_app, frame.use, f"{frame.hint}: its line of source stands for it", line)
