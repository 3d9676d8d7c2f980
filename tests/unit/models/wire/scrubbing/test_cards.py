"""Whether a JSON can hold a card's number is known before its texts are looked through."""

import msgspec
import pytest

from models.wire.scrubbing.cards import MOST_PIECES, may_hold
from models.wire.scrubbing.scrubber import SHAPE


def looked(value: object) -> bool:
    encoded = msgspec.json.encode(value)
    return may_hold(encoded.lower(), encoded.translate(SHAPE))


@pytest.mark.parametrize(
    "value",
    [
        "4111111111111111",
        4111111111111111,
        "visa4111111111111111",
        "4111 1111 1111 1111",
        "3782-822463-10005",
        "30569309025904",
        "\x014111111111111111",
        ["4111111111111112"] * MOST_PIECES,
    ],
)
def test_what_may_be_a_card_number_is_looked_at(value: object) -> None:
    """In one piece or in groups, as a text or a number; and where there is too much to tell."""
    assert looked({"x": value})


@pytest.mark.parametrize(
    "value",
    [
        "4111111111111112",
        1_795_390_740_000,
        0.4111111111111111,
        "2026-11-22T23:39:00.123456Z",
        "a5555555555554444b0123456789abcd",
        "411111111111111",
        "9" * 30,
        "+49 30 901820",
    ],
)
def test_what_cannot_be_one_costs_no_look(value: object) -> None:
    """A wrong check digit, a time, a fraction, an id, too few and too many digits."""
    assert not looked({"x": value})
