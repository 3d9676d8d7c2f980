"""consumers/joining.py: which issue an event joins, whoever consumes it and however often."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Table

from analytics.grouping import v1, v2
from consumers.folding import Known
from consumers.known_keys import LOOKS
from consumers.runtime import Consumer
from models.ports import Row
from models.store import tables
from models.wire.topics import ERRORS
from tests.data.grouping.building import event, py, raised
from tests.fakes.consuming import PROJECT, Consuming, consume
from tests.fakes.store import FakeStore, FakeUnitOfWork

ROUTE = py("shop.views.show")


def cart(*callers: dict[str, Any], value: str = "'price'", app: bool = True) -> dict[str, Any]:
    return event("python", raised("KeyError", value, *callers, py("shop.cart.total", app=app)))


def told(one: dict[str, Any]) -> dict[str, Any]:
    return {"project": PROJECT, "event": one}


def issues(shop: Consuming) -> list[str]:
    """Of each event, in the order in which they were sent."""
    return [row["issue"] for row in sorted(shop.rows(tables.event), key=lambda row: row["event_id"])]


def keys(shop: Consuming) -> set[tuple[str, str]]:
    return {(row["issue"], row["kind"]) for row in shop.rows(tables.issue_key)}


@pytest.fixture
def shop() -> Consuming:
    return Consuming()


def test_the_first_event_makes_the_issue_and_records_its_keys(shop: Consuming) -> None:
    """Its id follows from project and primary key alone, so that any consumer makes the same."""
    one = event("python", raised("ValueError", "the basket is empty", py("shop.cart.total")))
    shop.told(ERRORS, told(one))
    made = v2.issue_id(PROJECT, v2.group(one).primary.value)

    assert issues(shop) == [made]
    assert keys(shop) == {(made, kind) for kind in ("primary", "stack", "stack and value", "value")}


def test_a_flag_of_in_app_that_changes_splits_nothing(shop: Consuming) -> None:
    """The stack's key leads there, and the new primary key is recorded for all other ways."""
    shop.told(ERRORS, told(cart(ROUTE)))
    shop.told(ERRORS, told(cart(py("shop.views.show"), app=False)))

    assert len(set(issues(shop))) == 1
    assert len([row for row in shop.rows(tables.issue_key) if row["kind"] == "primary"]) == 2


def test_events_of_one_batch_decide_for_those_after_them(shop: Consuming) -> None:
    """As if they had come in batches of their own."""
    alone = event("python", raised("OrderError", "no price for the article 17"))
    with_stack = event("python", raised("OrderError", "no price for the article 18", py("shop.cart.total")))
    other = event("python", raised("OrderError", "no price for the article 19", py("shop.stock.count")))
    again = deepcopy(with_stack) | {"event_id": f"{99:032x}"}
    shop.told(ERRORS, *map(told, (alone, with_stack, other, again)))
    together = Consuming()
    for one in (alone, with_stack, other, again):
        together.send(ERRORS, told(one))
    together.consume()

    assert issues(shop) == issues(together)
    assert len(set(issues(shop))) == 2


def test_a_new_process_joins_by_what_is_recorded(shop: Consuming) -> None:
    """Nothing that decides is in memory alone."""
    shop.told(ERRORS, told(cart(ROUTE)))
    shop.consumer._known = Known()
    shop.told(ERRORS, told(cart(py("shop.api.orders"))), told(cart(ROUTE, app=False)))

    assert len(set(issues(shop))) == 1


def test_an_issue_of_the_version_before_keeps_its_events(shop: Consuming) -> None:
    """Found by the key of that version once, and by those of this one from then on."""
    one = cart(ROUTE)
    old = v1.issue_id(PROJECT, v1.group(one).key)
    row = {"issue": old, "grouping_key": v1.group(one).key, "grouping_version": "grouping/v1", "title": "KeyError"}
    with shop.store.begin() as unit:
        unit.insert_new(tables.issue, [{"project": PROJECT, "culprit": None, "level": "error", **row}])
    shop.told(ERRORS, told(one), told(cart(py("shop.api.orders"))))

    assert issues(shop) == [old, old]
    assert (old, "primary") in keys(shop)
    assert [found["issue"] for found in shop.rows(tables.issue_why)] == [old]


class BlindStore(FakeStore):
    """Its first look at keys comes before another consumer has committed them."""

    looks = 0

    def begin(self) -> FakeUnitOfWork:
        return BlindUnit(self)


class BlindUnit(FakeUnitOfWork):
    def fetch(self, table: Table, keys: Sequence[Row], *, hold: bool = True) -> list[dict[str, Any]]:
        if table is tables.issue_key and not BlindStore.looks:
            BlindStore.looks += 1
            return []
        return super().fetch(table, keys, hold=hold)


def test_a_key_that_another_consumer_recorded_meanwhile_is_found_on_the_second_try(shop: Consuming) -> None:
    """Two partitions that meet one cause at once come to one issue."""
    shop.told(ERRORS, told(cart(ROUTE)))
    late = BlindStore()
    late.kept = shop.store.kept
    shop.consumer.close()
    shop.send(ERRORS, told(cart(deepcopy(ROUTE), app=False)))
    consume(Consumer(shop.log, late, shop.clock))

    assert BlindStore.looks == 1
    assert len({row["issue"] for row in late.rows(tables.event)}) == 1
    assert len(late.rows(tables.event)) == 2


def test_what_differs_from_event_to_event_records_few_keys(shop: Consuming) -> None:
    """A stack and a message that are new in each event do not fill the table."""
    for number in range(LOOKS * 5):
        name = "".join(chr(97 + int(digit)) for digit in str(number))
        shop.told(ERRORS, told(cart(py(f"shop.views.{name}"), value=f"no price for {name}")))

    assert len(set(issues(shop))) == 1
    assert len(shop.rows(tables.issue_key)) <= 2 * LOOKS + 4
