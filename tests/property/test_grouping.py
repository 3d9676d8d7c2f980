"""Grouping: the same cause has the same key, whatever differs from event to event."""

import random
from collections import Counter
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.grouping import v2
from analytics.grouping.v2.explaining import explain, leaves
from analytics.grouping.v2.joining import Recorded, join, keys_of
from tests.data.grouping import chains, javascript, languages, messages, routes

EVENTS = [
    event for module in (chains, javascript, languages, messages, routes) for one in module.SETS for event in one.events
]

LEAVES = some.none() | some.booleans() | some.integers() | some.floats() | some.text()
FIELDS = some.sampled_from([
    "exception", "values", "type", "value", "stacktrace", "frames", "function", "filename", "abs_path",
    "module", "in_app", "mechanism", "synthetic", "fingerprint", "message", "logentry", "formatted", "level",
    "logger", "transaction", "threads", "crashed", "platform", "context_line", "package", "checksum", "tags",
    "exception_id", "parent_id", "is_exception_group", "source", "params",
])  # fmt: skip
WORDS = some.sampled_from([
    "javascript", "python", "java", "csharp", "native", "{{ default }}", "{{ type }}", "{{ tags.a }}",
    "RecursionError", "?", "<anonymous>", "https://s.example/main.3f2a1c9d.js", "a+<b>d__1", "MoveNext",
    "exceptions[0]", "__context__", "",
])  # fmt: skip
INNER = some.recursive(
    LEAVES | WORDS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(FIELDS, inner, max_size=7),
    max_leaves=40,
)
NEARLY_EVENTS = some.dictionaries(FIELDS, INNER, max_size=8)


def keys(event: dict[str, Any]) -> list[str]:
    return [key.value for key in keys_of("shop", v2.group(event)) if key.kind != "grouping/v1"]


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same JSON with its objects in another order."""
    if isinstance(value, dict):
        items = [(name, shuffled(inner, chance)) for name, inner in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


@given(some.sampled_from(EVENTS), some.randoms(use_true_random=False))
def test_no_key_depends_on_what_is_no_cause(event: dict[str, Any], chance: random.Random) -> None:
    """Ids, times, lines and columns, the release, hosts, people, and the order of anything that has none."""
    other = shuffled(deepcopy(event), chance)
    for name in ("event_id", "timestamp", "release", "server_name", "dist", "environment"):
        other[name] = f"{chance.getrandbits(128):032x}"
    pairs = other["tags"].items() if isinstance(other.get("tags"), dict) else other.get("tags", [])
    other["tags"] = chance.sample(told := [list(pair) for pair in pairs], len(told))
    for one in _frames(other):
        one |= {"lineno": chance.randrange(10_000), "colno": chance.randrange(10_000), "vars": {"a": chance.random()}}
        one |= {"instruction_addr": hex(chance.getrandbits(48)), "post_context": [str(chance.random())]}

    assert keys(other) == keys(event)


@given(some.sampled_from(EVENTS))
def test_the_tree_is_the_key(event: dict[str, Any]) -> None:
    """What the explanation calls contributing is what the key is made of, and nothing else."""
    grouping = v2.group(event)
    told = Counter(one.value for one in leaves(explain(grouping)) if one.contributes)
    rungs = Counter([grouping.parts[0], *(fault.rung for fault in grouping.faults)])

    assert Counter(part for part in grouping.parts if part) - rungs <= told
    assert told <= Counter(grouping.parts)


@settings(max_examples=400, deadline=None)
@given(NEARLY_EVENTS)
def test_any_shape_is_grouped_and_explained(event: dict[str, Any]) -> None:
    """Nothing raises, and the same event twice is one issue."""
    grouping = v2.group(event)
    explain(grouping)
    assert grouping.title
    assert grouping.culprit is None or isinstance(grouping.culprit, str)
    first = join("shop", grouping, lambda _key: None)
    recorded = {key.value: Recorded(first.issue, key.kind) for key in first.adds}
    assert join("shop", v2.group(deepcopy(event)), recorded.get).issue == first.issue


@given(some.lists(some.sampled_from(EVENTS), min_size=1, max_size=12))
def test_an_event_that_comes_again_joins_its_issue(events: list[dict[str, Any]]) -> None:
    """Whatever came between; so a replay gives the same issues."""
    recorded: dict[str, Recorded] = {}
    first: list[str] = []
    for event in events:
        joined = join("shop", v2.group(event), recorded.get)
        recorded |= {key.value: Recorded(joined.issue, key.kind) for key in joined.adds}
        first.append(joined.issue)

    assert [join("shop", v2.group(event), recorded.get).issue for event in events] == first


def _frames(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = value.get("frames")
        inner = [frame for one in value.values() for frame in _frames(one)]
        return inner + ([frame for frame in own if isinstance(frame, dict)] if isinstance(own, list) else [])
    return [frame for one in value for frame in _frames(one)] if isinstance(value, list) else []
