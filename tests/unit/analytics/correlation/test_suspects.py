"""analytics/correlation/suspects.py: which change a stack points at, with what confidence."""

from typing import Any

import pytest

from analytics.correlation import suspects as ranking
from analytics.correlation.changed_files import Changed, ChangedFiles
from analytics.correlation.suspects import Confidence, Suspect


def change(name: str, *files: str) -> Changed:
    return Changed(name, f"change {name}", "li", "shop@2.0", files)


def suspects(event: dict[str, Any], changes: list[Changed]) -> list[Suspect]:
    return ranking.suspects(event, ChangedFiles.of(changes))


def event(*frames: dict[str, Any]) -> dict[str, Any]:
    """The frame that failed is the last one."""
    return {"exception": {"values": [{"type": "E", "stacktrace": {"frames": list(frames)}}]}}


def frame(filename: str, *, in_app: bool | None = True, line: int = 88, **more: Any) -> dict[str, Any]:
    return {"filename": filename, "function": "total", "lineno": line, "in_app": in_app} | more


def test_the_change_of_the_top_frames_file_leads() -> None:
    """With its evidence, and the author as plain text."""
    stack = event(frame("shop/web.py"), frame("shop/cart.py"), frame("lib/decimal.py", in_app=False))
    found = suspects(stack, [change("a1", "src/shop/web.py"), change("b2", "src/shop/cart.py", "README.md")])
    assert [(one.change.commit, one.depth, one.matched, one.confidence) for one in found] == [
        ("b2", 0, 2, Confidence.HIGH),
        ("a1", 1, 2, Confidence.MEDIUM),
    ]
    assert found[0].evidence == "touches src/shop/cart.py, the top frame (total, line 88)"
    assert found[0].change.author == "li"


def test_the_cause_leads_to_its_change_whoever_passed_it_on() -> None:
    """The issue is known by the cause; what was raised from it comes after."""
    (cause,) = event(frame("shop/db.py"))["exception"]["values"]
    (wrapper,) = event(frame("shop/service.py"))["exception"]["values"]
    chained = {"platform": "python", "exception": {"values": [cause, wrapper | {"mechanism": {"source": "__cause__"}}]}}
    found = suspects(chained, [change("a1", "shop/service.py"), change("b2", "shop/db.py")])
    assert [(one.change.commit, one.depth) for one in found] == [("b2", 0), ("a1", 1)]


def test_a_file_that_many_touched_points_at_none_of_them_for_sure() -> None:
    """It is said how many more."""
    found = suspects(event(frame("shop/cart.py")), [change("a1", "shop/cart.py"), change("b2", "shop/cart.py")])
    assert [one.confidence for one in found] == [Confidence.MEDIUM, Confidence.MEDIUM]
    assert found[0].evidence.endswith("; 1 more touched it")


@pytest.mark.parametrize(
    ("told", "file", "matched", "confidence"),
    [
        ({"filename": "cart.py"}, "src/shop/cart.py", 1, Confidence.MEDIUM),
        ({"filename": "cart.py"}, "cart.py", 1, Confidence.HIGH),
        ({"filename": "cart.py", "abs_path": "/srv/app/shop/cart.py"}, "shop/cart.py", 2, Confidence.HIGH),
        ({"filename": "shop/cart.py", "abs_path": "/app/shop/cart.py"}, "src/shop/cart.py", 2, Confidence.HIGH),
        ({"filename": "Cart.java", "module": "com.shop.Cart"}, "src/main/java/com/shop/Cart.java", 3, Confidence.HIGH),
        ({"filename": "app:///src/cart.ts"}, "web/src/cart.ts", 2, Confidence.HIGH),
        ({"filename": "webpack:///./src/cart.ts?1f"}, "src/cart.ts", 2, Confidence.HIGH),
        ({"filename": "https://shop.example/static/js/cart.js"}, "static/js/cart.js", 3, Confidence.HIGH),
        ({"filename": "C:\\app\\shop\\cart.cs"}, "shop/cart.cs", 2, Confidence.HIGH),
    ],
)
def test_paths_agree_from_their_end(told: dict[str, Any], file: str, matched: int, confidence: Confidence) -> None:
    """However the client writes them."""
    (found,) = suspects(event(frame(**told)), [change("a1", file)])
    assert (found.matched, found.confidence) == (matched, confidence)


@pytest.mark.parametrize("file", ["shop/basket.py", "other/cart.py", "shop/cart.py.orig", "cart.py/readme", ""])
def test_other_paths_are_no_match(file: str) -> None:
    """Nor is a file of the same name in another folder."""
    assert suspects(event(frame("shop/cart.py")), [change("a1", file)]) == []


def test_without_marked_frames_confidence_is_low() -> None:
    """The client did not say which code is its own."""
    (found,) = suspects(event(frame("shop/cart.py", in_app=None)), [change("a1", "shop/cart.py")])
    assert found.confidence is Confidence.LOW


def test_a_deep_frame_is_a_weak_hint() -> None:
    """Below the third of the own frames."""
    frames = [frame(f"shop/f{number}.py") for number in range(6)]
    (found,) = suspects(event(*frames), [change("a1", "shop/f1.py")])
    assert (found.depth, found.confidence) == (4, Confidence.LOW)
    assert "frame 5" in found.evidence


@pytest.mark.parametrize("strange", [{}, {"exception": 3}, event({}), event({"filename": 3, "in_app": True}), event()])
def test_an_event_of_any_shape_is_read(strange: dict[str, Any]) -> None:
    """What has no stack has no suspects."""
    assert suspects(strange, [change("a1", "shop/cart.py")]) == []


def test_the_commits_that_changed_most_are_left_out() -> None:
    """Of a release with too many files; how many files those are is said."""
    changes = [change("vendored", *(f"vendor/f{number}.py" for number in range(8)), "shop/cart.py")]
    changes += [change("a1", "shop/cart.py"), change("b2", "shop/web.py", "README.md")]
    files = ChangedFiles.of(changes, most=3)
    assert files.left_out == 9
    assert [one.change.commit for one in ranking.suspects(event(frame("shop/cart.py")), files)] == ["a1"]
    assert ChangedFiles.of(changes, most=12).left_out == 0
