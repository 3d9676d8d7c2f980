"""Which member of a group reads which partition, where no broker decides it."""

from collections.abc import Sequence

from models.ports import Partition


def share(partitions: Sequence[Partition], members: Sequence[str], member: str) -> tuple[Partition, ...]:
    """The partitions of ``member``: number ``i`` belongs to member ``i mod n`` in the order of names.

    Every member computes the same answer from the same two lists, so nothing has to be agreed on.
    """
    mine = sorted(members).index(member)
    return tuple(partition for i, partition in enumerate(partitions) if i % len(members) == mine)
