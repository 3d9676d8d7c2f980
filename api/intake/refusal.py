"""What is said to a client whose request is not taken."""


class Refusal(Exception):
    """A request that is not taken.

    ``status`` is the HTTP code (sentry-protocol.md, 1.8), ``detail`` one sentence, ``causes`` what to look at.
    """

    def __init__(self, status: int, detail: str, *causes: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.causes = causes


def bad_envelope(cause: str) -> Refusal:
    return Refusal(400, "invalid event envelope", cause)


def bad_compression(cause: str) -> Refusal:
    return Refusal(400, "invalid compression", cause)


def too_large(what: str, limit: int) -> Refusal:
    return Refusal(413, f"envelope exceeded size limits for type '{what}'", f"the limit is {limit:,} bytes")
