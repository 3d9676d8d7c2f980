"""How far a release came into use: `analytics.correlation.adoption`."""

import pytest

from analytics.correlation.adoption import Adoption, adoption


@pytest.mark.parametrize(
    ("ours", "before", "stage"),
    [
        (100, False, "adopted"),
        (100, True, "adopted"),
        (99, False, "low"),
        (99, True, "replaced"),
        (0, False, "low"),
        (0, True, "replaced"),
    ],
)
def test_stages(ours: int, before: bool, stage: str) -> None:  # noqa: FBT001 - a parameter of a test
    """Adopted from a tenth of the sessions on; below it low, or replaced if it was adopted before."""
    assert adoption(ours, 1_000, 5, 50, before=before) == Adoption(ours / 1_000, 0.1, stage)


def test_without_sessions_nothing_is_known() -> None:
    """Not 0 %: who stopped sending may be in use."""
    assert adoption(0, 0, 0, 0, before=True) == Adoption(None, None, None)


def test_without_known_users_only_sessions_are_known() -> None:
    """Backends name none."""
    assert adoption(5, 10, 0, 0, before=False) == Adoption(0.5, None, "adopted")


def test_a_share_is_one_of_all() -> None:
    """Estimates of users may be off, and corrections may come before what they correct."""
    assert adoption(-1, 10, 11, 10, before=False) == Adoption(0.0, 1.0, "low")
