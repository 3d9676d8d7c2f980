"""Who reads what."""

from models.log.assignment import share
from models.ports import Partition

PARTITIONS = [Partition("t", number) for number in range(5)]


def test_members_share_everything_without_overlap() -> None:
    """Every partition has exactly one member, and no member has two more than another."""
    members = ["b", "c", "a"]
    shares = {member: share(PARTITIONS, members, member) for member in members}
    assert sorted(partition for own in shares.values() for partition in own) == PARTITIONS
    assert sorted(len(own) for own in shares.values()) == [1, 2, 2]


def test_order_of_members_does_not_matter() -> None:
    """Members that list each other in another order agree."""
    assert share(PARTITIONS, ["a", "b"], "b") == share(PARTITIONS, ["b", "a"], "b")


def test_more_members_than_partitions_leaves_some_idle() -> None:
    """A member too many reads nothing."""
    assert share(PARTITIONS[:1], ["a", "b"], "b") == ()
