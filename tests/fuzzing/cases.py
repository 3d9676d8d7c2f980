"""Each target with what it is fed."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from tests.fuzzing import strategies, targets

names = ["sentry_key", "sentry_version", "sentry_release", "x-sentry-auth", "authorization", "Sentry ", "Basic ", "8"]
texts = some.sampled_from([*names, "0" * 32, "a" * 32]) | some.text(max_size=40)
pairs = some.lists(some.tuples(texts, texts | some.lists(texts, max_size=6).map(",= ".join)), max_size=4)
forms = some.binary(max_size=100) | some.text(alphabet="comments=&%20emailname+\0é", max_size=60).map(str.encode)
reports = some.sampled_from(["csp-report", "expect-ct-report", "known-pins", "type", "body", "url", "user_agent"])
said = some.sampled_from(
    ["effective-directive", "blocked-uri", "blockedURL", "documentURL", "source-file", "hostname", "type", "referrer"]
)
report = some.dictionaries(said, strategies.leaves, max_size=6)
browsers = (
    some.dictionaries(reports, report | strategies.values, max_size=3)
    | some.lists(some.dictionaries(reports, report | some.sampled_from(["csp-violation", "network-error"]), max_size=4))
).map(strategies.encode) | some.binary(max_size=50)

events = strategies.odd_payload().map(lambda item: strategies.encode(item[1])) | some.binary()
dsns = some.dictionaries(some.just("dsn"), strategies.leaves)

CASES: dict[str, tuple[Callable[..., None], some.SearchStrategy[tuple[Any, ...]]]] = {
    "envelope": (targets.an_envelope, strategies.packed()),
    "store": (targets.a_bare_event, some.tuples(events)),
    "browser's report": (targets.a_browsers_report, some.tuples(browsers, pairs)),
    "form": (targets.a_form, some.tuples(forms)),
    "credentials": (targets.credentials, some.tuples(pairs, pairs, dsns)),
}


def case(name: str) -> Callable[[], None]:
    """A test that takes settings and a seed of its own."""
    target, fed = CASES[name]
    test: Callable[[], None] = given(fed)(lambda arguments: target(*arguments))
    return test
