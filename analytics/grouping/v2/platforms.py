"""Which language a frame is of: as the frame says, else as its event, else by the ending of its file."""

from analytics.grouping.v2.shapes import Json, text

JAVASCRIPT, PYTHON, JAVA, GO, RUBY, PHP, DOTNET, NATIVE, OTHER = (
    "javascript",
    "python",
    "java",
    "go",
    "ruby",
    "php",
    "dotnet",
    "native",
    "other",
)
KNOWN = {
    "javascript": JAVASCRIPT,
    "node": JAVASCRIPT,
    "python": PYTHON,
    "java": JAVA,
    "android": JAVA,
    "kotlin": JAVA,
    "groovy": JAVA,
    "scala": JAVA,
    "go": GO,
    "ruby": RUBY,
    "php": PHP,
    "csharp": DOTNET,
    "dotnet": DOTNET,
    "fsharp": DOTNET,
    "vb": DOTNET,
    "native": NATIVE,
    "c": NATIVE,
    "cpp": NATIVE,
    "objc": NATIVE,
    "cocoa": NATIVE,
    "swift": NATIVE,
    "rust": NATIVE,
}
ENDINGS = {
    "py": PYTHON,
    "js": JAVASCRIPT,
    "mjs": JAVASCRIPT,
    "cjs": JAVASCRIPT,
    "ts": JAVASCRIPT,
    "jsx": JAVASCRIPT,
    "tsx": JAVASCRIPT,
    "vue": JAVASCRIPT,
    "svelte": JAVASCRIPT,
    "java": JAVA,
    "kt": JAVA,
    "scala": JAVA,
    "groovy": JAVA,
    "go": GO,
    "rb": RUBY,
    "erb": RUBY,
    "php": PHP,
    "cs": DOTNET,
    "fs": DOTNET,
    "c": NATIVE,
    "cc": NATIVE,
    "cpp": NATIVE,
    "m": NATIVE,
    "mm": NATIVE,
    "swift": NATIVE,
    "rs": NATIVE,
}


def of_event(event: Json) -> str:
    return KNOWN.get(text(event.get("platform")).lower(), OTHER)


def of_frame(platform: str, filename: str) -> str:
    """``platform`` is the frame's own or its event's."""
    known = KNOWN.get(platform, platform if platform in KNOWN.values() else OTHER)
    return ENDINGS.get(filename.partition("?")[0].rpartition(".")[2].lower(), OTHER) if known == OTHER else known
