"""How a command fails: a sentence that says what to do next, and an exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """ux.md, section 4."""

    DONE = 0
    FAILED = 1
    BAD_USAGE = 2
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    STILL_WATCHING = 8
    HOLD = 10
    ROLLBACK = 11
    TOO_LITTLE_DATA = 12
    INTERRUPTED = 130


class Failure(Exception):
    """What went wrong, and what to do about it."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


class Unanswered(Failure):
    """The server was not reached, or failed itself: asking again may help."""
