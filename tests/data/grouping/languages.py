"""What compilers, containers and runtimes of other languages put into stacks."""

from tests.data.grouping.building import case, event, frame, java, py, raised

GENERATED = "4.1.4: lambda, CGLIB, javassist, GeneratedMethodAccessor"
FLIPPED = "4.4: several keys an issue survive flips of in_app"
RUBY = "4.1.4: blocks and erb"

SETS = (
    case(
        "proxies of Spring",
        GENERATED,
        "AAA",
        event(
            "java",
            raised(
                "IllegalStateException",
                "x",
                java("com.shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c4d", "total"),
                java("com.shop.Cart", "total"),
            ),
        ),
        event("java", raised("IllegalStateException", "x", java("com.shop.Cart$$SpringCGLIB$$0", "total"))),
        event(
            "java",
            raised(
                "IllegalStateException", "x", java("com.sun.proxy.$Proxy112", "total"), java("com.shop.Cart", "total")
            ),
        ),
    ),
    case(
        "reflection and lambdas with other numbers",
        GENERATED,
        "AA",
        event(
            "java",
            raised(
                "NullPointerException",
                None,
                java("sun.reflect.GeneratedMethodAccessor17", "invoke"),
                java("com.shop.Cart", "lambda$total$3"),
                java("com.shop.Cart$$Lambda$14/0x00008", "accept"),
            ),
        ),
        event(
            "java",
            raised(
                "NullPointerException",
                None,
                java("jdk.internal.reflect.DirectMethodHandleAccessor", "invoke"),
                java("com.shop.Cart", "lambda$total$0"),
                java("com.shop.Cart$$Lambda$921/0x000f1", "accept"),
            ),
        ),
    ),
    case(
        "coroutines of Kotlin",
        "async frames",
        "AAB",
        event(
            "java", raised("kotlin.KotlinNullPointerException", None, java("com.shop.Orders$load$1", "invokeSuspend"))
        ),
        event(
            "java",
            raised(
                "kotlin.KotlinNullPointerException",
                None,
                java("com.shop.Orders$load$3", "invokeSuspend"),
                java("kotlinx.coroutines.DispatchedTask", "run"),
            ),
        ),
        event(
            "java", raised("kotlin.KotlinNullPointerException", None, java("com.shop.Orders$save$1", "invokeSuspend"))
        ),
    ),
    case(
        "another pool and another server around the same bean",
        "4.1.2: in-app frames; most clients of Java send no in_app",
        "AA",
        event(
            "java",
            raised(
                "IllegalArgumentException",
                "x",
                java("org.apache.tomcat.util.net.NioEndpoint", "run"),
                java("com.shop.Orders", "place"),
            ),
        ),
        event(
            "java",
            raised(
                "IllegalArgumentException",
                "x",
                java("java.util.concurrent.ForkJoinPool", "scan"),
                java("io.undertow.Server", "go"),
                java("com.shop.Orders", "place"),
                java("java.util.Objects", "requireNonNull"),
            ),
        ),
    ),
    case(
        "closures and receivers of Go",
        "4.4: frame cleaning",
        "AAB",
        event(
            "go",
            raised(
                "*errors.errorString", "x", frame("cart.go", "(*Cart).Total", app=None, module="example.com/shop/cart")
            ),
        ),
        event(
            "go",
            raised(
                "*errors.errorString",
                "x",
                frame("cart.go", "(*Cart).Total.func2", app=None, module="example.com/shop/v2/cart"),
                frame("panic.go", "gopanic", app=None, module="runtime"),
            ),
        ),
        event(
            "go",
            raised(
                "*errors.errorString", "x", frame("cart.go", "(*Order).Total", app=None, module="example.com/shop/cart")
            ),
        ),
    ),
    case(
        "a goroutine's number and addresses in Go",
        "bugsink#237: numbers differ",
        "AA",
        event("go", raised("runtime.plainError", "unexpected fault address 0xc0001b2 in goroutine 17")),
        event("go", raised("runtime.plainError", "unexpected fault address 0xdeadbee in goroutine 2044")),
    ),
    case(
        "blocks of Ruby, and a newer Ruby",
        RUBY,
        "AAA",
        event(
            "ruby",
            raised("NoMethodError", "undefined method `price' for nil", frame("app/models/cart.rb", "block in total")),
        ),
        event(
            "ruby",
            raised("NoMethodError", "undefined method 'price' for nil", frame("app/models/cart.rb", "Cart#total")),
        ),
        event(
            "ruby",
            raised(
                "NoMethodError",
                "undefined method `price' for nil:NilClass",
                frame("app/models/cart.rb", "block (2 levels) in total"),
            ),
        ),
    ),
    case(
        "a template of Rails",
        RUBY,
        "AA",
        event(
            "ruby",
            raised(
                "ActionView::Template::Error",
                "x",
                frame("app/views/orders/show.html.erb", "_app_views_orders_show_html_erb___4051687120_70280"),
            ),
        ),
        event(
            "ruby",
            raised(
                "ActionView::Template::Error",
                "x",
                frame("app/views/orders/show.html.erb", "_app_views_orders_show_html_erb__26338716_12345"),
            ),
        ),
    ),
    case(
        "gems by their paths",
        "in_app by path",
        "AAB",
        event(
            "ruby",
            raised(
                "PG::ConnectionBad",
                "x",
                frame("app/models/cart.rb", "total", app=None),
                frame("/usr/local/bundle/gems/pg-1.5.4/lib/pg/connection.rb", "connect", app=None),
            ),
        ),
        event(
            "ruby",
            raised(
                "PG::ConnectionBad",
                "x",
                frame("app/models/cart.rb", "total", app=None),
                frame("/usr/local/bundle/gems/pg-1.6.0/lib/pg/connection.rb", "new", app=None),
            ),
        ),
        event(
            "ruby",
            raised(
                "PG::ConnectionBad",
                "x",
                frame("app/models/stock.rb", "count", app=None),
                frame("/usr/local/bundle/gems/pg-1.6.0/lib/pg/connection.rb", "new", app=None),
            ),
        ),
    ),
    case(
        "closures and anonymous classes of PHP",
        "4.4: frame cleaning",
        "AA",
        event(
            "php",
            raised(
                "ErrorException",
                "x",
                frame("/srv/r1/src/Cart.php", "Shop\\Cart::total"),
                frame("/srv/r1/vendor/laravel/x.php", "Illuminate\\Pipeline::then", app=None),
            ),
        ),
        event("php", raised("ErrorException", "x", frame("/srv/r2/src/Cart.php", "{closure:Shop\\Cart::total():41}"))),
    ),
    case(
        "an anonymous class of PHP in another folder",
        "4.4: frame cleaning",
        "AA",
        event(
            "php",
            raised(
                "class@anonymous\x00/srv/r1/src/a.php:12$0",
                "x",
                frame("/srv/r1/src/a.php", "class@anonymous\x00/srv/r1/src/a.php:12$0::run"),
            ),
        ),
        event(
            "php",
            raised(
                "class@anonymous\x00/srv/r2/src/a.php:15$1",
                "x",
                frame("/srv/r2/src/a.php", "class@anonymous\x00/srv/r2/src/a.php:15$1::run"),
            ),
        ),
    ),
    case(
        "compiled templates of Blade and Twig",
        "4.4: frame cleaning",
        "AA",
        event(
            "php",
            raised(
                "Error",
                "x",
                frame("/srv/cache/3f/__twig_3f2a1c.php", "__TwigTemplate_3f2a1c9d8e7f6a5b4c3d2e1f::doDisplay"),
            ),
        ),
        event(
            "php",
            raised(
                "Error",
                "x",
                frame("/srv/cache/9a/__twig_9a8b7c.php", "__TwigTemplate_9a8b7c6d5e4f3a2b1c0d9e8f::doDisplay"),
            ),
        ),
    ),
    case(
        "async methods of .NET",
        "async state machines",
        "AAAB",
        event(
            "csharp",
            raised("NullReferenceException", "x", frame("a.cs", "MoveNext", app=None, module="Shop.Orders+<Get>d__5")),
        ),
        event(
            "csharp",
            raised(
                "NullReferenceException",
                "x",
                frame("a.cs", "MoveNext", app=None, module="Shop.Orders+<Get>d__7"),
                frame("", "Throw", app=None, module="System.Runtime.ExceptionServices.ExceptionDispatchInfo"),
            ),
        ),
        event(
            "csharp",
            raised("NullReferenceException", "x", frame("a.cs", "async Task<Order> Shop.Orders.Get(int id)", app=None)),
        ),
        event(
            "csharp",
            raised("NullReferenceException", "x", frame("a.cs", "MoveNext", app=None, module="Shop.Orders+<Save>d__5")),
        ),
    ),
    case(
        "lambdas and generics of .NET",
        "4.4: frame cleaning",
        "AA",
        event(
            "csharp",
            raised(
                "InvalidOperationException",
                "x",
                frame("a.cs", "<Find>b__0", app=None, module="Shop.Repository`1+<>c__DisplayClass3_0[[Shop.Order]]"),
            ),
        ),
        event(
            "csharp",
            raised(
                "InvalidOperationException",
                "x",
                frame("a.cs", "<Find>b__4_1", app=None, module="Shop.Repository`1+<>c[[Shop.User]]"),
            ),
        ),
    ),
    case(
        "a crash of C++ at other addresses",
        "4.4: offsets, templates, addresses",
        "AAB",
        event(
            "native",
            raised(
                "SIGSEGV",
                "Segfault at 0x0",
                frame("", "main", app=None),
                frame(
                    "", "shop::Cart<int>::total(int, std::string const&) + 0x1f", app=None, package="/opt/shop/bin/shop"
                ),
                mechanism={"synthetic": True},
            ),
        ),
        event(
            "native",
            raised(
                "SIGSEGV",
                "Segfault at 0x18",
                frame("", "main", app=None),
                frame(
                    "",
                    "shop::Cart<long>::total(int, std::string const&) [clone .isra.0]",
                    app=None,
                    package="/srv/shop/bin/shop",
                ),
                frame("", "__libc_start_main", app=None, package="/usr/lib/libc.so.6"),
                mechanism={"synthetic": True},
            ),
        ),
        event(
            "native",
            raised(
                "SIGSEGV",
                "Segfault at 0x18",
                frame("", "main", app=None),
                frame("", "shop::Stock::count() + 8", app=None, package="/opt/shop/bin/shop"),
                mechanism={"synthetic": True},
            ),
        ),
    ),
    case(
        "a panic of Rust, built again",
        "4.4: offsets, templates, addresses",
        "AA",
        event(
            "native",
            raised(
                "panic",
                "index out of bounds",
                frame("", "shop::cart::total::h0123456789abcdef", app=None),
                frame("", "core::panicking::panic_bounds_check::h1111111111111111", app=None),
            ),
        ),
        event(
            "native",
            raised(
                "panic",
                "index out of bounds",
                frame("", "shop::cart::total::{{closure}}::hfedcba9876543210", app=None),
                frame("", "rust_begin_unwind", app=None),
            ),
        ),
    ),
    case(
        "blocks and closures of iOS",
        "4.4: frame cleaning",
        "AAB",
        event(
            "cocoa",
            raised(
                "NSInvalidArgumentException",
                "x",
                frame("", "__32-[Cart total]_block_invoke_2", app=None, package="/private/var/Shop.app/Shop"),
                frame(
                    "",
                    "-[NSObject doesNotRecognizeSelector:]",
                    app=None,
                    package="/System/Library/Frameworks/CoreFoundation",
                ),
            ),
        ),
        event(
            "cocoa",
            raised(
                "NSInvalidArgumentException",
                "y",
                frame("", "-[Cart total]", app=None, package="/private/var/Shop.app/Shop"),
            ),
        ),
        event(
            "cocoa",
            raised(
                "NSInvalidArgumentException",
                "x",
                frame("", "-[Stock count]", app=None, package="/private/var/Shop.app/Shop"),
            ),
        ),
    ),
    case(
        "a native crash without symbols",
        "4.4: addresses",
        "AA",
        event(
            "native",
            raised(
                "SIGABRT", "Abort at 0x7f0011", frame("", "0x7f001122", app=None), frame("", "sub_7f0033", app=None)
            ),
        ),
        event(
            "native",
            raised(
                "SIGABRT", "Abort at 0x55aa00", frame("", "0x55aa1122", app=None), frame("", "sub_55aa33", app=None)
            ),
        ),
    ),
    case(
        "asyncio around the same coroutine",
        "async frames",
        "AA",
        event(
            "python",
            raised(
                "ValueError",
                "x",
                py("asyncio.base_events.run_forever", app=None, abs_path="/usr/lib/python3.11/asyncio/base_events.py"),
                py("shop.jobs.sync", app=None),
            ),
        ),
        event(
            "python",
            raised(
                "ValueError",
                "x",
                py("shop.jobs.main", app=None),
                py("shop.jobs.sync", app=None),
                py("asyncio.tasks.wait_for", app=None, abs_path="/usr/lib/python3.12/asyncio/tasks.py"),
            ),
        ),
    ),
    case(
        "flags of in_app that went away",
        FLIPPED,
        "AA",
        event("python", raised("OSError", "x", py("shop.cart.total"), py("lib.disk.write", app=False))),
        event("python", raised("OSError", "x", py("shop.cart.total", app=False), py("lib.disk.write", app=False))),
    ),
    case(
        "flags of in_app that moved to a shared library",
        FLIPPED,
        "AAA",
        event("python", raised("OSError", "x", py("shop.cart.total"), py("lib.disk.write", app=False))),
        event("python", raised("OSError", "x", py("shop.cart.total"), py("lib.disk.write", app=True))),
        event(
            "python",
            raised("OSError", "x", py("shop.views.show"), py("shop.cart.total"), py("lib.disk.write", app=True)),
        ),
    ),
    case(
        "no flags of in_app, and a library by its path",
        "4.2: only 28 of 190 samples carry in_app",
        "AAB",
        event(
            "python",
            raised(
                "OperationalError",
                "x",
                py("shop.cart.total", app=None),
                py(
                    "psycopg.connection.connect",
                    app=None,
                    abs_path="/venv/lib/python3.11/site-packages/psycopg/connection.py",
                ),
            ),
        ),
        event(
            "python",
            raised(
                "OperationalError",
                "x",
                py("shop.cart.total", app=None),
                py("psycopg.cursor.execute", app=None, abs_path="/venv/lib/python3.11/site-packages/psycopg/cursor.py"),
            ),
        ),
        event(
            "python",
            raised(
                "OperationalError",
                "x",
                py("shop.stock.count", app=None),
                py("psycopg.cursor.execute", app=None, abs_path="/venv/lib/python3.11/site-packages/psycopg/cursor.py"),
            ),
        ),
    ),
    case(
        "a crash within libraries alone",
        "4.1.2: the system variant",
        "AAB",
        event(
            "python",
            raised("ValueError", "x", py("gunicorn.http.parse", app=False), py("gunicorn.http.line", app=False)),
        ),
        event(
            "python",
            raised("ValueError", "y", py("gunicorn.http.parse", app=False), py("gunicorn.http.line", app=False)),
        ),
        event(
            "python",
            raised("ValueError", "x", py("gunicorn.http.parse", app=False), py("gunicorn.http.header", app=False)),
        ),
    ),
)
