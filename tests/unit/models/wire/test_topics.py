"""models/wire/topics.py."""

from models.wire import topics


def test_every_topic_that_is_read_or_written_is_made() -> None:
    """The names of the public surface, no more and no fewer."""
    names = ("deploys", "errors", "sessions", "feedback", "outcomes", "ledger", "verdicts", "dead-letters")

    assert set(topics.all_topics(4)) == {f"seatrial.{name}" for name in names}


def test_only_verdicts_are_compacted() -> None:
    """Of a release the last verdict is what counts; of an event, each."""
    compacted = [name for name, settings in topics.all_topics(4).items() if settings.compacted]

    assert compacted == ["seatrial.verdicts"]


def test_what_is_consumed_has_the_partitions_that_were_asked_for() -> None:
    """As many consumers can share the work."""
    settings = topics.all_topics(12)

    assert {settings[topic].partitions for topic in topics.CONSUMED} == {12}


def test_minutes_are_fed_by_topics_that_are_consumed() -> None:
    """A minute can only close by what someone reads."""
    assert set(topics.FEEDS_MINUTES) <= set(topics.CONSUMED)


def test_the_short_name_of_a_topic() -> None:
    """Without the product's name, as tables and metrics have it."""
    assert topics.short(topics.DEAD_LETTERS) == "dead-letters"
