"""Merges and splits by people, on an SQLite file and a real PostgreSQL: what the events to come join."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, select

from analytics.grouping import v1
from consumers.decoding import Delivery, decode
from consumers.folding import Fold, Known
from consumers.joining import join_all
from models.domain.project import Project
from models.ports import Partition, Record
from models.store import tables
from models.store.queries import grouping, teaching
from models.store.queries.teaching import Unteachable
from models.store.sql import SqlStore
from models.wire.topics import ERRORS
from tests.data.grouping.building import event, py, raised
from tests.fakes.rows import PROJECT, Rows

CART = event("python", raised("KeyError", "'price'", py("shop.views.show"), py("shop.cart.total")))
STOCK = event("python", raised("KeyError", "'price'", py("shop.views.show"), py("shop.stock.count")))
MAILS = event("python", raised("KeyError", "'price'", py("shop.views.show"), py("shop.mails.send")))


class Consumers:
    """Processes with memories of their own, over one store."""

    def __init__(self, engine: Engine) -> None:
        self.store = SqlStore(engine)
        self.known = (Known(), Known())

    def join(self, *events: dict[str, Any], process: int = 0) -> list[str]:
        """The issues that events join, consumed as one batch."""
        known = self.known[process]
        with self.store.begin() as unit:
            fold = Fold(unit, {PROJECT: Project(b"key")}, known)
            found = join_all(fold, [delivery(one) for one in events])
            rows: list[dict[str, Any]] = [
                {"project": PROJECT, "issue": one.joined.issue, "grouping_key": one.grouping.key, "level": "error"}
                | {"grouping_version": one.grouping.version, "title": one.grouping.title, "culprit": None}
                for one in found
            ]
            unit.insert_new(tables.issue, rows)
        known.commit()
        return [one.joined.issue for one in found]


def delivery(one: dict[str, Any]) -> Delivery:
    value = json.dumps({"project": PROJECT, "event": one}).encode()
    decoded = decode(Record(Partition(ERRORS, 0), 0, b"shop:1", value, (), 1_000), 1_000)
    assert isinstance(decoded, Delivery)
    return decoded


@pytest.fixture
def shop(engine: Engine) -> Consumers:
    return Consumers(engine)


def merge(engine: Engine, issue: str, into: str) -> str:
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        return teaching.merge(connection, PROJECT, issue, into, "one cause", "ada", 5_000)


def split(engine: Engine, issue: str, *keys: str) -> str:
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        if keys:
            return teaching.split_keys(connection, PROJECT, issue, keys, ("two causes", "ada", 6_000))
        return teaching.split(connection, PROJECT, issue, "two causes", "ada", 6_000)


def test_events_after_a_merge_join_the_survivor(engine: Engine, shop: Consumers) -> None:
    """In a process that remembers the keys, and in one that never saw them."""
    cart, stock = shop.join(CART, STOCK)
    assert cart != stock

    assert merge(engine, stock, cart) == cart
    assert shop.join(STOCK) == shop.join(STOCK, process=1) == [cart]


def test_merges_of_merges_have_one_survivor(engine: Engine, shop: Consumers) -> None:
    """Whatever their order; and merging what is one already is refused."""
    cart, stock, mails = shop.join(CART, STOCK, MAILS)
    merge(engine, stock, cart)
    merge(engine, cart, mails)

    assert shop.join(CART, STOCK, MAILS) == [mails] * 3
    with engine.connect() as connection:
        assert teaching.merged_into(connection, PROJECT, mails) == sorted([cart, stock])
    with pytest.raises(Unteachable, match="one issue already"):
        merge(engine, cart, stock)


def test_a_part_of_an_issue_is_not_merged_alone(engine: Engine, shop: Consumers) -> None:
    """It would take along what nobody named; once split off, it goes where it is told to."""
    cart, stock, mails = shop.join(CART, STOCK, MAILS)
    merge(engine, stock, cart)
    with pytest.raises(Unteachable, match=f"part of {cart}: merge that one"):
        merge(engine, stock, mails)
    split(engine, stock)
    assert merge(engine, stock, mails) == mails
    assert shop.join(CART, STOCK, MAILS) == [cart, mails, mails]


def test_two_who_teach_at_once_are_heard_one_after_the_other(engine: Engine, shop: Consumers) -> None:
    """Also where nobody taught before."""
    cart, stock, mails = shop.join(CART, STOCK, MAILS)
    with ThreadPoolExecutor(2) as people:
        heard = [people.submit(merge, engine, one, cart) for one in (stock, mails)]
        assert [one.result() for one in heard] == [cart, cart]
    assert shop.join(STOCK, MAILS) == [cart, cart]


def test_a_split_undoes_a_merge(engine: Engine, shop: Consumers) -> None:
    """Events join what they joined before."""
    cart, stock = shop.join(CART, STOCK)
    merge(engine, stock, cart)
    assert split(engine, stock) == cart
    assert shop.join(CART, STOCK) == [cart, stock]
    with pytest.raises(Unteachable, match="merged into no other"):
        split(engine, stock)


def test_keys_are_split_off(engine: Engine, shop: Consumers) -> None:
    """Their events are an issue of their own, which can be merged again; the last primary key stays."""
    cart, stock = shop.join(CART, STOCK)
    merge(engine, stock, cart)
    with engine.connect() as connection:
        primary = {one.key for one in grouping.keys_of(connection, PROJECT, cart) if one.kind == "primary"}
    assert len(primary) == 2
    with engine.connect() as connection:
        key = min(grouping.recorded(connection, PROJECT, primary))
    made = split(engine, cart, key)

    assert sorted(shop.join(CART, STOCK)) == sorted([cart, made])
    with engine.connect() as connection:
        assert [one.key for one in grouping.keys_of(connection, PROJECT, made)] == [key]
    with pytest.raises(Unteachable, match="no other primary key"):
        split(engine, made, key)
    merge(engine, made, cart)
    assert shop.join(CART, STOCK) == [cart, cart]


def test_what_the_api_reads_is_what_consumers_join(engine: Engine, shop: Consumers) -> None:
    """Two ways to one answer: the keys of an event after merges and splits."""
    cart, stock = shop.join(CART, STOCK)
    merge(engine, stock, cart)
    with engine.connect() as connection:
        keys = [one.key for one in grouping.keys_of(connection, PROJECT, cart)]
        found = grouping.recorded(connection, PROJECT, keys)
    assert {one.issue for one in found.values()} == {cart} == set(shop.join(CART, STOCK, process=1))


def test_an_issue_of_the_version_before_goes_on(engine: Engine, shop: Consumers) -> None:
    """Its events keep joining it, and teach it the keys of this version; a merge holds for it too."""
    old = v1.issue_id(PROJECT, v1.group(CART).key)
    Rows(engine).issue(old)

    assert shop.join(CART) == [old]
    with engine.connect() as connection:
        assert "primary" in {one.kind for one in grouping.keys_of(connection, PROJECT, old)}
        assert grouping.recorded(connection, PROJECT, [old])[old].kind == "grouping/v1"
    (stock,) = shop.join(STOCK)
    merge(engine, old, stock)
    assert shop.join(CART, process=1) == [stock]


def test_each_lesson_is_in_the_audit(engine: Engine, shop: Consumers) -> None:
    """Who, when, what and why."""
    cart, stock = shop.join(CART, STOCK)
    merge(engine, stock, cart)
    split(engine, stock)

    with engine.connect() as connection:
        told = connection.execute(select(tables.audit).order_by(tables.audit.c.at)).all()
    assert [(row.command, row.said_by, json.loads(row.detail)["reason"]) for row in told] == [
        ("issue merge", "ada", "one cause"),
        ("issue split", "ada", "two causes"),
    ]


def test_an_issue_that_nobody_saw_is_not_merged(engine: Engine, shop: Consumers) -> None:
    """A name that was mistyped teaches nothing."""
    (cart,) = shop.join(CART)
    with pytest.raises(Unteachable, match="no issue"):
        merge(engine, "f" * 32, cart)
