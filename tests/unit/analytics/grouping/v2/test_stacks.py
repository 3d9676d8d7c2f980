"""Recursion, chains, groups, wrappers and owners: the parts that decide of analytics/grouping/v2."""

from typing import Any

import pytest

from analytics.grouping import v2
from analytics.grouping.v2.chains import causes
from analytics.grouping.v2.frames import Frame
from analytics.grouping.v2.owners import is_library
from analytics.grouping.v2.recursion import circle, collapse
from analytics.grouping.v2.wrappers import is_for_passing_on, is_wrapper
from tests.data.grouping.building import event, frame, linked, py, raised


@pytest.mark.parametrize(
    ("frames", "kept"),
    [
        ("", ""),
        ("abc", "abc"),
        ("abbbc", "abc"),
        ("ababab", "ab"),
        ("mabcabcabcx", "mabcx"),
        ("aabaab", "ab"),
        ("abcab", "abcab"),
    ],
)
def test_what_repeats_is_there_once(frames: str, kept: str) -> None:
    """Circles of any length, however deep."""
    assert "".join(frames[place] for place in collapse(list(frames))) == kept


def test_a_circle_is_the_same_wherever_it_was_cut() -> None:
    """What is there once is the way to it."""
    assert circle("mabcabcab") == circle("nnabcabc"[1:]) == ("a", "b", "c")


def test_a_tree_that_is_none_is_walked_once() -> None:
    """Ids that lead in a circle, to themselves, and nowhere."""
    for parents in ((1, 0), (0, 1), (7, 7), (None, None), (True, "x")):
        told = [linked(raised(f"E{n}", "x"), n, None, "x", parent_id=parent) for n, parent in enumerate(parents)]
        assert causes(event("python", *told), "python")


def test_a_group_within_a_group() -> None:
    """Its members are causes, and not the groups."""
    inner = linked(raised("ExceptionGroup", "i"), 1, 0, "exceptions[0]", is_exception_group=True)
    outer = linked(raised("ExceptionGroup", "o"), 0, None, "x", is_exception_group=True)
    leaves = [linked(raised(kind, "x"), n, parent, "exceptions[0]") for n, kind, parent in ((2, "A", 1), (3, "B", 0))]
    found = causes(event("python", *leaves, inner, outer), "python")
    assert {one.exception["type"] for one in found} == {"A", "B"}
    assert [one["type"] for one in next(one for one in found if one.exception["type"] == "A").chain[1:]] == [
        "ExceptionGroup",
        "ExceptionGroup",
    ]


@pytest.mark.parametrize("name", ["request", "callApi", "execute_query", "handle_error", "toTRPCError", "Client.send"])
def test_names_of_wrappers(name: str) -> None:
    """Every word is of plumbing, or one says that it is there to raise."""
    assert is_for_passing_on(name)


@pytest.mark.parametrize("name", ["total", "fetch_user", "sendInvoice", "OrderService.place", "", "загрузить"])
def test_names_of_what_a_program_does(name: str) -> None:
    """They say what failed."""
    assert not is_for_passing_on(name)


@pytest.mark.parametrize(
    ("line", "wraps"),
    [
        ("raise AppError(message)", True),
        ("  throw new AppError(response.statusText, status);", True),
        ("raise exc", True),
        ("raise AppError('the basket is empty')", False),
        ("throw new AppError(`no order ${id}`)", False),
        ("raise NotFound(order_id)", False),
        ("return total(message)", False),
    ],
)
def test_a_line_that_raises_what_it_was_told(line: str, wraps: bool) -> None:  # noqa: FBT001 - an expectation
    """A variable rather than a text of its own."""
    assert is_wrapper(Frame("shop", "stop", in_app=True, use="named"), {"context_line": line}, "AppError") is wraps


@pytest.mark.parametrize(
    ("platform", "fields"),
    [
        ("python", {"path": "/srv/venv/lib/python3.11/site-packages/flask/app.py"}),
        ("python", {"path": "/usr/lib/python3.11/json/decoder.py"}),
        ("python", {"path": "<frozen runpy>"}),
        ("javascript", {"path": "/app/node_modules/express/lib/router.js"}),
        ("javascript", {"path": "node:internal/process/task_queues"}),
        ("javascript", {"path": "webpack:///./node_modules/react-dom/index.js"}),
        ("javascript", {"path": "chrome-extension://abc/content.js"}),
        ("java", {"module": "java.util.ArrayList"}),
        ("java", {"module": "org.springframework.web.Servlet"}),
        ("go", {"module": "net/http"}),
        ("go", {"module": "runtime"}),
        ("go", {"path": "/go/pkg/mod/github.com/lib/pq@v1.10/conn.go"}),
        ("ruby", {"path": "/usr/local/bundle/gems/rack-3.0/lib/rack.rb"}),
        ("php", {"path": "/srv/vendor/symfony/http.php"}),
        ("dotnet", {"module": "System.Net.Http.HttpClient"}),
        ("native", {"package": "/usr/lib/libc.so.6"}),
        ("native", {"package": r"C:\Windows\System32\ntdll.dll"}),
        ("native", {"function": "std::vector<int>::at"}),
    ],
)
def test_code_of_libraries(platform: str, fields: dict[str, str]) -> None:
    """Known where a client says nothing."""
    assert _is_library(platform, fields)


