"""Opens the log at an address."""

from pathlib import Path

from models.ports import Clock, Log


def open_log(address: str, clock: Clock) -> Log:
    """The log at ``sqlite:///path`` or ``kafka://host:port,host:port``; ``clock`` stamps the first's appends."""
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        from models.log.sqlite import SqliteLog

        return SqliteLog(Path(rest[1:]), clock)
    if scheme == "kafka" and rest:
        from models.log.kafka import KafkaLog

        return KafkaLog(rest)
    message = f"cannot open the log at {address!r}: use sqlite:///path or kafka://host:port,host:port"
    raise ValueError(message)
