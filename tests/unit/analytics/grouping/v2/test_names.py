"""analytics/grouping/v2/names: what compilers, proxies and runs put into names is taken out, language by language."""

import pytest

from analytics.grouping.v2.names import clean, clean_type, is_minified


@pytest.mark.parametrize(
    ("platform", "module", "function", "found"),
    [
        ("javascript", "", "Object.foo", ("", "foo")),
        ("javascript", "", "async foo", ("", "foo")),
        ("javascript", "", "new Cart", ("", "Cart")),
        ("javascript", "", "Cart.total [as sum]", ("", "total")),
        ("javascript", "", "_callee2$", ("", "")),
        ("javascript", "", "HTMLButtonElement.<anonymous>", ("", "")),
        ("javascript", "", "e/<", ("", "e")),
        ("javascript", "", "withScope2", ("", "withScope")),
        ("javascript", "", "t", ("", "t")),
        ("java", "com.shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c", "total", ("com.shop.Cart", "total")),
        ("java", "com.shop.Cart$$SpringCGLIB$$0", "total", ("com.shop.Cart", "total")),
        ("java", "com.shop.Cart$$Lambda$14/0x0000", "accept", ("com.shop.Cart", "accept")),
        ("java", "com.shop.Cart", "lambda$total$3", ("com.shop.Cart", "total")),
        ("java", "com.shop.Cart$1", "run", ("com.shop.Cart", "run")),
        ("java", "com.shop.Cart$load$1", "invokeSuspend", ("com.shop.Cart", "load")),
        ("java", "com.shop.Cart$Companion", "total", ("com.shop.Cart", "total")),
        ("java", "com.shop.Cart_$$_jvst5_3", "total", ("com.shop.Cart", "total")),
        (
            "java",
            "jdk.internal.reflect.GeneratedMethodAccessor12",
            "invoke",
            ("jdk.internal.reflect.GeneratedMethodAccessor12", "invoke"),
        ),
        ("java", "com.sun.proxy.$Proxy42", "find", ("com.sun.proxy.", "find")),
        ("java", "com.shop.Cart$HibernateProxy$aBc", "getX", ("com.shop.Cart", "getX")),
        ("java", "com.shop.Cart", "access$total", ("com.shop.Cart", "total")),
        ("java", "com.shop.Cart", "load$suspendImpl", ("com.shop.Cart", "load")),
        ("go", "shop/cart", "(*Cart).Total", ("shop/cart", "Cart.Total")),
        ("go", "", "shop/cart.(*Cart).Total.func1", ("shop/cart", "Cart.Total")),
        ("go", "main", "main.func1.2", ("main", "main")),
        ("go", "example.com/shop/v2/cart", "Sum[...]", ("example.com/shop/cart", "Sum")),
        ("go", "main", "main", ("main", "main")),
        ("go", "", "main.main", ("main", "main")),
        ("ruby", "", "block in total", ("", "total")),
        ("ruby", "", "block (2 levels) in Cart#total", ("", "total")),
        ("ruby", "", "_app_views_orders_show_html_erb___12345_67890", ("", "_app_views_orders_show_html_erb")),
        ("ruby", "", "rescue in block in total", ("", "total")),
        ("ruby", "", "<main>", ("", "<main>")),
        ("php", "", "Shop\\Cart::total", ("", "Shop\\Cart::total")),
        ("php", "", "Shop\\Cart::Shop\\{closure}", ("", "")),
        ("php", "", "{closure:Shop\\Cart::total():12}", ("", "Shop\\Cart::total")),
        ("php", "", "class@anonymous\x00/srv/a.php:12$0::run", ("", "class@anonymous::run")),
        ("php", "", "__TwigTemplate_abcdef0123456789abcdef::doDisplay", ("", "__TwigTemplate::doDisplay")),
        ("dotnet", "Shop.OrderService+<GetOrder>d__5", "MoveNext", ("Shop.OrderService", "GetOrder")),
        ("dotnet", "", "Shop.OrderService.<GetOrder>d__5.MoveNext()", ("Shop.OrderService", "GetOrder")),
        ("dotnet", "Shop.OrderService+<>c__DisplayClass3_0", "<Get>b__0", ("Shop.OrderService", "Get")),
        ("dotnet", "Shop.OrderService+<>c", "<Get>b__3_1", ("Shop.OrderService", "Get")),
        ("dotnet", "Shop.Repo`1[[System.Int32]]", "Find", ("Shop.Repo", "Find")),
        ("dotnet", "Shop.OrderService", "<Get>g__Local|3_0", ("Shop.OrderService", "Local")),
        (
            "dotnet",
            "Shop.OrderService",
            "async Task<Order> Shop.OrderService.GetOrder(int id)",
            ("Shop.OrderService", "GetOrder"),
        ),
        ("dotnet", "Shop.OrderService+<GetOrder>d__5`1[[T]]", "MoveNext", ("Shop.OrderService", "GetOrder")),
        ("dotnet", "", "Shop.Repo`1.Find", ("Shop.Repo", "Find")),
        ("dotnet", "Shop.Orders", "Load", ("Shop.Orders", "Load")),
        ("dotnet", "Shop.OrderService+<<Get>b__0>d", "MoveNext", ("Shop.OrderService", "Get")),
        ("dotnet", "Shop.OrderService+<<Get>g__Local|3_0>d", "MoveNext", ("Shop.OrderService", "Local")),
        ("dotnet", "Shop.Orders", ".ctor", ("Shop.Orders", "ctor")),
        ("native", "", "shop::Cart::total(int, std::string const&) + 0x1f", ("", "shop::Cart::total")),
        ("native", "", "void shop::apply<int, std::vector<int>>(int)", ("", "shop::apply")),
        ("native", "", "shop::Cart::total(int) [clone .isra.0]", ("", "shop::Cart::total")),
        ("native", "", "shop::total::h0123456789abcdef", ("", "shop::total")),
        ("native", "", "shop::total::{{closure}}::h0123456789abcdef", ("", "shop::total")),
        ("native", "", "__32-[Cart total]_block_invoke_2", ("", "-[Cart total]")),
        ("native", "", "-[Cart total:with:]", ("", "-[Cart total:with:]")),
        ("native", "", "closure #1 in Cart.total()", ("", "Cart.total")),
        ("native", "", "0x7fff1234", ("", "")),
        ("native", "", "shop::Cart::total(int)::{lambda(int)#1}::operator()(int) const", ("", "shop::Cart::total")),
        ("native", "", "std::vector<int>::operator[](unsigned long)", ("", "std::vector<int>::operator[]")),
        ("native", "", "Cart.total() throws -> Swift.Int", ("", "Cart.total")),
        ("native", "", "(anonymous namespace)::total(int)", ("", "total")),
        ("native", "", "__total_block_invoke", ("", "total")),
        ("python", "", "Cart.total", ("", "total")),
        ("python", "shop", "total.<locals>.inner", ("shop", "inner")),
    ],
)
def test_names_are_those_of_the_author(platform: str, module: str, function: str, found: tuple[str, str]) -> None:
    """Module and function, empty where the function has no name."""
    assert clean(platform, module, function) == found


@pytest.mark.parametrize("name", ["t", "ab", "aKe", "a0e", "Xt3", "_", "$e", "e1", "$$", "__a"])
def test_names_of_a_bundler(name: str) -> None:
    """Another build makes other ones."""
    assert is_minified(name)


@pytest.mark.parametrize("name", ["add", "get", "run", "total", "map", "Foo", "URL", "goTo", "getX", "submitOrder"])
def test_names_of_a_person(name: str) -> None:
    """However short."""
    assert not is_minified(name)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("KeyError", "KeyError"),
        ("Shop.Problem`1[[System.Int32]]", "Shop.Problem"),
        ("class@anonymous\x00/srv/a.php:12$0", "class@anonymous"),
        ("com.shop.Late$$EnhancerBySpringCGLIB$$1a2b", "com.shop.Late"),
        ("Result<Order>", "Result"),
        ("*errors.errorString", "*errors.errorString"),
        ("t", ""),
    ],
)
def test_types_are_those_of_the_author(kind: str, found: str) -> None:
    """A type that a bundler named says nothing."""
    assert clean_type("javascript", kind) == found
