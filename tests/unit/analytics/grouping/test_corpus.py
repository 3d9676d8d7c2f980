"""The labelled corpus in tests/data/grouping: which of its events come to be one issue, however they arrive."""

import sys
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from analytics.grouping import v2
from analytics.grouping.v2.joining import Recorded, join
from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.events import event_record
from tests.data.grouping import chains, javascript, languages, messages, plain, quotations, routes
from tests.data.grouping.building import Event, Set

FILES = (routes, chains, javascript, languages, messages, plain, quotations)
CORPUS: tuple[Set, ...] = tuple(one for file in FILES for one in file.SETS)
APART_FILE = Path(__file__).parents[3] / "data" / "grouping" / "apart.jsonl"
APART = tuple(
    Set(told["name"], told["why"], told["issues"], tuple(told["events"]))
    for told in map(msgspec.json.decode, APART_FILE.read_bytes().splitlines())
)
"""Made from the protocol and the complaints alone, by who did not know the rules."""
MISSES = {"flags of in_app that moved to a shared library"}
MISSES_APART = {
    "csp directive and host",
    "firebase codes central",
    "java two throws one method",
    "kotlin lateinit two props",
    "native unsymbolicated offset",
    "safari two errors one fn",
    "ts downlevel awaiter",
    "vue lifecycle two components",
}
"""Each is explained in docs/grouping.md."""
ENOUGH = 0.9


def issues_of(events: Sequence[Event]) -> list[str]:
    """The issue of each event, as they arrive one after another."""
    recorded: dict[str, Recorded] = {}
    found = []
    for event in events:
        joined = join("shop", v2.group(event), recorded.get)
        recorded |= {key.value: Recorded(joined.issue, key.kind) for key in joined.adds}
        found.append(joined.issue)
    return found


def is_right(one: Set, order: Iterable[int]) -> bool:
    """Whether events of one letter, and only they, are one issue."""
    places = list(order)
    found = issues_of([one.events[place] for place in places])
    letters = [one.issues[place] for place in places]
    return len(set(zip(found, letters, strict=True))) == len(set(found)) == len(set(letters))


def misses(sets: Sequence[Set]) -> list[Set]:
    """The sets that come out wrong in any order of arrival."""
    return [one for one in sets if not all(is_right(one, order) for order in permutations(range(len(one.events))))]


@pytest.mark.parametrize(
    ("name", "sets", "explained"),
    [("grouping", CORPUS, MISSES), ("grouping, sets written apart from the rules", APART, MISSES_APART)],
    ids=["corpus", "apart"],
)
def test_most_of_the_corpus_is_right(
    capsys: pytest.CaptureFixture[str], name: str, sets: Sequence[Set], explained: set[str]
) -> None:
    """At least nine of ten sets, in every order of arrival; and the misses are those that docs/grouping.md explains."""
    wrong = misses(sets)
    right = len(sets) - len(wrong)
    told = [f"{name}: {right} of {len(sets)} sets right ({right / len(sets):.0%})"]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *told, *(f"  wrong: {one.name} ({one.source})" for one in wrong), ""]))
    assert len(wrong) <= (1 - ENOUGH) * len(sets)
    assert {one.name for one in wrong} == explained


def test_intake_changes_nothing_of_it() -> None:
    """What is made canonical and scrubbed comes to the same issues."""
    context = Context(ProjectKeys("shop", frozenset(), b"key"), None, 1_790_000_000_000)

    def as_logged(event: Event) -> Event:
        record = event_record(deepcopy(event), context)
        logged: Event = msgspec.json.decode(record.value or b"")["event"]
        return logged

    logged = [replace(one, events=tuple(map(as_logged, one.events))) for one in CORPUS]
    assert {one.name for one in logged if not is_right(one, range(len(one.events)))} <= MISSES


def test_the_corpus_is_large_enough() -> None:
    """Sixty sets, each of another name."""
    assert len({one.name for one in CORPUS}) == len(CORPUS) >= 60
