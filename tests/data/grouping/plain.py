"""Sets as another person would write them: plain frames, no modules, after the list of the issue alone."""

from typing import Any

from tests.data.grouping.building import Event, Set

SOURCE = "the list of hard cases, 4.3 and 4.4"


def framed(function: str, filename: str | None = "app/x.py", *, app: bool | None = True, **rest: Any) -> dict[str, Any]:
    flag = {} if app is None else {"in_app": app}
    return {"function": function, "filename": filename, "lineno": rest.pop("line", 10)} | flag | rest


def failed(kind: str, value: str | None, frames: list[dict[str, Any]] | None = None, **rest: Any) -> dict[str, Any]:
    stack = {} if frames is None else {"stacktrace": {"frames": frames}}
    return {"type": kind, "value": value} | stack | rest


def sent(*exceptions: dict[str, Any], platform: str = "python", **rest: Any) -> Event:
    return {"platform": platform, "exception": {"values": list(exceptions)}} | rest


def case(name: str, issues: str, *events: Event) -> Set:
    return Set(f"plain: {name}", SOURCE, issues, events)


SETS = (
    case(
        "route, no module",
        "AA",
        sent(
            failed(
                "KeyError", "'id'", [framed("a", "app/a.py"), framed("shared", "app/s.py"), framed("crash", "app/c.py")]
            )
        ),
        sent(failed("KeyError", "'id'", [framed("b", "app/b.py"), framed("crash", "app/c.py")])),
    ),
    case(
        "locale .NET",
        "AA",
        sent(
            failed(
                "System.IO.FileNotFoundException",
                "Could not find file 'C:\\a.txt'.",
                [framed("Shop.Files.Read", "Files.cs", app=None)],
            ),
            platform="csharp",
        ),
        sent(
            failed(
                "System.IO.FileNotFoundException",
                'Die Datei "C:\\b.txt" konnte nicht gefunden werden.',
                [framed("Shop.Files.Read", "Files.cs", app=None)],
            ),
            platform="csharp",
        ),
    ),
    case(
        "locale with generic type",
        "AA",
        sent(failed("Exception", "Invalid input", [framed("main_view", "v.py"), framed("check_form", "f.py")])),
        sent(failed("Exception", "Ungültige Eingabe", [framed("main_view", "v.py"), framed("check_form", "f.py")])),
    ),
    case(
        "recursion depth diff entry",
        "AA",
        sent(
            failed(
                "RecursionError",
                "maximum recursion depth exceeded",
                [framed("start", "m.py")] + [framed("fact", "m.py")] * 90,
            )
        ),
        sent(
            failed(
                "RecursionError",
                "maximum recursion depth exceeded in comparison",
                [framed("go", "n.py")] + [framed("fact", "m.py")] * 40,
            )
        ),
    ),
    case(
        "mutual recursion 3",
        "AA",
        sent(failed("RecursionError", "m", [framed("s")] + [framed("a"), framed("b"), framed("c")] * 20)),
        sent(
            failed(
                "RecursionError",
                "m",
                [framed("s")] + [framed("a"), framed("b"), framed("c")] * 10 + [framed("a"), framed("b")],
            )
        ),
    ),
    case(
        "mutual recursion, a value error within",
        "AA",
        sent(failed("ValueError", "m", [framed("s")] + [framed("a"), framed("b")] * 5 + [framed("leaf")])),
        sent(failed("ValueError", "m", [framed("s")] + [framed("a"), framed("b")] * 2 + [framed("leaf")])),
    ),
    case(
        "wrapped vs raw, python chain",
        "AA",
        sent(failed("ValueError", "bad", [framed("load"), framed("parse")])),
        sent(
            failed("ValueError", "bad", [framed("load"), framed("parse")]),
            failed("ConfigError", "cannot load", [framed("main"), framed("load")]),
        ),
    ),
    case(
        "two causes, one wrapper func and type",
        "AB",
        sent(
            failed("KeyError", "'a'", [framed("wrap"), framed("one")]),
            failed("ServiceError", "failed", [framed("main"), framed("wrap")]),
        ),
        sent(
            failed("TypeError", "x", [framed("wrap"), framed("two")]),
            failed("ServiceError", "failed", [framed("main"), framed("wrap")]),
        ),
    ),
    case(
        "two causes same type different function",
        "AB",
        sent(
            failed("KeyError", "'a'", [framed("wrap"), framed("one")]),
            failed("ServiceError", "failed", [framed("main"), framed("wrap")]),
        ),
        sent(
            failed("KeyError", "'a'", [framed("wrap"), framed("two")]),
            failed("ServiceError", "failed", [framed("main"), framed("wrap")]),
        ),
    ),
    case(
        "two causes w/o cause in chain: wrapper named handle_errors",
        "AB",
        sent(failed("AppError", "payment declined", [framed("view"), framed("handle_errors", "w.py")])),
        sent(failed("AppError", "stock is empty", [framed("view2"), framed("handle_errors", "w.py")])),
    ),
    case(
        "decorator wrapper function",
        "AB",
        sent(failed("AppError", "payment declined", [framed("view"), framed("wrapper", "w.py")])),
        sent(failed("AppError", "stock is empty", [framed("view2"), framed("wrapper", "w.py")])),
    ),
    case(
        "js api client central",
        "AB",
        sent(
            failed(
                "ApiError",
                "Not authorised",
                [framed("checkout", "src/checkout.ts"), framed("apiRequest", "src/api.ts")],
            ),
            platform="node",
        ),
        sent(
            failed("ApiError", "Cart not found", [framed("cart", "src/cart.ts"), framed("apiRequest", "src/api.ts")]),
            platform="node",
        ),
    ),
    case(
        "one cause two wrappers, linked by ids",
        "AA",
        sent(
            failed(
                "ConnectionError",
                "db down",
                [framed("q", "db.py")],
                mechanism={"type": "chained", "exception_id": 1, "parent_id": 0, "source": "__cause__"},
            ),
            failed("OrderError", "o", [framed("order", "o.py")], mechanism={"type": "generic", "exception_id": 0}),
        ),
        sent(
            failed(
                "ConnectionError",
                "db down",
                [framed("q", "db.py")],
                mechanism={"type": "chained", "exception_id": 1, "parent_id": 0, "source": "__cause__"},
            ),
            failed("PayError", "p", [framed("pay", "p.py")], mechanism={"type": "generic", "exception_id": 0}),
        ),
    ),
    case(
        "one cause two wrappers, context managers",
        "AA",
        sent(
            failed("ConnectionError", "db down", [framed("order", "o.py"), framed("connect", "db.py")]),
            failed("OrderError", "o", [framed("view", "v.py"), framed("order", "o.py")]),
        ),
        sent(
            failed("ConnectionError", "db down", [framed("pay", "p.py"), framed("connect", "db.py")]),
            failed("PayError", "p", [framed("view", "v.py"), framed("pay", "p.py")]),
        ),
    ),
    case(
        "one cause two wrappers, frames disjoint (py)",
        "AA",
        sent(
            failed("ConnectionError", "db down", [framed("connect", "db.py")]),
            failed("OrderError", "o", [framed("view", "v.py"), framed("order", "o.py")]),
        ),
        sent(
            failed("ConnectionError", "db down", [framed("connect", "db.py")]),
            failed("PayError", "p", [framed("view", "v.py"), framed("pay", "p.py")]),
        ),
    ),
    case(
        "cause w/o frames",
        "AA",
        sent(
            failed("ConnectionError", "db at 10.0.0.1 down"),
            failed("OrderError", "o", [framed("view", "v.py"), framed("order", "o.py")]),
        ),
        sent(
            failed("ConnectionError", "db at 10.0.0.2 down"),
            failed("OrderError", "o", [framed("v2", "v.py"), framed("order", "o.py")]),
        ),
    ),
    case(
        "cause w/o frames, two causes",
        "AB",
        sent(
            failed("ConnectionError", "db down"),
            failed("OrderError", "o", [framed("view", "v.py"), framed("order", "o.py")]),
        ),
        sent(failed("KeyError", "'x'"), failed("OrderError", "o", [framed("v2", "v.py"), framed("order", "o.py")])),
    ),
    case(
        "cause w/o frames, one cause two wrappers",
        "AA",
        sent(
            failed("ConnectionError", "the database refused the connection"),
            failed("OrderError", "o", [framed("order", "o.py")]),
        ),
        sent(
            failed("ConnectionError", "the database refused the connection"),
            failed("PayError", "p", [framed("pay", "p.py")]),
        ),
    ),
    case(
        "minified, no module",
        "AA",
        sent(
            failed(
                "TypeError",
                "e is undefined",
                [
                    framed("t", "https://x.example/static/app.9f8e7d.js", colno=100),
                    framed("n", "https://x.example/static/app.9f8e7d.js", colno=200),
                ],
            ),
            platform="javascript",
        ),
        sent(
            failed(
                "TypeError",
                "t is undefined",
                [
                    framed("r", "https://x.example/static/app.1a2b3c.js", colno=300),
                    framed("o", "https://x.example/static/app.1a2b3c.js", colno=20),
                ],
            ),
            platform="javascript",
        ),
    ),
    case(
        "minified same msg",
        "AA",
        sent(
            failed(
                "TypeError",
                "Cannot read properties of null (reading 'price')",
                [
                    framed("t", "https://x.example/static/app.9f8e7d.js"),
                    framed("Object.n", "https://x.example/static/app.9f8e7d.js"),
                ],
            ),
            platform="javascript",
        ),
        sent(
            failed(
                "TypeError",
                "Cannot read properties of null (reading 'price')",
                [
                    framed("r", "https://x.example/static/app.1a2b3c.js"),
                    framed("Object.o", "https://x.example/static/app.1a2b3c.js"),
                ],
            ),
            platform="javascript",
        ),
    ),
    case(
        "minified two messages",
        "AB",
        sent(
            failed(
                "TypeError",
                "Cannot read properties of null (reading 'price')",
                [framed("t", "https://x.example/static/app.9f8e7d.js")],
            ),
            platform="javascript",
        ),
        sent(
            failed(
                "TypeError",
                "Cannot read properties of null (reading 'stock')",
                [framed("t", "https://x.example/static/app.9f8e7d.js")],
            ),
            platform="javascript",
        ),
    ),
    case(
        "two bundles, same readable fn",
        "AA",
        sent(failed("Error", "x", [framed("checkout", "https://x.example/a-1.js")]), platform="javascript"),
        sent(failed("Error", "x", [framed("checkout", "https://x.example/a-2.js")]), platform="javascript"),
    ),
    case(
        "chunk names",
        "AA",
        sent(failed("Error", "x", [framed("checkout", "https://x.example/chunk-ABCDEF12.js")]), platform="javascript"),
        sent(failed("Error", "x", [framed("checkout", "https://x.example/chunk-ZYXWVU98.js")]), platform="javascript"),
    ),
    case(
        "CGLIB in_app flags",
        "AA",
        sent(
            failed(
                "IllegalStateException",
                "x",
                [
                    framed("run", "T.java", app=False, module="java.lang.Thread"),
                    framed("pay", "<generated>", app=True, module="com.shop.Pay$$EnhancerBySpringCGLIB$$abc123"),
                    framed("pay", "Pay.java", app=True, module="com.shop.Pay"),
                ],
            ),
            platform="java",
        ),
        sent(
            failed(
                "IllegalStateException",
                "x",
                [
                    framed("pay", "<generated>", app=True, module="com.shop.Pay$$EnhancerBySpringCGLIB$$fff999"),
                    framed("pay", "Pay.java", app=True, module="com.shop.Pay"),
                ],
            ),
            platform="java",
        ),
    ),
    case(
        "generated raising itself",
        "AA",
        sent(
            failed(
                "IllegalStateException",
                "x",
                [framed("pay", "<generated>", app=True, module="com.shop.Pay$$EnhancerBySpringCGLIB$$abc123")],
            ),
            platform="java",
        ),
        sent(
            failed(
                "IllegalStateException",
                "x",
                [framed("pay", "<generated>", app=True, module="com.shop.Pay$$EnhancerBySpringCGLIB$$fff999")],
            ),
            platform="java",
        ),
    ),
    case(
        "proxy alone in stack",
        "AA",
        sent(
            failed(
                "UndeclaredThrowableException",
                None,
                [
                    framed("find", None, app=True, module="com.sun.proxy.$Proxy112"),
                    framed("invoke", None, app=None, module="com.shop.Repo"),
                ],
            ),
            platform="java",
        ),
        sent(
            failed(
                "UndeclaredThrowableException",
                None,
                [
                    framed("find", None, app=True, module="com.sun.proxy.$Proxy97"),
                    framed("invoke", None, app=None, module="com.shop.Repo"),
                ],
            ),
            platform="java",
        ),
    ),
    case(
        "lambda numbers",
        "AA",
        sent(failed("E", "x", [framed("lambda$run$0", "A.java", app=True, module="com.shop.A")]), platform="java"),
        sent(failed("E", "x", [framed("lambda$run$7", "A.java", app=True, module="com.shop.A")]), platform="java"),
    ),
    case(
        "python async gather vs await",
        "AA",
        sent(
            failed(
                "ValueError",
                "x",
                [framed("main"), framed("gather", "asyncio/tasks.py", app=False), framed("fetch_price")],
            )
        ),
        sent(failed("ValueError", "x", [framed("main"), framed("fetch_price")])),
    ),
    case(
        "node async frames",
        "AA",
        sent(
            failed(
                "Error",
                "x",
                [
                    framed("process.processTicksAndRejections", "node:internal/process/task_queues", app=False),
                    framed("async Promise.all (index 3)", "<anonymous>", app=None),
                    framed("async loadCart", "/app/cart.js"),
                ],
            ),
            platform="node",
        ),
        sent(failed("Error", "x", [framed("loadCart", "/app/cart.js")]), platform="node"),
    ),
    case(
        "group order",
        "AA",
        sent(
            failed(
                "ValueError",
                "a",
                [framed("a")],
                mechanism={"exception_id": 1, "parent_id": 0, "source": "exceptions[0]"},
            ),
            failed(
                "KeyError", "b", [framed("b")], mechanism={"exception_id": 2, "parent_id": 0, "source": "exceptions[1]"}
            ),
            failed(
                "ExceptionGroup",
                "g (2 sub-exceptions)",
                [framed("g")],
                mechanism={"exception_id": 0, "is_exception_group": True},
            ),
        ),
        sent(
            failed(
                "KeyError", "b", [framed("b")], mechanism={"exception_id": 1, "parent_id": 0, "source": "exceptions[0]"}
            ),
            failed(
                "ValueError",
                "a",
                [framed("a")],
                mechanism={"exception_id": 2, "parent_id": 0, "source": "exceptions[1]"},
            ),
            failed(
                "ExceptionGroup",
                "g (2 sub-exceptions)",
                [framed("g")],
                mechanism={"exception_id": 0, "is_exception_group": True},
            ),
        ),
    ),
    case(
        "group values order root first",
        "AA",
        sent(
            failed("ExceptionGroup", "g", [framed("g")], mechanism={"exception_id": 0, "is_exception_group": True}),
            failed("ValueError", "a", [framed("a")], mechanism={"exception_id": 1, "parent_id": 0}),
        ),
        sent(
            failed("ValueError", "a", [framed("a")], mechanism={"exception_id": 1, "parent_id": 0}),
            failed("ExceptionGroup", "g", [framed("g")], mechanism={"exception_id": 0, "is_exception_group": True}),
        ),
    ),
    case(
        "groups with another member are different",
        "AB",
        sent(
            failed("ValueError", "a", [framed("a")], mechanism={"exception_id": 1, "parent_id": 0}),
            failed("ExceptionGroup", "g", [framed("g")], mechanism={"exception_id": 0, "is_exception_group": True}),
        ),
        sent(
            failed("KeyError", "a", [framed("k")], mechanism={"exception_id": 1, "parent_id": 0}),
            failed("ExceptionGroup", "g", [framed("g")], mechanism={"exception_id": 0, "is_exception_group": True}),
        ),
    ),
    case(
        "no in_app at all",
        "AA",
        sent(failed("KeyError", "'x'", [framed("a", app=None), framed("b", app=None)])),
        sent(failed("KeyError", "'x'", [framed("c", app=None), framed("b", app=None)])),
    ),
    case(
        "two distinct no-stack generic",
        "AB",
        sent(failed("Error", "payment declined")),
        sent(failed("Error", "cart not found")),
    ),
    case(
        "capture vs logger message",
        "AA",
        {"platform": "python", "message": "Failed to sync 12 items"},
        {"platform": "python", "logentry": {"message": "Failed to sync %d items", "params": [7]}},
    ),
    case(
        "message different",
        "AB",
        {"platform": "python", "message": "Failed to sync"},
        {"platform": "python", "message": "Failed to load"},
    ),
    case(
        "name in quotes",
        "AA",
        sent(failed("UserError", "User 'ada' has no cart")),
        sent(failed("UserError", "User 'bob' has no cart")),
    ),
    case(
        "smtp",
        "AA",
        sent(failed("SMTPDataError", "(452, b'4.3.1 abc123 insufficient')")),
        sent(failed("SMTPDataError", "(452, b'4.3.1 zzz999 insufficient')")),
    ),
    case(
        "go errors",
        "AB",
        sent(
            failed(
                "*errors.errorString",
                "open config: no such file",
                [framed("Load", None, app=True, module="main"), framed("report", None, app=True, module="main")],
            ),
            platform="go",
        ),
        sent(
            failed(
                "*errors.errorString",
                "connection refused",
                [framed("Serve", None, app=True, module="main"), framed("report", None, app=True, module="main")],
            ),
            platform="go",
        ),
    ),
    case(
        "php closure",
        "AA",
        sent(failed("TypeError", "x", [framed("Shop\\Cart::Shop\\{closure}", "/a/Cart.php")]), platform="php"),
        sent(failed("TypeError", "x", [framed("Shop\\Cart::Shop\\{closure}", "/b/Cart.php", line=88)]), platform="php"),
    ),
    case(
        "ruby",
        "AA",
        sent(
            failed("NoMethodError", "undefined method `x' for nil:NilClass", [framed("block in show", "app/c.rb")]),
            platform="ruby",
        ),
        sent(
            failed(
                "NoMethodError",
                "undefined method `x' for nil:NilClass",
                [framed("block (3 levels) in show", "app/c.rb")],
            ),
            platform="ruby",
        ),
    ),
    case(
        "native pkgs",
        "AA",
        sent(
            failed(
                "SIGSEGV",
                "",
                [
                    framed("main", None, app=None, package="/opt/a/bin/shop", instruction_addr="0x1"),
                    framed("Cart::total(int)", None, app=None, package="/opt/a/bin/shop", instruction_addr="0x2"),
                ],
            ),
            platform="native",
        ),
        sent(
            failed(
                "SIGSEGV",
                "",
                [
                    framed("main", None, app=None, package="/opt/b/bin/shop", instruction_addr="0x8"),
                    framed("Cart::total(int)", None, app=None, package="/opt/b/bin/shop", instruction_addr="0x9"),
                ],
            ),
            platform="native",
        ),
    ),
    case(
        "flip: explicit false everywhere",
        "AA",
        sent(failed("KeyError", "'x'", [framed("a"), framed("b")])),
        sent(failed("KeyError", "'x'", [framed("a", app=False), framed("b", app=False)])),
    ),
    case(
        "same line different type in handler",
        "AB",
        sent(failed("KeyError", "'x'", [framed("a"), framed("b")])),
        sent(failed("AttributeError", "x", [framed("a"), framed("b")])),
    ),
)
