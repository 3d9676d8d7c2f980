"""Seatrial's topics on a broker that several tests share: gone before each test that needs them new."""

import contextlib
import time

from kafka import KafkaAdminClient  # type: ignore[import-untyped, unused-ignore]
from kafka.errors import UnknownTopicOrPartitionError  # type: ignore[import-untyped, unused-ignore]

SECONDS = 30


def delete_topics(bootstrap: str) -> None:
    """Delete every topic of ours, and wait until the broker has forgotten them."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","))
    try:
        deadline = time.monotonic() + SECONDS
        while ours := [name for name in admin.list_topics() if name.startswith("seatrial.")]:
            if time.monotonic() > deadline:
                message = f"the broker keeps {ours}"
                raise TimeoutError(message)
            with contextlib.suppress(UnknownTopicOrPartitionError):
                admin.delete_topics(ours)
            time.sleep(0.2)
    finally:
        admin.close()
