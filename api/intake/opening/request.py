"""What intake is given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived. Header names are in lower case; ``body`` is still encoded."""

    number: str | None
    """The project's, as it stands in the address; None where the address names none: then the key does."""
    headers: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    body: bytes
    address: str | None = None

    @property
    def encoding(self) -> str:
        return ",".join(value for name, value in self.headers if name == "content-encoding")
