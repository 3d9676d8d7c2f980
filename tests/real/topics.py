"""Seatrial's topics and group on a broker that several tests share: gone before each test that needs them new."""

import contextlib
import time

from kafka import KafkaAdminClient  # type: ignore[import-untyped, unused-ignore]
from kafka.admin import MemberToRemove  # type: ignore[import-untyped, unused-ignore]
from kafka.errors import UnknownTopicOrPartitionError  # type: ignore[import-untyped, unused-ignore]

SECONDS = 30
GROUP = "seatrial"


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
        _empty_group(admin)
    finally:
        admin.close()


def _empty_group(admin: KafkaAdminClient) -> None:
    """A member with a name of its own stays after its end until it is evicted: on a stand-in broker for ever."""
    if any(group["group_id"] == GROUP for group in admin.list_groups()):
        members = admin.describe_groups([GROUP])[GROUP]["members"]
        admin.remove_group_members(GROUP, [MemberToRemove(member_id=each["member_id"]) for each in members])
