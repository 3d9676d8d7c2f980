"""analytics/correlation against sentry-protocol.md, section 5: rule by rule, with what we disagree with marked so.

Disagreements are explained in docs/protocol.md, "5. Releases".
"""

import pytest

from analytics.correlation.order import By, Newest, Order, newest, order
from analytics.correlation.resolutions import Releases, Sighting, compare
from analytics.correlation.versions import Version, order_by_version, parse
from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.domain.release import Known
from models.wire import fields

NOON = 1_700_000_040_000
DAY = 24 * 60 * 60_000
PROD, UAT = "production", "uat"


def version(name: str) -> Version | None:
    found = parse(name)
    return found.version if found else None


# 5.1 What a name says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("  shop@1.0  ", True),
        ("x" * 200, True),
        ("x" * 201, False),
        (".", False),
        ("..", False),
        ("latest", False),
        ("shop@latest", True),
        ("a/b@1", False),
        ("a\\b@1", False),
        ("a\rb", False),
        ("a\nb", False),
        ("a\tb", False),
        ("a\x00b", False),
        ("", False),
        ("   ", False),
    ],
)
def test_what_may_name_a_release(name: str, *, valid: bool) -> None:
    """Blanks around it do not count; some names, characters and lengths are refused."""
    assert (parse(name) is not None) is valid


@pytest.mark.parametrize(
    ("name", "package", "text"),
    [
        ("shop@1.4.2", "shop", "1.4.2"),
        ("@scope@1.4.2", "@scope", "1.4.2"),
        ("shop@1.4.2@beta", "shop", "1.4.2@beta"),
        ("1.4.2", None, "1.4.2"),
        ("shop@", None, "shop@"),
        ("@1.4.2", None, "@1.4.2"),
    ],
)
def test_package_and_version_are_split_at_the_first_at_sign(name: str, package: str | None, text: str) -> None:
    """A package may begin with one, as npm's do."""
    found = parse(name)
    assert found is not None
    assert (found.package, found.text) == (package, text)


@pytest.mark.parametrize("name", ["1.4.2", "v1.2.3", "shop@v1.2.3"])
def test_a_bare_version_is_one_too(name: str) -> None:
    """Disagreed: Sentry finds no version without a package, nor after a ``v``, and its users suffer from it."""
    assert version(name) is not None


@pytest.mark.parametrize("name", ["42", "v42", "1234567"])
def test_a_bare_number_is_no_version(name: str) -> None:
    """It is as often a build or the beginning of a hash; with a package before it, it is a version."""
    assert version(name) is None
    assert version(f"shop@{name}") is not None


