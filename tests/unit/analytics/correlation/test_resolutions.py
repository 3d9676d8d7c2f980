"""analytics/correlation/resolutions.py: what holds after commands and events, in whatever order they are told."""

from itertools import permutations

import pytest

from analytics.correlation.resolutions import Releases, Sighting, Standing, Status, fixed_in, standing
from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.domain.release import Known

MINUTE = 60_000
ENVIRONMENT = "production"
KNOWN = Releases.of(
    ENVIRONMENT,
    {f"shop@{number}.0": Known(f"shop@{number}.0", {ENVIRONMENT: number * 100 * MINUTE}) for number in range(1, 10)},
)


def resolve(minute: int, way: FixedIn = FixedIn.RELEASE, release: str = "shop@3.0") -> IssueCommand:
    named = release if way is FixedIn.RELEASE else None
    current = {} if way is FixedIn.RELEASE else {ENVIRONMENT: release}
    name = f"resolve-{minute}"
    return IssueCommand(name, "i", CommandKind.RESOLVE, way, named, current, "mended", "ana", minute * MINUTE)


def say(kind: CommandKind, minute: int) -> IssueCommand:
    return IssueCommand(f"{kind}-{minute}", "i", kind, None, None, {}, "because", "ana", minute * MINUTE)


def after(*commands: IssueCommand, **seen: list[tuple[str, int]]) -> Standing:
    """``seen``: by command, with ``_`` for the hyphen."""
    told = {name.replace("_", "-"): [Sighting(*one) for one in found] for name, found in seen.items()}
    return standing(commands, told, KNOWN)


def test_without_any_command_an_issue_is_open() -> None:
    """And nothing came back."""
    assert after() == Standing()


def test_a_resolution_holds_while_only_old_clients_have_the_issue() -> None:
    """They are told, and reopen nothing."""
    found = after(resolve(350), resolve_350=[("shop@2.0", 400), ("", 360)])
    assert found.status is Status.RESOLVED
    assert [one.release for one in found.old_clients] == ["", "shop@2.0"]
    assert found.old_clients[1].sentence == "fixed in shop@3.0; event from shop@2.0, an earlier version"
    assert found.back is None
    assert found.fixed_in == "shop@3.0"


def test_a_release_with_the_fix_that_has_the_issue_brings_it_back() -> None:
    """The first one, by its minute, and no other after it."""
    found = after(resolve(350), resolve_350=[("shop@5.0", 520), ("shop@4.0", 410), ("shop@2.0", 360)])
    assert found.status is Status.OPEN
    assert [(one.release, one.minute) for one in found.came_back] == [("shop@4.0", 410)]
    assert found.back == found.came_back[0]
    assert found.back.sentence == "fixed in shop@3.0; event from shop@4.0, a later version"


def test_two_releases_of_one_minute_brought_it_back_together() -> None:
    """Neither was first."""
    found = after(resolve(350), resolve_350=[("shop@5.0", 410), ("shop@4.0", 410)])
    assert [one.release for one in found.came_back] == ["shop@4.0", "shop@5.0"]


def test_commands_hold_in_the_order_of_time() -> None:
    """However they are told; what came back under one stays in the history of the next."""
    commands = [resolve(350), resolve(450, release="shop@5.0"), say(CommandKind.MUTE, 600)]
    seen = {"resolve-350": [Sighting("shop@4.0", 410)], "resolve-450": [Sighting("shop@4.0", 460)]}
    found = {str(standing(told, seen, KNOWN)) for told in permutations(commands)}
    assert len(found) == 1
    muted = standing(commands, seen, KNOWN)
    assert muted.status is Status.MUTED
    assert [one.release for one in muted.came_back] == ["shop@4.0"]
    assert muted.back is None


def test_an_event_after_the_next_command_is_not_of_the_one_before() -> None:
    """What happened after it was reopened cannot bring it back."""
    found = after(resolve(350), say(CommandKind.REOPEN, 400), resolve_350=[("shop@4.0", 410)])
    assert found.status is Status.OPEN
    assert found.came_back == ()


@pytest.mark.parametrize(
    ("command", "release"),
    [
        (resolve(350), "shop@3.0"),
        (resolve(350, FixedIn.NOW), "shop@3.0"),
        (resolve(350, FixedIn.NEXT), "shop@4.0"),
        (resolve(950, FixedIn.NEXT, "shop@9.0"), None),
    ],
)
def test_the_first_release_with_the_fix(command: IssueCommand, release: str | None) -> None:
    """The named one, the current one, or the first that came after and is later; none before that came."""
    assert fixed_in(command, KNOWN) == release


def test_a_hotfix_of_an_old_line_is_not_the_next_release() -> None:
    """It is deployed next, and older."""
    hotfix = Known("shop@2.1", {ENVIRONMENT: 360 * MINUTE})
    releases = Releases.of(ENVIRONMENT, {**KNOWN.known, "shop@2.1": hotfix})
    assert fixed_in(resolve(350, FixedIn.NEXT), releases) == "shop@4.0"


def test_where_no_release_was_known_anything_later_brings_it_back() -> None:
    """But not what was there before, of a resolution in the next release."""
    now = IssueCommand("c", "i", CommandKind.RESOLVE, FixedIn.NOW, None, {}, "x", "ana", 350 * MINUTE)
    following = IssueCommand("c", "i", CommandKind.RESOLVE, FixedIn.NEXT, None, {}, "x", "ana", 350 * MINUTE)
    seen = {"c": [Sighting("shop@3.0", 400)]}
    assert standing([now], seen, KNOWN).status is Status.OPEN
    assert standing([following], seen, KNOWN).status is Status.RESOLVED
    assert standing([following], {"c": [Sighting("shop@4.0", 410)]}, KNOWN).status is Status.OPEN