@pytest.mark.parametrize(
    ("platform", "fields"),
    [
        ("python", {"path": "/srv/shop/cart.py", "module": "shop.cart"}),
        ("javascript", {"path": "webpack:///./src/cart.ts"}),
        ("java", {"module": "com.shop.Cart"}),
        ("java", {"module": "javalin.shop.Cart"}),
        ("go", {"module": "main"}),
        ("go", {"module": "example.com/shop/cart"}),
        ("ruby", {"path": "/srv/shop/app/models/cart.rb"}),
        ("php", {"path": "/srv/src/Cart.php"}),
        ("dotnet", {"module": "Shop.Orders"}),
        ("dotnet", {"module": "Systematic.Orders"}),
        ("native", {"package": "/opt/shop/bin/shop", "function": "shop::total"}),
    ],
)
def test_code_of_the_application(platform: str, fields: dict[str, str]) -> None:
    """What is not known to be of a library is taken for it."""
    assert not _is_library(platform, fields)


def _is_library(platform: str, fields: dict[str, str]) -> bool:
    told = {"module": "", "function": "f", "path": "", "package": ""} | fields
    return is_library(platform, told["module"], told["function"], told["path"], told["package"])


def test_the_ladder_names_its_rungs() -> None:
    """The first that contributes."""
    deep: list[dict[str, Any]] = [py("shop.walk"), py("shop.visit")] * 9
    told = {
        "fingerprint": event("python", raised("E", "x", py("shop.f")), fingerprint=["a"]),
        "recursion": event("python", raised("RecursionError", "x", *deep)),
        "in-app frame": event("python", raised("E", "x", py("shop.f"))),
        "all frames": event("python", raised("E", "x", py("lib.f", app=False))),
        "type and value": event("python", raised("E", "x")),
        "message": event("python", message="hello"),
        "fallback": event("python", level="error"),
    }
    assert [v2.group(one).parts[0] for one in told.values()] == list(told)


def test_a_frame_alone_is_no_event() -> None:
    """A stack without exception and message decides by all of its frames."""
    told = event("python", stacktrace={"frames": [frame("a.py", "f")]})
    assert v2.group(told).parts == ("all frames", "", "a.py f")


def details(kind: str, value: str, line: str = "", platform: str = "python") -> tuple[str, ...]:
    """What contributes beside the frame of a function that is no wrapper."""
    own = py("shop.cart.total", context_line=line)
    return v2.group(event(platform, raised(kind, value, own))).parts[3:]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("An error occurred (NoSuchKey) when calling the GetObject operation", ("nosuchkey",)),
        ("ENOENT: no such file, open '/data/7.json'", ("enoent",)),
        ("Request failed with status code 404", ("status code 404",)),
        ("DEADLINE_EXCEEDED: deadline exceeded after 4.9s", ("deadline_exceeded",)),
        ("'Order' object has no attribute 'vat_total'", ("Order", "vat_total")),
        ("the customer (see below) is unknown", ()),
        ("no user 17 at 10.0.0.1", ()),
    ],
)
def test_codes_and_names_in_a_message_contribute(value: str, told: tuple[str, ...]) -> None:
    """They are the program's own, whatever is written around them; the rest of a message is left to the stack."""
    assert details("Problem", value) == told


def test_a_statement_that_raises_contributes() -> None:
    """Two of one function are two faults; a line that calls something else is left to the stack."""
    negative, mixed = 'raise ValueError(f"negative: {n}")', "raise ValueError('mixed currencies')"
    assert details("ValueError", "negative: -3", f"    {negative}") == (negative,)
    assert details("ValueError", "mixed currencies", mixed) == (mixed,)
    assert details("ValueError", "negative: -3", "total = price(item)") == ()


@pytest.mark.parametrize(
    ("kind", "platform", "is_one"),
    [
        ("System.NullReferenceException", "csharp", False),
        ("TypeError", "javascript", False),
        ("Problem", "csharp", True),
    ],
)
def test_what_the_language_raises_is_raised_in_place(kind: str, platform: str, *, is_one: bool) -> None:
    """No wrapper passed it on, and each machine tells it in its own language."""
    own = Frame("Shop.Carts", "Load", in_app=True, use="named")
    assert is_wrapper(own, {"platform": platform}, kind) is is_one
