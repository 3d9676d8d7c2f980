"""PHP: closures by the function around them, where it is told; anonymous classes; compiled templates; proxies."""

import re

ANONYMOUS_CLASS = re.compile(r"class@anonymous.*?(?=::|$)")
CLOSURE = re.compile(r"\{closure:?([^{}]*)\}")
PLACE = re.compile(r"(?:\(\))?:\d+$")
MADE = re.compile(r"(?:Proxies\\)?__CG__\\|(?<=__TwigTemplate)_[0-9a-f]{16,}")


def clean(module: str, function: str) -> tuple[str, str]:
    function = ANONYMOUS_CLASS.sub("class@anonymous", MADE.sub("", function.replace("\x00", "")))
    function = CLOSURE.sub(lambda found: PLACE.sub("", found[1]), function)
    # Before PHP 8.4 a closure told only of which class or namespace it is.
    return module, "" if function.endswith(("::", "\\")) else function.removesuffix("()")
