"""A topic that is mostly dead letters is paused."""

from consumers.poison import LEAST, WINDOW, Poison

TOPIC = "seatrial.errors"


def test_a_topic_of_mostly_dead_letters_is_poison() -> None:
    """Over many small batches as over one large one."""
    large, small = Poison(), Poison()
    assert large.saw({TOPIC: LEAST}, {TOPIC: LEAST // 2 + 1}) == [TOPIC]
    assert [small.saw({TOPIC: 10}, {TOPIC: 10}) for _ in range(LEAST // 10)][-1] == [TOPIC]
    assert large.paused() == small.paused() == [TOPIC]


def test_few_messages_prove_nothing() -> None:
    """One less than the least, all dead, is no poison; nor is half of many."""
    poison = Poison()
    assert poison.saw({TOPIC: LEAST - 1}, {TOPIC: LEAST - 1}) == []
    assert Poison().saw({TOPIC: WINDOW}, {TOPIC: WINDOW // 2}) == []


def test_what_is_long_ago_is_forgotten() -> None:
    """After a window of good messages, bad ones begin to count anew."""
    poison = Poison()
    poison.saw({TOPIC: WINDOW}, {TOPIC: WINDOW // 2})
    poison.saw({TOPIC: WINDOW}, {})
    assert poison.saw({TOPIC: WINDOW // 2}, {TOPIC: WINDOW // 2}) == []


def test_one_topic_does_not_poison_another() -> None:
    """Each has its own window."""
    assert Poison().saw({TOPIC: LEAST, "seatrial.sessions": LEAST}, {TOPIC: LEAST}) == [TOPIC]


def test_after_a_pause_it_is_tried_again() -> None:
    """Nothing is over at once; a topic that was paused needs as many messages as before to be paused again."""
    poison = Poison()
    poison.saw({TOPIC: LEAST}, {TOPIC: LEAST})
    assert poison.healed() == []
    assert poison.saw({TOPIC: LEAST - 1}, {TOPIC: LEAST - 1}) == []
