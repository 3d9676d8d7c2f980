"""analytics/grouping/v2/fingerprints.py: 4.1.8 of sentry-protocol.md, rule by rule."""

from typing import Any

import pytest

from analytics.grouping import v2
from models.domain.project import FingerprintRule
from tests.data.grouping.building import event, frame, raised

CART = raised(
    "KeyError",
    "'price'",
    frame("views.py", "show", module="shop.views"),
    frame(
        "cart.py",
        "total",
        module="shop.cart",
        abs_path="/srv/shop/cart.py",
        package="shop",
        context_line='row["price"]',
    ),
    frame("json.py", "loads", app=False, module="json"),
)
FIELDS: dict[str, Any] = {
    "transaction": "/pay",
    "level": "warning",
    "logger": "shop.pay",
    "logentry": {"message": "no price of %s", "formatted": "no price of tea"},
    "tags": {"tenant": "acme"},
}


def parts(*fingerprint: object, rules: tuple[FingerprintRule, ...] = (), **rest: Any) -> tuple[str, ...]:
    told = event("python", CART, fingerprint=list(fingerprint), **(FIELDS | rest))
    return v2.group(told, rules).parts


def rule(*fingerprint: str, **match: str) -> FingerprintRule:
    return FingerprintRule(tuple((name.replace("__", "."), pattern) for name, pattern in match.items()), fingerprint)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("transaction", "/pay"),
        ("message", "no price of tea"),
        ("type", "KeyError"),
        ("error.type", "KeyError"),
        ("value", "'price'"),
        ("error.value", "'price'"),
        ("function", "total"),
        ("stack.function", "total"),
        ("path", "/srv/shop/cart.py"),
        ("stack.abs_path", "/srv/shop/cart.py"),
        ("stack.filename", "cart.py"),
        ("module", "shop.cart"),
        ("stack.module", "shop.cart"),
        ("package", "shop"),
        ("stack.package", "shop"),
        ("level", "warning"),
        ("logger", "shop.pay"),
        ("tags.tenant", "acme"),
    ],
)
def test_each_variable_stands_for_its_value(variable: str, value: str) -> None:
    """With spaces around it or without, and within a text."""
    assert parts(f"{{{{ {variable} }}}}", "x") == ("fingerprint", value, "x")
    assert parts(f"{{{{{variable}}}}}", "x") == ("fingerprint", value, "x")
    assert parts(f"a {{{{ {variable} }}}} b") == ("fingerprint", f"a {value} b")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("transaction", "<no-transaction>"),
        ("logger", "<no-logger>"),
        ("stack.package", "<no-package>"),
        ("tags.plan", "<no-value-for-tag-plan>"),
    ],
)
def test_what_is_missing_is_said_so(variable: str, value: str) -> None:
    """So that it is no other group by chance."""
    told = event("python", raised("KeyError", "x"), fingerprint=[f"{{{{ {variable} }}}}"])
    assert v2.group(told).parts == ("fingerprint", value)


def test_what_is_no_variable_stays_as_it_was_written() -> None:
    """A release among them: no key depends on it."""
    assert parts("{{ release }}") == ("fingerprint", "{{ release }}")


def test_only_the_default_is_the_default() -> None:
    """However it is spaced."""
    plain = v2.group(event("python", CART)).primary
    assert v2.group(event("python", CART, fingerprint=["{{ default }}"])).primary == plain
    assert v2.group(event("python", CART, fingerprint=["{{default}}"])).primary == plain


def test_the_default_is_salted() -> None:
    """And keeps its other keys, salted too."""
    told = v2.group(event("python", CART, fingerprint=["{{ default }}", "eu"]))
    assert told.parts == ("fingerprint", "in-app frame", "KeyError", "shop.cart total", "price", "eu")
    assert {key.kind for key in told.others} == {"stack and value"}
    assert not {key.value for key in told.others} & {key.value for key in v2.group(event("python", CART)).others}


def test_an_explicit_fingerprint_is_the_only_key() -> None:
    """What its author told apart no stack brings together."""
    told = v2.group(event("python", CART, fingerprint=["mine"]))
    assert (told.others, told.value) == ((), None)


@pytest.mark.parametrize("sent", [None, [], "mine", {}, [None], [[], {}], ["", " "]])
def test_what_is_no_fingerprint_is_none(sent: object) -> None:
    """Of any shape."""
    assert v2.group(event("python", CART, fingerprint=sent)).parts[0] == "in-app frame"


def test_numbers_are_texts() -> None:
    """As some clients send them."""
    assert parts(7, 1.5, None) == ("fingerprint", "7", "1.5")


def test_a_checksum_is_a_fingerprint_of_old_clients() -> None:
    """It wins over a fingerprint; a rule of the project over both."""
    assert parts("mine", checksum="c0ffee") == ("fingerprint", "c0ffee")
    rules = (rule("ours", type="KeyError"),)
    assert parts("mine", checksum="c0ffee", rules=rules) == ("fingerprint", "ours")


@pytest.mark.parametrize(
    "match",
    [
        {"type": "KeyError"},
        {"type": "keyerror"},
        {"value": "*price*"},
        {"message": "no price of *"},
        {"function": "total"},
        {"function": "show"},
        {"module": "shop.*"},
        {"path": "*/cart.py"},
        {"level": "warning"},
        {"logger": "shop.*"},
        {"transaction": "/pay"},
        {"tags.tenant": "ac*"},
        {"type": "KeyError", "module": "shop.cart"},
    ],
)
def test_a_rule_holds_where_all_of_its_conditions_do(match: dict[str, str]) -> None:
    """Case says nothing, and ``*`` stands for any characters."""
    rules = (FingerprintRule(tuple(match.items()), ("ours", "{{ type }}")),)
    assert parts("mine", rules=rules) == ("fingerprint", "ours", "KeyError")


@pytest.mark.parametrize(
    "match",
    [
        {"type": "Key"},
        {"module": "shop"},
        {"type": "KeyError", "module": "other"},
        {"tags.plan": "*"},
        {"unheard": "*"},
        {},
    ],
)
def test_a_rule_that_does_not_hold_changes_nothing(match: dict[str, str]) -> None:
    """Nor does one without conditions."""
    rules = (FingerprintRule(tuple(match.items()), ("ours",)),)
    assert parts("mine", rules=rules) == ("fingerprint", "mine")


def test_the_first_rule_that_holds_wins() -> None:
    """In the order of the project's settings."""
    rules = (rule("a", type="Other"), rule("b", type="Key*"), rule("c", type="KeyError"))
    assert parts(rules=rules) == ("fingerprint", "b")


def test_a_rule_may_give_the_default_back() -> None:
    """Against a client that sends a fingerprint of its own."""
    assert parts("mine", rules=(rule("{{ default }}", type="*"),))[0] == "in-app frame"


@pytest.mark.parametrize("length", [5_000, 200_000])
def test_no_pattern_of_a_rule_holds_up_what_comes_after(length: int) -> None:
    """However many stars it has, and however long a message is that nearly matches."""
    rule = FingerprintRule((("message", "*a" * 40 + "*b"),), ("mine",))
    told = {"platform": "python", "logentry": {"formatted": "a" * length}}
    assert v2.group(told, [rule]).parts[0] == "message"
    assert v2.group(told | {"logentry": {"formatted": "a" * length + "b"}}, [rule]).parts == ("fingerprint", "mine")
