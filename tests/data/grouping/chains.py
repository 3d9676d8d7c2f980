"""Wrappers, causes and groups."""

from tests.data.grouping.building import case, event, frame, java, linked, py, raised

LUMPED = "sentry#3229, #9970, #67124: one wrapper lumps distinct errors"
CENTRAL = "ndb-core#4210: one cause in 31 issues, and two causes in one"
CAUSE = "sentry#60184, #59679: error.cause"
GROUPS = "4.1.6: exception groups"

REFUSED = raised(
    "ConnectionRefusedError", "[Errno 111] Connection refused", py("shop.db.connect"), py("socket.connect", app=False)
)
GONE = raised("TimeoutError", "timed out", py("shop.db.connect"), py("socket.connect", app=False))
NO_PRICE = raised("KeyError", "'price'", py("shop.orders.load"), py("shop.cart.total"))
NO_STOCK = raised("IndexError", "list index out of range", py("shop.orders.load"), py("shop.stock.first"))


def trpc(value: str, cause: dict[str, object] | None = None) -> dict[str, object]:
    wrapper = raised(
        "TRPCError", value, frame("/app/src/server.ts", "start"), frame("/app/src/trpc.ts", "getTRPCErrorFromUnknown")
    )
    if cause is None:
        return event("node", wrapper)
    return event("node", linked(cause, 1, 0, "cause"), linked(wrapper, 0, None, "generic"))


def group(*members: dict[str, object], message: str = "unhandled errors in a TaskGroup") -> dict[str, object]:
    root = raised("ExceptionGroup", f"{message} ({len(members)} sub-exceptions)", py("shop.jobs.run_all"))
    children = [linked(one, number + 1, 0, f"exceptions[{number}]") for number, one in enumerate(members)]
    return event("python", *reversed(children), linked(root, 0, None, "exc_info", is_exception_group=True))


