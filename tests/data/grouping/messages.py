"""Messages, missing stacks and fingerprints."""

from typing import Any

from tests.data.grouping.building import case, event, py, raised

PRINTS = "4.1.8: fingerprints"
CART = raised("KeyError", "'price'", py("shop.views.show"), py("shop.cart.total"))
STOCK = raised("KeyError", "'price'", py("shop.views.show"), py("shop.stock.count"))


def printed(*parts: Any, exception: dict[str, Any] = CART, **rest: Any) -> dict[str, Any]:
    return event("python", exception, fingerprint=list(parts), **rest)


SETS = (
    case(
        "a message with parameters, and as it was formatted",
        "4.1.7: the template",
        "AAAB",
        event(
            "python",
            logentry={
                "message": "Order %s failed for user %d",
                "params": ["17", 4],
                "formatted": "Order 17 failed for user 4",
            },
        ),
        event("python", message="Order 18 failed for user 5"),
        event("node", message="Order 4711 failed for user 12"),
        event("python", message="Order 18 was lost for user 5"),
    ),
    case(
        "a captured message with and without the SDK's stack",
        "2.1: captureMessage yields an exception without type",
        "AAB",
        event(
            "javascript",
            raised(
                None,
                "Order 4711 failed",
                {"filename": "https://s.example/a.js", "function": "log", "in_app": True},
                mechanism={"synthetic": True},
            ),
            message="Order 4711 failed",
        ),
        event("javascript", message="Order 12 failed"),
        event(
            "javascript",
            raised(
                None,
                "Stock is low",
                {"filename": "https://s.example/a.js", "function": "log", "in_app": True},
                mechanism={"synthetic": True},
            ),
            message="Stock is low",
        ),
    ),
    case(
        "templates of other styles",
        "4.1.7 and 2.1: {name} and {0}",
        "AAA",
        event("csharp", logentry={"message": "Order {OrderId} failed"}),
        event("java", logentry={"message": "Order {} failed"}),
        event("python", logentry={"message": "Order %(order)s failed"}),
    ),
    case(
        "a message in two tongues is two templates",
        "4.1.7: nothing else is known of it",
        "AB",
        event("python", message="the basket is empty"),
        event("python", message="der Korb ist leer"),
    ),
    case(
        "a stack that is missing now and then",
        "2.1: frames may be null or empty",
        "AAA",
        event("java", raised("OrderException", "no price for the article 17", py("shop.cart.total"))),
        event("java", raised("OrderException", "no price for the article 18")),
        event("java", raised("OrderException", "no price for the article 19", stacktrace={"frames": None})),
    ),
    case(
        "no stack at first",
        "4.4: several keys an issue",
        "AA",
        event("python", raised("OrderError", "no price for the article 17")),
        event("python", raised("OrderError", "no price for the article 18", py("shop.cart.total"))),
    ),
    case(
        "the stack beside the exception",
        "2.1: top-level stacktrace and threads",
        "AAA",
        event("python", CART),
        event("python", raised("KeyError", "'price'"), stacktrace=CART["stacktrace"]),
        event(
            "python",
            raised("KeyError", "'price'"),
            threads={"values": [{"id": 1}, {"id": 2, "crashed": True, "stacktrace": CART["stacktrace"]}]},
        ),
    ),
    case(
        "shapes of one exception",
        "2.1: values, bare list, bare object, null entries",
        "AAAA",
        event("python", CART),
        event("python") | {"exception": [CART]},
        event("python") | {"exception": CART},
        event("python") | {"exception": {"values": [None, CART, {}]}},
    ),
    case(
        "a fingerprint alone",
        PRINTS,
        "AAB",
        printed("checkout"),
        printed("checkout", exception=STOCK),
        printed("stock"),
    ),
    case("only the default", PRINTS, "AAA", event("python", CART), printed("{{ default }}"), printed("{{default}}")),
    case(
        "the default and more",
        PRINTS,
        "AABC",
        printed("{{ default }}", "eu"),
        printed("{{default}}", "eu"),
        printed("{{ default }}", "us"),
        printed("{{ default }}", "eu", exception=STOCK),
    ),
    case(
        "variables",
        PRINTS,
        "AABB",
        printed("{{ transaction }}", "{{ error.type }}", transaction="/pay"),
        printed("{{transaction}}", "{{ type }}", exception=STOCK, transaction="/pay"),
        printed("{{ transaction }}", "{{ type }}", transaction="/show"),
        printed("/show", "KeyError"),
    ),
    case(
        "a tag, in any order of tags",
        PRINTS,
        "AAB",
        printed("{{ tags.tenant }}", tags={"tenant": "acme", "z": "1"}),
        printed("{{ tags.tenant }}", exception=STOCK, tags=[["z", "2"], ["tenant", "acme"]]),
        printed("{{ tags.tenant }}", tags={"tenant": "umbrella"}),
    ),
    case(
        "a checksum of an old client",
        PRINTS,
        "AAB",
        event("python", CART, checksum="c0ffee"),
        event("python", STOCK, checksum="c0ffee"),
        event("python", CART, checksum="decade"),
    ),
    case(
        "nothing but level and logger",
        "4.4: the fallback",
        "AAB",
        event("other", level="error", logger="cron"),
        event("other", level="error", logger="cron", tags={"a": "b"}),
        event("other", level="error", logger="mail"),
    ),
    case(
        "tags, users, extra and breadcrumbs",
        "4.4: what is no cause is in no key",
        "AA",
        event(
            "python", CART, tags={"a": "1"}, user={"id": "ada"}, extra={"x": 1}, environment="staging", level="fatal"
        ),
        event(
            "python",
            CART,
            breadcrumbs={"values": [{"message": "clicked"}]},
            contexts={"os": {"name": "Linux"}},
            transaction="/pay",
        ),
    ),
)
