"""What of a file's path stays the same when a program is built and deployed again."""

import re

HASH = r"(?=[0-9a-zA-Z_]*\d)[0-9a-zA-Z_]{5,}|[0-9a-f]{8,}|(?=[A-Za-z0-9_]*[A-Z])(?=[A-Za-z0-9_]*[a-z])[A-Za-z0-9_]{8}"
HASHED = re.compile(rf"[._-](?:{HASH})(?=[._-])")
"""The content's hash in ``main.3f2a1c.js`` and ``index-DkX9aBcQ.js``: it changes with every build."""
ALL_HASH = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{8,}|\d+")
GENERAL = frozenset({
    "index", "__init__", "__main__", "main", "mod", "lib", "page", "route", "layout", "handler", "app", "server",
})  # fmt: skip
"""Names that every folder may have: the folder tells which."""
FOLDERS = frozenset(
    {"src", "lib", "app", "apps", "dist", "build", "out", "js", "source", "main", "www", "html", "current"}
)
"""Folders that every program may have."""
BUNDLE = re.compile(
    r"(?:^|[._~-])(?:main|index|app|application|bundle|vendors?|chunks?|runtime|polyfills?|commons?|framework|webpack|"
    r"all|scripts?|client|entry|shared|\d+|min|prod|production|_app|_buildmanifest)(?=[._~-]|$)",
    re.IGNORECASE,
)
SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|coffee|es6)$")
SOURCE = re.compile(r"\.(?:tsx?|mts|jsx|vue|svelte|coffee)$")
SCHEMES = re.compile(
    r"^(?:webpack|webpack-internal|rollup|vite|turbopack|ng|file|app|capacitor|ionic)://+(?:/\(\w+\)/)?"
)
URL = re.compile(r"^(?:https?|blob:|capacitor|ionic|app|chrome-extension|moz-extension|safari-extension)[\w-]*:")
ROOT = re.compile(r"^(?:(?:_N_E|\[project\]|\[app-client\])/|\./)+")


def name(path: str) -> str:
    """The last step of a path and the folder it lies in, in lower case, without query and hash.

    The folder is left out where a deployment may have named it, where every program has it, and at an address.
    """
    steps = [step for step in _bare(path).split("/") if step]
    if not steps:
        return ""
    last = HASHED.sub(".<hash>", steps[-1])
    stem, dot, ending = last.partition(".")
    if ALL_HASH.fullmatch(stem):
        return f"<hash>{dot}{ending}".lower()
    rooted = _bare(path).startswith("/")
    folder = "" if len(steps) <= 1 + rooted or is_url(path) else steps[-2].lower()
    if folder and _is_of_the_source(folder) and (folder not in FOLDERS or stem.lower() in GENERAL):
        last = f"{folder}/{last}"
    return last.lower()


def _is_of_the_source(folder: str) -> bool:
    return folder != ".." and not any(character.isdigit() for character in folder)


def is_url(path: str) -> bool:
    return URL.match(path) is not None


def is_bundle(path: str) -> bool:
    """Whether a file at an address is put together of others, or a page: its name says nothing of a cause."""
    last = _bare(path).rpartition("/")[2]
    if SOURCE.search(last):
        return False
    return not SCRIPT.search(last) or HASHED.search(last) is not None or BUNDLE.search(last) is not None


def _bare(path: str) -> str:
    path = SCHEMES.sub("", path.partition("?")[0].partition("#")[0].replace("\\", "/"))
    return ROOT.sub("", path)
