"""The framing of envelopes."""

import pytest

from api.intake.limits import MAX_HEADER_LINE_BYTES, MAX_ITEMS
from api.intake.opening.envelope import Item, parse
from api.intake.refusal import Refusal

GOOD: dict[str, tuple[bytes, list[Item]]] = {
    "headers only": (b"{}", []),
    "headers and a newline": (b"{}\n", []),
    "no length, no last newline": (b'{}\n{"type":"session"}\n{"a":1}', [Item("session", b'{"a":1}')]),
    "no length, last newline": (b'{}\n{"type":"session"}\n{}\n', [Item("session", b"{}")]),
    "length": (b'{}\n{"type":"event","length":2}\n{}\n', [Item("event", b"{}")]),
    "length, no last newline": (b'{}\n{"type":"event","length":2}\n{}', [Item("event", b"{}")]),
    "length over a newline": (b'{}\n{"type":"attachment","length":3}\na\nb\n', [Item("attachment", b"a\nb")]),
    "length of nothing": (
        b'{}\n{"type":"attachment","length":0}\n\n{"type":"event"}\n{}',
        [Item("attachment", b""), Item("event", b"{}")],
    ),
    "payload missing at the end": (b'{}\n{"type":"attachment"}', [Item("attachment", b"")]),
    "carriage return is payload": (b'{}\n{"type":"attachment"}\na\r\n', [Item("attachment", b"a\r")]),
    "both kinds": (
        b'{}\n{"type":"a","length":1}\nx\n{"type":"b"}\ny\n{"type":"c"}\nz',
        [Item("a", b"x"), Item("b", b"y"), Item("c", b"z")],
    ),
    "unknown header keys": (b'{"what":1}\n{"type":"event","content_type":"x","more":[]}\n{}', [Item("event", b"{}")]),
}

BAD = {
    "nothing": b"",
    "no JSON": b"hello",
    "an array": b"[]\n",
    "item header no object": b'{}\n"event"\n{}',
    "item without a type": b'{}\n{"length":2}\n{}',
    "type is a number": b'{}\n{"type":1}\n{}',
    "length too long": b'{}\n{"type":"event","length":9}\n{}',
    "length too short": b'{}\n{"type":"event","length":1}\n{}\n',
    "length negative": b'{}\n{"type":"event","length":-1}\n{}\n',
    "length a text": b'{}\n{"type":"event","length":"2"}\n{}\n',
    "length true": b'{}\n{"type":"event","length":true}\n{\n',
    "length huge": b'{}\n{"type":"event","length":%d}\n{}\n' % 10**30,
    "empty line between": b'{}\n\n{"type":"event"}\n{}',
    "header line too long": b'{"a":"%s"}\n' % (b"x" * MAX_HEADER_LINE_BYTES),
    "header nested without end": b"[" * 5_000,
}


@pytest.mark.parametrize("name", GOOD)
def test_items_are_read(name: str) -> None:
    """An envelope's items are read with and without lengths."""
    body, items = GOOD[name]
    assert list(parse(body).items) == items


@pytest.mark.parametrize("name", BAD)
def test_broken_framing_is_refused(name: str) -> None:
    """Broken framing is a 400 that names its cause."""
    with pytest.raises(Refusal) as raised:
        parse(BAD[name])
    assert raised.value.status == 400
    assert raised.value.causes


def test_too_many_items_are_refused() -> None:
    """An envelope of countless tiny items is refused before they are all built."""
    with pytest.raises(Refusal) as raised:
        parse(b"{}" + b'\n{"type":"a"}\n' * (MAX_ITEMS + 1))
    assert raised.value.status == 413


def test_headers_are_kept() -> None:
    """The envelope's own headers are given as they are."""
    assert parse(b'{"event_id":"x","trace":{}}').headers == {"event_id": "x", "trace": {}}
