"""Bundles, browsers and Node."""

from tests.data.grouping.building import bundle, case, event, frame, raised

POISON = "4.4: a bundle's name makes new issues with every deploy"
MINIFIED = "ndb-core#4210, sentry#49130: minified and sourcemapped builds split"
READ = "Cannot read properties of undefined (reading 'total')"
CART = "webpack:///./src/cart.ts"

SETS = (
    case(
        "a bundle with a new hash",
        POISON,
        "AA",
        event("javascript", raised("TypeError", READ, bundle("https://s.example/js/main.3f2a1c9d.js", "submitOrder"))),
        event("javascript", raised("TypeError", READ, bundle("https://s.example/js/main.99ab01ef.js", "submitOrder"))),
    ),
    case(
        "a bundle with a new hash and new minified names",
        POISON,
        "AA",
        event(
            "javascript",
            raised(
                "TypeError",
                READ,
                bundle("https://s.example/main.3f2a1c9d.js", "e"),
                bundle("https://s.example/main.3f2a1c9d.js", "t"),
            ),
        ),
        event(
            "javascript",
            raised(
                "TypeError",
                READ,
                bundle("https://s.example/main.1e5d.js", "n.r"),
                bundle("https://s.example/main.1e5d.js", "aKe"),
            ),
        ),
    ),
    case(
        "a function that moved to another chunk",
        POISON,
        "AA",
        event(
            "javascript",
            raised("TypeError", READ, bundle("https://cdn.example/static/js/2.8a7b6c5d.chunk.js", "submitOrder")),
        ),
        event(
            "javascript",
            raised(
                "TypeError",
                READ,
                bundle("https://cdn.example/static/js/vendors~checkout.11aa22bb.js?v=7#x", "submitOrder"),
            ),
        ),
    ),
    case(
        "hashes as Vite writes them",
        POISON,
        "AA",
        event(
            "javascript",
            raised(
                "ReferenceError",
                "cart is not defined",
                bundle("https://s.example/assets/index-DkX9aBcQ.js", "renderCart"),
            ),
        ),
        event(
            "javascript",
            raised(
                "ReferenceError",
                "cart is not defined",
                bundle("https://s.example/assets/index-B7aQx_12.js", "renderCart"),
            ),
        ),
    ),
    case(
        "two minified errors that say two things",
        POISON,
        "AB",
        event("javascript", raised("TypeError", READ, bundle("https://s.example/main.3f2a1c9d.js", "t"))),
        event(
            "javascript",
            raised("TypeError", "r.map is not a function", bundle("https://s.example/main.3f2a1c9d.js", "t")),
        ),
    ),
    case(
        "two functions of one bundle",
        "4.1.4: the function counts",
        "AB",
        event("javascript", raised("TypeError", READ, bundle("https://s.example/main.3f2a1c9d.js", "submitOrder"))),
        event("javascript", raised("TypeError", READ, bundle("https://s.example/main.3f2a1c9d.js", "renderCart"))),
    ),
    case(
        "minified first, then with source maps",
        MINIFIED,
        "AA",
        event("javascript", raised("TypeError", READ, bundle("https://s.example/main.3f2a1c9d.js", "t"))),
        event("javascript", raised("TypeError", READ, frame(CART, "computeTotal"))),
    ),
    case(
        "two sourcemapped errors that say the same",
        MINIFIED,
        "AB",
        event("javascript", raised("TypeError", READ, frame(CART, "computeTotal"))),
        event("javascript", raised("TypeError", READ, frame("webpack:///./src/invoice.ts", "printTotal"))),
    ),
    case(
        "prefixes and queries of source maps",
        "4.4: strip query and prefixes",
        "AAAA",
        event("javascript", raised("TypeError", READ, frame("webpack:///./src/cart.ts", "computeTotal"))),
        event(
            "javascript",
            raised(
                "TypeError", READ, frame("webpack-internal:///(app-pages-browser)/./src/cart.ts?a1b2", "computeTotal")
            ),
        ),
        event("javascript", raised("TypeError", READ, frame("../../src/cart.ts", "computeTotal"))),
        event("javascript", raised("TypeError", READ, frame("webpack://_N_E/./src/cart.ts", "Object.computeTotal"))),
    ),
    case(
        "what three engines say and call it",
        "4.1.4: the function is cut at its last point",
        "AAA",
        event(
            "javascript",
            raised(
                "TypeError",
                "Cannot read properties of undefined (reading 'total')",
                bundle("https://s.example/js/cart.js", "Object.computeTotal"),
            ),
        ),
        event(
            "javascript",
            raised(
                "TypeError",
                "undefined is not an object (evaluating 'a.total')",
                bundle("https://s.example/js/cart.js", "computeTotal"),
            ),
        ),
        event(
            "javascript", raised("TypeError", "a is undefined", bundle("https://s.example/js/cart.js", "computeTotal"))
        ),
    ),
    case(
        "an async function, compiled and not",
        "4.1.4 and async frames",
        "AA",
        event(
            "node",
            raised(
                "Error",
                "x",
                frame("node:internal/process/task_queues", "process.processTicksAndRejections", app=False),
                frame("/app/src/cart.ts", "async computeTotal"),
            ),
        ),
        event(
            "node",
            raised(
                "Error",
                "x",
                frame("/app/src/cart.ts", "computeTotal"),
                frame("/app/src/cart.ts", "_callee$"),
                frame("/app/node_modules/regenerator-runtime/runtime.js", "tryCatch", app=False),
            ),
        ),
    ),
    case(
        "libraries by their paths, where the browser calls all in-app",
        "2.1: browser frames are all in_app true",
        "AA",
        event(
            "javascript",
            raised(
                "Error",
                "x",
                frame(CART, "computeTotal"),
                frame("webpack:///./node_modules/react-dom/index.js", "commitRoot"),
            ),
        ),
        event(
            "javascript",
            raised(
                "Error",
                "x",
                frame(CART, "computeTotal"),
                frame("webpack:///./node_modules/react-dom/index.js", "flushWork"),
            ),
        ),
    ),
    case(
        "an extension of the browser",
        "2.1 and 4.1.3",
        "AA",
        event("javascript", raised("Error", "x", frame(CART, "computeTotal"))),
        event(
            "javascript",
            raised("Error", "x", frame(CART, "computeTotal"), bundle("chrome-extension://abcdefgh/content.js", "hook")),
        ),
    ),
    case(
        "two nameless functions of one file",
        "4.1.3: the line of source, where it is trusted",
        "ABA",
        event(
            "node",
            raised(
                "TypeError", "x", frame("/app/routes.js", "<anonymous>", context_line="  const n = req.body.n.trim()")
            ),
        ),
        event(
            "node",
            raised("TypeError", "x", frame("/app/routes.js", "?", context_line="  res.json(order.lines.length)")),
        ),
        event(
            "node",
            raised(
                "TypeError",
                "x",
                frame(
                    "/app/routes.js",
                    "Object.<anonymous>",
                    context_line="const n  = req.body.n.trim()".replace("  ", " "),
                ),
            ),
        ),
    ),
    case(
        "an inline handler on two pages",
        "4.1.3: no filename at a URL",
        "AA",
        event(
            "javascript",
            raised("ReferenceError", "track is not defined", bundle("https://s.example/orders/17", "onclick")),
        ),
        event(
            "javascript",
            raised("ReferenceError", "track is not defined", bundle("https://s.example/orders/18?x=1", "onclick")),
        ),
    ),
    case(
        "no frame but a nameless one at an address",
        "4.1.4: a single URL frame without function does not count",
        "AAB",
        event("javascript", raised("RangeError", "Invalid time value", bundle("https://s.example/", "?"))),
        event(
            "javascript",
            raised("RangeError", "Invalid time value", bundle("https://s.example/app.8f3a.js", "<anonymous>")),
        ),
        event("javascript", raised("RangeError", "Invalid array length", bundle("https://s.example/", "?"))),
    ),
    case(
        "something thrown that is no error",
        "2.1: synthetic, unhandled rejections",
        "AAB",
        event(
            "javascript",
            raised(
                "UnhandledRejection",
                "Non-Error promise rejection captured with value: cart 17",
                mechanism={"synthetic": True},
            ),
        ),
        event(
            "javascript",
            raised(
                "UnhandledRejection",
                "Non-Error promise rejection captured with value: cart 18",
                bundle("https://s.example/sdk.js", "captureRejection"),
                mechanism={"synthetic": True},
            ),
        ),
        event(
            "javascript",
            raised(
                "UnhandledRejection",
                "Non-Error promise rejection captured with value: Timeout (h)",
                mechanism={"synthetic": True},
            ),
        ),
    ),
    case(
        "too much recursion, in the words of two engines",
        "4.1.4",
        "AA",
        event(
            "javascript",
            raised("RangeError", "Maximum call stack size exceeded", *[frame(CART, "walk"), frame(CART, "visit")] * 20),
        ),
        event(
            "javascript",
            raised(
                "InternalError",
                "too much recursion",
                *[frame(CART, "walk"), frame(CART, "visit")] * 11,
                frame(CART, "walk"),
            ),
        ),
    ),
    case(
        "React Native and Capacitor",
        "4.4: a bundle's name never decides",
        "AA",
        event("javascript", raised("TypeError", READ, bundle("app:///index.android.bundle", "computeTotal"))),
        event("javascript", raised("TypeError", READ, bundle("app:///main.jsbundle", "computeTotal"))),
    ),
)
