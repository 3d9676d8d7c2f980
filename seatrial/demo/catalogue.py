"""What the demo's shop went through in three weeks: its releases, its faults, and what its customers wrote."""

from dataclasses import dataclass

PROJECT = "shop"
ENVIRONMENT = "production"
HOUR = 60 * 60_000
DAY = 24 * HOUR
DAYS = 21
SESSIONS_A_DAY = 3_000
"""63,000 in three weeks. A `continue` needs about 24 / (1 - share) expected hurt users on the new release
(decision-engine.md, 2.6): 47 at a half, which at 2 % hurt and 1,500 sessions a day take 38 hours; 54 leave
room for luck."""
HURT_SHARE = 0.02
"""Of sessions, in every healthy release: the shop has its troubles, and they are not the releases'."""
USERS = 20_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A bug: what it raises, where, and how often among all failures of its kind."""

    kind: str
    message: str
    file: str
    function: str
    line: int
    weight: float
    handled: bool = False


FAULTS = (
    Fault("TimeoutError", "the payment provider did not answer in 10 s", "shop/payment.py", "charge", 88, 5.0),
    Fault("KeyError", "'postcode'", "shop/address.py", "normalise", 41, 3.0),
    Fault("AttributeError", "'NoneType' object has no attribute 'price'", "shop/cart.py", "add", 112, 2.0),
    Fault("ValueError", "the coupon has expired", "shop/coupon.py", "redeem", 23, 4.0, handled=True),
    Fault("ConnectionError", "search index is away", "shop/search.py", "query", 57, 3.0, handled=True),
)
SHIPPING = Fault(
    "TypeError", "unsupported operand type(s) for +: 'Decimal' and 'NoneType'", "shop/shipping.py", "total", 64, 1.0
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """For some hours a release hurts more users than it should: ``times`` its usual share, by one fault."""

    fault: Fault
    after: float
    """Hours after the deploy."""
    hours: float
    times: float


@dataclass(frozen=True, slots=True)
class Release:
    version: str
    day: float
    """When it is deployed, in days after the first midnight: .42 is ten o'clock, UTC."""
    share: float
    """Of traffic, until it is promoted; 1 from the start where there was nothing before."""
    promoted_after: float | None
    """Hours; None where it was rolled back."""
    rolled_back_after: float | None = None
    trouble: Trouble | None = None
    outcome: tuple[float, str, str] | None = None
    """Hours after the deploy, label and reason."""

    @property
    def name(self) -> str:
        return f"{PROJECT}@{self.version}"


RELEASES = (
    Release("1.1.0", 0.0, 1.0, None),
    Release("1.2.0", 1.42, 0.5, 54.0),
    Release(
        "1.3.0",
        4.42,
        0.3,
        None,
        rolled_back_after=5.0,
        trouble=Trouble(SHIPPING, 0.1, 5.0, 9.0),
        outcome=(6.0, "correct", "shipping to islands had no price"),
    ),
    Release("1.3.1", 6.42, 0.5, 54.0),
    Release(
        "1.4.0",
        9.42,
        0.5,
        54.0,
        trouble=Trouble(FAULTS[0], 2.0, 1.25, 8.0),
        outcome=(4.0, "false_alarm", "the payment provider was down for some, not the release"),
    ),
    Release("1.4.1", 13.42, 0.5, 54.0),
    Release("1.4.2", 16.42, 0.5, 54.0),
)
BEST = "1.4.2"
"""The release that serves when the live part begins."""
NEXT = "1.5.0"

SLOW = (
    "search is so slow today",
    "the search takes ages, really slow",
    "searching for shoes is very slow",
    "slow search again, search results take ten seconds",
    "why is search so slow on my phone",
    "search slow, slow, slow",
    "the search page is slow to show results",
)
DELIVERY = (
    "I cannot find the delivery date of my order",
    "where is the delivery date shown?",
    "delivery date is missing on the order page",
    "please show the delivery date of my order",
    "no delivery date for my order anywhere",
)
ISLANDS = (
    "checkout fails when I choose shipping to an island",
    "error at checkout with island shipping",
    "cannot check out, shipping to the island gives an error",
    "island shipping breaks the checkout",
)
SINGLE = (
    "love the new filters",
    "the logo looks odd in dark mode",
    "can you add gift wrapping",
    "my invoice has the wrong name",
)
VOUCHER = (
    "cannot pay with my voucher, error at checkout",
    "voucher gives an error at checkout",
    "checkout error when I use a voucher",
    "the voucher breaks checkout, error 500",
    "error 500 at checkout with my gift voucher",
    "I get an error at checkout as soon as I add the voucher",
)
"""What customers write of the live release's bug."""
