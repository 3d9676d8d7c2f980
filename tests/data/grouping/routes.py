"""One cause on many ways, and the things that change from build to build and from run to run."""

from tests.data.grouping.building import case, event, frame, py, raised

SPLIT = "sentry#61417, #101821: many paths to one bug are many issues"
VALUE = "bugsink#380, #237: ids in the message make an issue each"
LINES = "4.1.3: never line numbers"
TOTAL = py("shop.cart.total")

SETS = (
    case(
        "the same crash by two views",
        SPLIT,
        "AA",
        event("python", raised("KeyError", "'price'", py("shop.views.checkout"), py("shop.cart.subtotal"), TOTAL)),
        event("python", raised("KeyError", "'price'", py("shop.api.orders"), py("shop.invoices.render"), TOTAL)),
    ),
    case(
        "the same crash from a worker and from a request",
        SPLIT,
        "AA",
        event(
            "python",
            raised(
                "ZeroDivisionError",
                "division by zero",
                py("flask.app.dispatch", app=False),
                py("shop.views.show"),
                TOTAL,
            ),
        ),
        event(
            "python",
            raised(
                "ZeroDivisionError",
                "division by zero",
                py("celery.worker.run", app=False),
                py("shop.tasks.nightly"),
                TOTAL,
            ),
        ),
    ),
    case(
        "one function fails in two ways",
        "4.1.5: the type contributes",
        "AB",
        event("python", raised("KeyError", "'price'", py("shop.views.checkout"), TOTAL)),
        event("python", raised("TypeError", "unsupported operand type(s)", py("shop.views.checkout"), TOTAL)),
    ),
    case(
        "two functions fail alike",
        "4.1.2: the stack tells causes apart",
        "AB",
        event("python", raised("KeyError", "'price'", py("shop.views.checkout"), TOTAL)),
        event("python", raised("KeyError", "'price'", py("shop.views.checkout"), py("shop.cart.discount"))),
    ),
    case(
        "functions of one name in two modules",
        "4.1.3: module, then function",
        "AB",
        event("python", raised("ValueError", "bad", py("shop.main"), py("shop.cart.load"))),
        event("python", raised("ValueError", "bad", py("shop.main"), py("shop.stock.load"))),
    ),
    case(
        "lines moved, and the source around them was edited",
        LINES,
        "AA",
        event(
            "python", raised("KeyError", "'price'", py("shop.cart.total", lineno=10, context_line="return x['price']"))
        ),
        event(
            "python", raised("KeyError", "'price'", py("shop.cart.total", lineno=99, context_line="y = x['price'] * 2"))
        ),
    ),
    case(
        "another folder of deployment",
        "4.1.3: basename, never the path",
        "AA",
        event("ruby", raised("NoMethodError", "undefined", frame("/srv/releases/20261101/app/cart.rb", "total"))),
        event("ruby", raised("NoMethodError", "undefined", frame("/srv/releases/20261124/app/cart.rb", "total"))),
    ),
    case(
        "another locale of the machine",
        "4.1.5: the value only where no stack contributes",
        "AAA",
        event("python", raised("OSError", "[Errno 13] Permission denied: 'a.csv'", py("shop.files.open_report"))),
        event("python", raised("OSError", "[Errno 13] Keine Berechtigung: 'b.csv'", py("shop.files.open_report"))),
        event("python", raised("OSError", "[Errno 13] Permission non accordée", py("shop.files.open_report"))),
    ),
    case(
        "another locale, and no stack but a code",
        "4.1.5 and bugsink#237",
        "AAB",
        event("csharp", raised("SocketException", "[WinError 10061] No connection could be made")),
        event("csharp", raised("SocketException", "[WinError 10061] Es konnte keine Verbindung hergestellt werden")),
        event("csharp", raised("SocketException", "[WinError 10060] Zeitüberschreitung")),
    ),
    case(
        "numbers and dates as other countries write them",
        VALUE,
        "AAA",
        event("php", raised("RuntimeException", "Payment of 1,234.56 on 12/31/2026 was refused")),
        event("php", raised("RuntimeException", "Payment of 1.234,56 on 31.12.2026 was refused")),
        event("php", raised("RuntimeException", "Payment of 99 on 2026-12-31 was refused")),
    ),
    case(
        "ids, hosts and times in a message without stack",
        VALUE,
        "AAA",
        event("python", raised("TimeoutError", "order 4711 timed out after 30s on web-1.internal:8080 at 12:01:33")),
        event("python", raised("TimeoutError", "order 12 timed out after 5000ms on web-22.internal:8081 at 23:59:01")),
        event("python", raised("TimeoutError", "order 8 timed out after 1.5s on 10.1.2.3:80 at 2026-11-25T00:00:01Z")),
    ),
    case(
        "an id of a mail provider in the value",
        "bugsink#380: one Gmail id in SMTPDataError makes 5000 issues",
        "AA",
        event(
            "python",
            raised("SMTPDataError", "(452, b'4.2.2 over quota https://x.y/?p d2e1a72fcca58-7b4f1a.33 - gsmtp')"),
        ),
        event(
            "python",
            raised("SMTPDataError", "(452, b'4.2.2 over quota https://x.y/?p 98e67ed59e1d1-33c2ff.90 - gsmtp')"),
        ),
    ),
    case(
        "uuids, addresses, paths and people in a message",
        VALUE,
        "AA",
        event(
            "go",
            raised(
                "Error",
                "cannot read /data/ada/inbox.db of ada@example.com (7d0f6a0c-4f4c-4e13-b4a2-8e1f0b9a1c2d) at 0xc000123",
            ),
        ),
        event(
            "go",
            raised(
                "Error",
                "cannot read /data/bo/out.db of bob@example.org (00000000-1111-2222-3333-444444444444) at 0xc0ffee1",
            ),
        ),
    ),
    case(
        "two messages without a stack",
        "4.4: type and value",
        "AB",
        event("python", raised("ValueError", "the basket is empty")),
        event("python", raised("ValueError", "the voucher has expired")),
    ),
    case(
        "the columns that two queries miss",
        "4.4: what the program named is no parameter",
        "ABA",
        event("python", raised("ProgrammingError", 'column "price" does not exist at character 17')),
        event("python", raised("ProgrammingError", 'column "stock" does not exist at character 41')),
        event("python", raised("ProgrammingError", 'column "price" does not exist at character 90')),
    ),
    case(
        "two status codes are two causes",
        "4.3: distinct errors that a wrapper raises",
        "ABA",
        event("node", raised("AxiosError", "Request failed with status code 404")),
        event("node", raised("AxiosError", "Request failed with status code 500")),
        event("node", raised("AxiosError", "Request failed with status code 404")),
    ),
    case(
        "recursion that went deeper",
        "4.1.4: recursion is dropped",
        "AAA",
        event("python", raised("ValueError", "bad node", py("shop.tree.load"), *[py("shop.tree.walk")] * 3)),
        event("python", raised("ValueError", "bad node", py("shop.tree.load"), *[py("shop.tree.walk")] * 40)),
        event("python", raised("ValueError", "bad node", py("shop.tree.load"), py("shop.tree.walk"))),
    ),
    case(
        "a stack that overflowed at another function of the circle",
        "4.1.4, mutual recursion",
        "AAA",
        event(
            "python",
            raised(
                "RecursionError",
                "maximum recursion depth exceeded",
                py("shop.a"),
                *[py("shop.tree.visit"), py("shop.tree.descend")] * 20,
            ),
        ),
        event(
            "python",
            raised(
                "RecursionError",
                "maximum recursion depth exceeded",
                py("shop.b"),
                *[py("shop.tree.visit"), py("shop.tree.descend")] * 9,
                py("shop.tree.visit"),
            ),
        ),
        event(
            "python",
            raised(
                "RecursionError",
                "maximum recursion depth exceeded while calling a Python object",
                *[py("shop.tree.visit"), py("shop.tree.descend")] * 9,
                py("shop.tree.visit"),
                py("json.encoder.encode", app=False),
            ),
        ),
    ),
    case(
        "two circles that overflow",
        "4.1.4, mutual recursion",
        "AB",
        event(
            "java",
            raised(
                "java.lang.StackOverflowError",
                None,
                *[frame("A.java", f, module="shop.A") for f in ("f", "g", "h")] * 12,
            ),
        ),
        event(
            "java",
            raised(
                "java.lang.StackOverflowError", None, *[frame("B.java", f, module="shop.B") for f in ("p", "q")] * 12
            ),
        ),
    ),
    case(
        "a comprehension has a frame of its own before Python 3.12",
        "4.1.3: what an upgrade of the language changes",
        "AA",
        event("python", raised("KeyError", "'sku'", py("shop.cart.lines"), py("shop.cart.<listcomp>"))),
        event("python", raised("KeyError", "'sku'", py("shop.cart.lines"))),
    ),
    case(
        "a script that is run, and is imported",
        "2.1: module __main__",
        "AA",
        event("python", raised("KeyError", "'sku'", frame("nightly.py", "export", module="__main__"))),
        event("python", raised("KeyError", "'sku'", frame("nightly.py", "export", module="nightly"))),
    ),
)
