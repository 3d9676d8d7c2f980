"""Ruby: blocks by the method around them, and compiled templates without the numbers of their compilation."""

import re

AROUND = re.compile(r"^(?:(?:block(?: \(\d+ levels\))?|rescue|ensure)(?: \([^)]*\))? in )+")
TEMPLATE = re.compile(r"_+-?\d+_\d+$")
OWNER = re.compile(r"^[\w:]+[#.](?=\w)")
"""Ruby 3.4 tells the class, those before do not."""


def clean(module: str, function: str) -> tuple[str, str]:
    return module, OWNER.sub("", TEMPLATE.sub("", AROUND.sub("", function)))
