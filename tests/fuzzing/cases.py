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

CASES: dict[str, Callable[[], Any]] = {
    "envelope": given(strategies.packed())(lambda packed: targets.an_envelope(*packed)),
    "store": given(strategies.odd_payload().map(lambda item: strategies.encode(item[1])) | some.binary())(
        targets.a_bare_event
    ),
    "browser's report": given(browsers, pairs)(targets.a_browsers_report),
    "form": given(forms)(targets.a_form),
    "credentials": given(pairs, pairs, some.dictionaries(some.just("dsn"), strategies.leaves))(targets.credentials),
}