@pytest.mark.parametrize("digits", [12, 16, 20, 32, 40, 64])
@pytest.mark.parametrize("before", ["shop@", ""])
def test_hexadecimal_digits_of_a_hash_are_no_version(digits: int, before: str) -> None:
    """Of these lengths, even if all of them are numbers."""
    for text in ("a1" * (digits // 2), "1" * digits):
        found = parse(before + text)
        assert found is not None
        assert found.is_hash
        assert found.version is None


@pytest.mark.parametrize(
    ("text", "numbers", "prerelease", "build"),
    [
        ("1", (1, 0, 0, 0), (), ()),
        ("1.2", (1, 2, 0, 0), (), ()),
        ("1.2.3", (1, 2, 3, 0), (), ()),
        ("1.2.3.4", (1, 2, 3, 4), (), ()),
        ("1.2.3-beta.1", (1, 2, 3, 0), ((1, 0, "beta"), (0, 1, "")), ()),
        ("1.0rc1", (1, 0, 0, 0), ((1, 0, "rc"), (0, 1, "")), ()),
        ("1.2.3+4711", (1, 2, 3, 0), (), ((0, 4711, ""),)),
        ("1.2.3-rc.1+abc", (1, 2, 3, 0), ((1, 0, "rc"), (0, 1, "")), ((1, 0, "abc"),)),
        ("1-rc", (1, 0, 0, 0), ((1, 0, "rc"),), ()),
        ("2020.05.26", (2020, 5, 26, 0), (), ()),
    ],
)
def test_the_parts_of_a_version(text: str, numbers: tuple[int, ...], prerelease: object, build: object) -> None:
    """Up to four numbers, a prerelease after a hyphen or as letters, a build after a plus."""
    found = version(f"shop@{text}")
    assert found is not None
    assert (found.numbers, found.prerelease, found.build) == (numbers, prerelease, build)


@pytest.mark.parametrize("text", ["1a1", "2020.05.26-01.38.42", "1.2.3.4.5", "1.", "1.2-", "x1.2", "1.2.3+", "1" * 41])
def test_what_is_no_version(text: str) -> None:
    """Letters after one number alone, a leading zero in a prerelease, more than four numbers, pieces left over."""
    found = parse(f"shop@{text}")
    assert found is not None
    assert found.version is None


@pytest.mark.parametrize(
    ("name", "valid"),
    [("production", True), ("x" * 64, True), ("x" * 65, False), ("none", False), (".", False), ("a/b", False)],
)
def test_what_may_name_an_environment(name: str, *, valid: bool) -> None:
    """At most 64 characters, the same ones as of releases, and not ``none``."""
    assert (fields.environment(name) == name) is valid


@pytest.mark.parametrize("name", ["latest", "LATEST", "..", "a/b"])
def test_what_is_no_release_at_intake_is_none_here(name: str) -> None:
    """One rule says what may name a release."""
    assert fields.release(name) is None
    assert parse(name) is None


ASCENDING = [
    ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1"],
    ["1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1", "1.2", "1.10", "1.10.0.1", "2"],
    ["1.0rc2", "1.0rc10", "1.0", "1.0+9", "1.0+10", "1.0+a"],
    ["10.18.7", "10.24.0"],
]


@pytest.mark.parametrize("versions", ASCENDING)
def test_versions_are_ordered(versions: list[str]) -> None:
    """By numbers; prereleases as SemVer 2.0, section 11, has it (disagreed: not as text); then numeric builds."""
    for place, earlier in enumerate(versions):
        for later in versions[place + 1 :]:
            assert order_by_version(f"shop@{earlier}", f"shop@{later}") == -1
            assert order_by_version(f"shop@{later}", f"shop@{earlier}") == 1


@pytest.mark.parametrize(("one", "other"), [("1.0", "1.0.0"), ("1", "1.0.0.0"), ("v1.2", "1.2.0")])
def test_what_is_missing_is_zero(one: str, other: str) -> None:
    """``1.0`` is ``1.0.0``."""
    assert order_by_version(f"shop@{one}", f"shop@{other}") == 0


@pytest.mark.parametrize(
    ("one", "other"), [("shop@1.0", "cart@1.1"), ("shop@1.0", "1.1"), ("shop@1.0", "shop@" + "a1" * 20), ("", "1.0")]
)
def test_only_versions_of_one_package_have_that_order(one: str, other: str) -> None:
    """What is no version, or of another package, has none."""
    assert order_by_version(one, other) is None


# 5.3 Which came later ---------------------------------------------------------------------------------------------


def release(name: str, deployed: dict[str, int] | None = None, seen: dict[str, int] | None = None) -> Known:
    """Times in days after noon."""

    def at(days: dict[str, int] | None) -> dict[str, int]:
        return {place: NOON + day * DAY for place, day in (days or {}).items()}

    return Known(name, at(deployed), at(seen))


def test_semver_within_a_package_else_deploy_time_in_that_environment() -> None:
    """And the word which of the two it was."""
    one, two = release("shop@1.9", {PROD: 2}), release("shop@1.10", {PROD: 1})
    assert order(one, two, PROD) == Order(-1, By.VERSION)
    old, new = release("a" * 40, {PROD: 1, UAT: 4}), release("b" * 40, {PROD: 2, UAT: 3})
    assert order(old, new, PROD) == Order(-1, By.DEPLOY)
    assert order(old, new, UAT) == Order(1, By.DEPLOY)
    assert [By.VERSION.value, By.DEPLOY.value, By.SEEN.value] == ["semver", "deploy time", "first seen"]


def test_deployed_together_elsewhere_they_are_ordered_by_that() -> None:
    """Where one of two hashes never came."""
    assert order(release("a" * 40, {UAT: 1}), release("b" * 40, {UAT: 2, PROD: 3}), PROD) == Order(-1, By.DEPLOY)


def test_never_deployed_they_are_ordered_by_when_they_were_first_seen() -> None:
    """And of what was never there, nothing is said."""
    one, two = release("a" * 40, seen={PROD: 1}), release("b" * 40, seen={PROD: 2})
    assert order(one, two, PROD) == Order(-1, By.SEEN)
    assert order(one, release("c" * 40), PROD) is None


def test_a_third_release_changes_no_order() -> None:
    """Sentry's flips between semver and date with the names of other releases (#111584); a pair of ours does not."""
    pair = release("shop@10.18.7", {PROD: 9}), release("shop@10.24.0", {PROD: 1})
    among = Releases.of(PROD, {one.release: one for one in (*pair, release("f" * 40, {PROD: 5}))})
    assert among.order("shop@10.18.7", "shop@10.24.0") == order(*pair, PROD) == Order(-1, By.VERSION)


def test_a_sideloaded_fake_never_becomes_the_newest() -> None:
    """No deploy and a trickle of sessions: 999.9.9 stays out, until 5 % of the sessions are surely of it (#88976)."""
    real, fake = release("shop@1.4.2", {PROD: 0}), release("shop@999.9.9", seen={PROD: 1})
    assert newest([real, fake], PROD, {"shop@1.4.2": 970, "shop@999.9.9": 30}) == Newest("shop@1.4.2", By.DEPLOY)
    assert newest([real, fake], PROD, {"shop@1.4.2": 9, "shop@999.9.9": 1}) == Newest("shop@1.4.2", By.DEPLOY)
    assert newest([real, fake], PROD, {}) == Newest("shop@1.4.2", By.DEPLOY)
    assert newest([real, fake], PROD, {"shop@1.4.2": 80, "shop@999.9.9": 20}) == Newest("shop@999.9.9", By.VERSION)
    assert newest([fake], PROD, {}) is None


def test_the_newest_is_the_highest_version_of_the_package_that_came_last() -> None:
    """A hotfix of an old line does not become it, nor what was withdrawn; a hash that came last does."""
    line, hotfix = release("shop@10.24.0", {PROD: 0}), release("shop@10.18.7", {PROD: 5})
    assert newest([line, hotfix], PROD, {}) == Newest("shop@10.24.0", By.VERSION)
    bad = Known("shop@11.0", {PROD: NOON + 6 * DAY}, withdrawn=frozenset({PROD}))
    assert newest([line, hotfix, bad], PROD, {}) == Newest("shop@10.24.0", By.VERSION)
    assert newest([line, release("b" * 40, {PROD: 7})], PROD, {}) == Newest("b" * 40, By.DEPLOY)


# 5.3 Regressions ----------------------------------------------------------------------------------------------------


def resolved(fixed_in: FixedIn, named: str | None = None, *, current: dict[str, str] | None = None) -> IssueCommand:
    """At noon of day 10."""
    at = NOON + 10 * DAY
    return IssueCommand("c-1", "i", CommandKind.RESOLVE, fixed_in, named, current or {}, "fixed", "ana", at)


def is_regression(command: IssueCommand, event: str, *known: Known, environment: str = PROD) -> bool:
    return not compare(
        command, Sighting(event, 0), Releases.of(environment, {one.release: one for one in known})
    ).covered


@pytest.mark.parametrize(
    ("event", "regressed"), [("shop@2.12.0", False), ("shop@2.13.0", True), ("shop@2.14.0", True), ("", False)]
)
def test_resolved_in_a_release(event: str, *, regressed: bool) -> None:
    """Covered is what is older, and what names no release; the very release is a regression."""
    assert is_regression(resolved(FixedIn.RELEASE, "shop@2.13.0"), event) is regressed


@pytest.mark.parametrize(
    ("event", "regressed"), [("shop@2.12.0", False), ("shop@2.13.0", False), ("shop@2.14.0", True), ("", False)]
)
def test_resolved_in_the_next_release(event: str, *, regressed: bool) -> None:
    """Covered is the release that was current when it was resolved, and what is older."""
    assert is_regression(resolved(FixedIn.NEXT, current={PROD: "shop@2.13.0"}), event) is regressed


@pytest.mark.parametrize(
    ("event", "regressed"), [("shop@2.12.0", False), ("shop@2.13.0", True), ("shop@2.14.0", True), ("", False)]
)
def test_resolved_now(event: str, *, regressed: bool) -> None:
    """What runs has the fix; an old client has it not."""
    assert is_regression(resolved(FixedIn.NOW, current={PROD: "shop@2.13.0"}), event) is regressed


def test_an_old_cached_client_does_not_reopen() -> None:
    """#44881: and it is said why, with the comparison."""
    command = resolved(FixedIn.RELEASE, "a" * 40)
    known = {"a" * 40: release("a" * 40, {PROD: 9}), "b" * 40: release("b" * 40, {PROD: 1})}
    found = compare(command, Sighting("b" * 40, 0), Releases.of(PROD, known))
    assert found.covered
    assert found.sentence == f"fixed in {'a' * 40}; event from {'b' * 40}, deployed earlier"


def test_a_hotfix_of_an_old_line_is_older_although_it_was_deployed_later() -> None:
    """#99093: 10.18.7 after 10.24.0."""
    known = release("shop@10.24.0", {PROD: 1}), release("shop@10.18.7", {PROD: 9})
    assert not is_regression(resolved(FixedIn.RELEASE, "shop@10.24.0"), "shop@10.18.7", *known)


def test_bare_versions_do_not_loop() -> None:
    """#88976: 1.9.0 is older than 1.10.0 without any package, whatever was deployed last."""
    known = release("1.10.0", {PROD: 1}), release("1.9.0", {PROD: 9})
    assert not is_regression(resolved(FixedIn.RELEASE, "1.10.0"), "1.9.0", *known)
    assert is_regression(resolved(FixedIn.RELEASE, "1.10.0"), "1.11.0", *known)


def test_a_deleted_release_keeps_its_name() -> None:
    """#104751: nothing is known of it any more, and its version still says what is later."""
    assert is_regression(resolved(FixedIn.RELEASE, "shop@2.13.0"), "shop@2.14.0")
    assert not is_regression(resolved(FixedIn.RELEASE, "a" * 40), "b" * 40, release("b" * 40, {PROD: 9}))


def test_production_on_the_old_build_while_the_new_one_is_tried_elsewhere() -> None:
    """#104513: each environment by its own releases, and what is tried already is not the next one."""
    known = release("a" * 40, {PROD: 1, UAT: 0}), release("b" * 40, {UAT: 9, PROD: 12}), release("c" * 40, {PROD: 14})
    command = resolved(FixedIn.NEXT, current={PROD: "a" * 40, UAT: "b" * 40})
    assert not is_regression(command, "a" * 40, *known)
    assert not is_regression(command, "b" * 40, *known)
    assert not is_regression(command, "b" * 40, *known, environment=UAT)
    assert is_regression(command, "c" * 40, *known)
    in_new = resolved(FixedIn.RELEASE, "b" * 40)
    assert not is_regression(in_new, "a" * 40, *known)
    assert is_regression(in_new, "b" * 40, *known)


def test_what_cannot_be_compared_is_no_regression() -> None:
    """And that is said."""
    found = compare(resolved(FixedIn.RELEASE, "a" * 40), Sighting("b" * 40, 0), Releases.of(PROD, {}))
    assert found.covered
    assert found.by is None
    assert "nothing tells which came later" in found.sentence


def test_a_regression_prints_the_comparison() -> None:
    """As people read it."""
    known = {"a" * 40: release("a" * 40, {PROD: 1}), "b" * 40: release("b" * 40, {PROD: 9})}
    command = resolved(FixedIn.RELEASE, "a" * 40)
    found = compare(command, Sighting("b" * 40, 0), Releases.of(PROD, known))
    assert found.sentence == f"fixed in {'a' * 40}; event from {'b' * 40}, deployed later"
    assert not found.covered
