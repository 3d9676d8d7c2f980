"""``grouping/v2``: which events have one cause, and why (docs/grouping.md).

A change of meaning is a package beside this one: stored keys keep theirs.
"""

from analytics.grouping.v2.ladder import VERSION, Grouping, Key, Kind, group, issue_id

__all__ = ["VERSION", "Grouping", "Key", "Kind", "group", "issue_id"]
