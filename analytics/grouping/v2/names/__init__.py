"""The names of functions, modules and types without what a compiler, a proxy or a run put into them."""

import re
from collections.abc import Callable, Mapping

from analytics.grouping.v2 import platforms
from analytics.grouping.v2.names import dotnet, go, java, javascript, native, php, python, ruby
from analytics.grouping.v2.names.java import GENERATED
from analytics.grouping.v2.names.javascript import is_minified
from analytics.grouping.v2.names.php import ANONYMOUS_CLASS

__all__ = ["clean", "clean_type", "is_minified"]

ANONYMOUS = frozenset(
    {"", "?", "<anonymous>", "anonymous", "Anonymous function", "<unknown>", "unknown", "<lambda>", "()"}
)
ADDRESS = re.compile(r"^(?:sub_|fun_|0x)?[0-9a-fA-F]{5,}$|^0x[0-9a-fA-F]+$", re.IGNORECASE)
ELIXIR = re.compile(r"^anonymous fn/\d+ in ")
"""Its functions without a name are told by the function around them."""
ARITY = re.compile(r"`\d+(?:\[.*\])?$")
ARGUMENTS = re.compile(r"(?<=\w)<.*>$")

CLEANERS: Mapping[str, Callable[[str, str], tuple[str, str]]] = {
    platforms.JAVASCRIPT: javascript.clean,
    platforms.PYTHON: python.clean,
    platforms.JAVA: java.clean,
    platforms.GO: go.clean,
    platforms.RUBY: ruby.clean,
    platforms.PHP: php.clean,
    platforms.DOTNET: dotnet.clean,
    platforms.NATIVE: native.clean,
}


def clean(platform: str, module: str, function: str) -> tuple[str, str]:
    """Module and function as they are in another build too; an empty function is anonymous."""
    function = ELIXIR.sub("", function)
    module, function = CLEANERS.get(platform, java.clean)(module, "" if _is_anonymous(function) else function)
    return module, "" if _is_anonymous(function) else function


def clean_type(platform: str, kind: str) -> str:
    """The type of an exception without arguments, generated parts, and the place where an anonymous one was written."""
    kind = ANONYMOUS_CLASS.sub("class@anonymous", kind.replace("\x00", ""))
    kind = ARGUMENTS.sub("", ARITY.sub("", GENERATED.sub("", kind)))
    return "" if platform == platforms.JAVASCRIPT and is_minified(kind) else kind


def _is_anonymous(function: str) -> bool:
    return function in ANONYMOUS or ADDRESS.match(function) is not None
