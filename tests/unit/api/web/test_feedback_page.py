"""What the page of feedback says of that which it does not list."""

from api.web.feedback_page import unlisted
from models.domain.ledger import Fate


def test_what_is_not_listed_is_counted_by_its_fate() -> None:
    """What is stored or on its way is listed, or will be; of the rest each fate that there is has its words."""
    fates = dict.fromkeys(Fate, 0) | {Fate.STORED: 9, Fate.IN_FLIGHT: 4, Fate.DUPLICATE: 2, Fate.INVALID: 1}
    assert unlisted({"received": 16} | fates) == [("sent twice", 2), ("without words, or not readable", 1)]


def test_no_fate_is_forgotten() -> None:
    """Whatever fate an item may have, it is listed or counted."""
    told = unlisted({"received": 0} | dict.fromkeys(Fate, 1))
    assert len(told) == len(Fate) - len((Fate.STORED, Fate.IN_FLIGHT))
