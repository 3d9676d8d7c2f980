"""C, C++, Rust, Swift, Objective-C: without offset, arguments, arguments of templates, and what the compiler added."""

import re

OFFSET = re.compile(r"\s*\+\s*(?:0x[0-9a-fA-F]+|\d+)$")
CLONE = re.compile(r"\s*[\[(]clone .*?[\])]|\.(?:isra|constprop|part|cold|llvm|lto_priv)(?:\.\d+)*")
LAMBDA = re.compile(r"::(?:\{lambda\(|\$_\d|'lambda|<lambda|lambda_\w).*$")
RUST = re.compile(r"::h[0-9a-f]{16}$|(?:::\{\{closure\}\}|::_\{\{closure\}\}|::\{closure#\d+\})+")
BLOCK = "_block_invoke"
BLOCK_NUMBER = re.compile(r"^_+\d*_*")
SWIFT = re.compile(
    r"^(?:(?:partial apply (?:forwarder )?for|(?:implicit )?closure #\d+(?: \([^)]*\))? in|specialized|@objc|"
    r"\(\d+\) (?:await resume|suspend resume) partial function for) )+"
)
RETURNS = re.compile(r"\s+->.*$")
TRAIT = re.compile(r"^<(.+?) as .+?>(?=::)")
TAIL = re.compile(r"(?:\s+(?:const|volatile|noexcept|throws|async|&&?))+$")


def clean(_module: str, function: str) -> tuple[str, str]:
    """The image a function lies in is left out: clients name it in many ways."""
    function = SWIFT.sub("", RUST.sub("", CLONE.sub("", OFFSET.sub("", RETURNS.sub("", function)))))
    if BLOCK in function:
        function = BLOCK_NUMBER.sub("", function.partition(BLOCK)[0])
    if function.startswith(("-[", "+[")):
        return "", function
    function = _without(LAMBDA.sub("", function.replace("(anonymous namespace)", "")), "(", ")")
    function = TRAIT.sub(r"\1", function)
    if "operator" not in function:
        function = _without(function, "<", ">")
    return "", TAIL.sub("", function.strip()).rpartition(" ")[2].replace("::::", "::").strip(":")


def _without(name: str, opening: str, closing: str) -> str:
    """A name without what stands in brackets, however deep."""
    kept, depth = [], 0
    for character in name:
        if character == opening:
            depth += 1
        elif character == closing:
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(character)
    return "".join(kept)