SETS = (
    case(
        "two causes behind one wrapper",
        LUMPED,
        "AB",
        event(
            "python", NO_PRICE, raised("ServiceError", "could not load", py("shop.views.show"), py("shop.orders.load"))
        ),
        event(
            "python", NO_STOCK, raised("ServiceError", "could not load", py("shop.views.show"), py("shop.orders.load"))
        ),
    ),
    case(
        "one cause with two wrappers",
        CENTRAL,
        "AA",
        event("python", REFUSED, raised("OrderError", "no order", py("shop.views.show"), py("shop.db.connect"))),
        event("python", REFUSED, raised("PaymentError", "no payment", py("shop.views.pay"), py("shop.db.connect"))),
    ),
    case(
        "one cause with two wrappers, raised further out",
        CENTRAL,
        "AA",
        event(
            "java",
            raised("java.io.IOException", "reset", java("shop.Db", "connect")),
            raised("shop.OrderException", "x", java("shop.Orders", "load")),
        ),
        event(
            "java",
            raised("java.io.IOException", "reset", java("shop.Db", "connect")),
            raised("shop.PayException", "y", java("shop.Pay", "charge")),
        ),
    ),
    case(
        "wrapped since this release",
        CENTRAL,
        "AA",
        event("python", NO_PRICE),
        event("python", NO_PRICE, raised("CheckoutError", "no total", py("shop.views.pay"), py("shop.orders.load"))),
    ),
    case(
        "wrapped twice, and once",
        CENTRAL,
        "AA",
        event(
            "node",
            raised("TypeError", "x is undefined", frame("/app/cart.js", "total")),
            raised("Error", "a", frame("/app/orders.js", "load")),
        ),
        event(
            "node",
            raised("TypeError", "x is undefined", frame("/app/cart.js", "total")),
            raised("Error", "a", frame("/app/orders.js", "load")),
            raised("Error", "b", frame("/app/views.js", "show")),
        ),
    ),
    case(
        "one wrapper of tRPC, two messages, no cause",
        "sentry-javascript#16409: all TRPCErrors are one issue",
        "ABA",
        trpc("No procedure found on path"),
        trpc("Invalid enum value, expected card"),
        trpc("No procedure found on path"),
    ),
    case(
        "one wrapper of tRPC, two causes",
        "sentry-javascript#16409",
        "ABA",
        trpc("boom", raised("TypeError", "a is not a function", frame("/app/src/cart.ts", "total"))),
        trpc("boom", raised("RangeError", "Invalid array length", frame("/app/src/stock.ts", "reserve"))),
        trpc("bang", raised("TypeError", "a is not a function", frame("/app/src/cart.ts", "total"))),
    ),
    case(
        "a central client raises what it was told",
        LUMPED,
        "ABAB",
        event("python", raised("ApiError", "invalid signature", py("shop.views.pay"), py("shop.api.request"))),
        event("python", raised("ApiError", "rate limit reached", py("shop.views.pay"), py("shop.api.request"))),
        event("python", raised("ApiError", "invalid signature", py("shop.views.refund"), py("shop.api.request"))),
        event("python", raised("ApiError", "rate limit reached", py("shop.jobs.sync"), py("shop.api.request"))),
    ),
    case(
        "a central client raises messages with ids",
        CENTRAL,
        "AA",
        event("python", raised("ApiError", "order 17 was not found", py("shop.views.pay"), py("shop.api.request"))),
        event("python", raised("ApiError", "order 18 was not found", py("shop.views.show"), py("shop.api.request"))),
    ),
    case(
        "a helper whose line raises what it was told",
        LUMPED,
        "AB",
        event(
            "python",
            raised(
                "AppError",
                "no such shop",
                py("shop.views.a"),
                py("shop.problems.stop", context_line="    raise AppError(message)"),
            ),
        ),
        event(
            "python",
            raised(
                "AppError",
                "shop is closed",
                py("shop.views.a"),
                py("shop.problems.stop", context_line="    raise AppError(message)"),
            ),
        ),
    ),
    case(
        "an error while another is handled is no wrapper",
        "4.1.6: all exceptions of a chain",
        "AB",
        event(
            "python",
            NO_PRICE,
            raised("OSError", "disk full", py("shop.orders.load"), py("shop.audit.save"), py("os.write", app=False)),
        ),
        event("python", NO_PRICE, raised("KeyError", "'user'", py("shop.orders.load"), py("shop.mails.warn"))),
    ),
    case(
        "a library's own chain",
        "4.1.6: urllib3 below requests",
        "AAB",
        event(
            "python",
            raised(
                "ConnectionRefusedError", "[Errno 111] Connection refused", py("urllib3.connection.new_conn", app=False)
            ),
            raised("MaxRetryError", "HTTPConnectionPool(host='a', port=1)", py("requests.adapters.send", app=False)),
            raised(
                "ConnectionError",
                "HTTPConnectionPool(host='a', port=1)",
                py("shop.rates.load"),
                py("requests.api.get", app=False),
            ),
        ),
        event(
            "python",
            raised(
                "ConnectionRefusedError", "[Errno 111] Connection refused", py("urllib3.connection.new_conn", app=False)
            ),
            raised("MaxRetryError", "HTTPConnectionPool(host='b', port=2)", py("requests.adapters.send", app=False)),
            raised(
                "ConnectionError",
                "HTTPConnectionPool(host='b', port=2)",
                py("shop.rates.load"),
                py("requests.api.get", app=False),
            ),
        ),
        event(
            "python",
            raised(
                "ConnectionRefusedError", "[Errno 111] Connection refused", py("urllib3.connection.new_conn", app=False)
            ),
            raised("MaxRetryError", "HTTPConnectionPool(host='a', port=1)", py("requests.adapters.send", app=False)),
            raised(
                "ConnectionError",
                "HTTPConnectionPool(host='a', port=1)",
                py("shop.mails.push"),
                py("requests.api.get", app=False),
            ),
        ),
    ),
    case("a group in another order", GROUPS, "AA", group(NO_PRICE, NO_STOCK), group(NO_STOCK, NO_PRICE)),
    case(
        "a group with more of the same",
        GROUPS,
        "AA",
        group(NO_PRICE, NO_STOCK),
        group(NO_PRICE, NO_PRICE, NO_STOCK, NO_PRICE),
    ),
    case("groups of other members", GROUPS, "AB", group(NO_PRICE, NO_STOCK), group(NO_PRICE, GONE)),
    case("a group of one kind is that kind", GROUPS, "AA", group(NO_PRICE, NO_PRICE), event("python", NO_PRICE)),
    case(
        "an AggregateError",
        GROUPS,
        "AAB",
        *(
            event(
                "node",
                *(
                    linked(raised(kind, value, frame("/app/rates.js", function)), n + 1, 0, f"errors[{n}]")
                    for n, (kind, value, function) in enumerate(members)
                ),
                linked(
                    raised("AggregateError", "All promises were rejected", frame("/app/rates.js", "fastest")),
                    0,
                    None,
                    "generic",
                    is_exception_group=True,
                ),
            )
            for members in (
                (
                    ("FetchError", "request to https://a.example/1 failed", "fromBank"),
                    ("FetchError", "no", "fromCache"),
                ),
                (
                    ("FetchError", "no", "fromCache"),
                    ("FetchError", "request to https://a.example/2 failed", "fromBank"),
                ),
                (("FetchError", "no", "fromCache"), ("SyntaxError", "Unexpected token", "fromDisk")),
            )
        ),
    ),
    case(
        "inner exceptions of .NET",
        CAUSE,
        "AAB",
        event(
            "csharp",
            raised("System.FormatException", "bad", frame("a.cs", "Parse", app=None, module="Shop.Prices")),
            raised("Shop.LoadException", "x", frame("b.cs", "Load", app=None, module="Shop.Orders")),
        ),
        event(
            "csharp",
            raised("System.FormatException", "bad", frame("a.cs", "Parse", app=None, module="Shop.Prices")),
            raised(
                "System.AggregateException",
                "One or more errors occurred. (x)",
                frame("b.cs", "LoadAll", app=None, module="Shop.Jobs"),
            ),
        ),
        event(
            "csharp",
            raised("System.IO.IOException", "gone", frame("a.cs", "Read", app=None, module="Shop.Files")),
            raised("Shop.LoadException", "x", frame("b.cs", "Load", app=None, module="Shop.Orders")),
        ),
    ),
)
