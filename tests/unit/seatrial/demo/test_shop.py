"""The shop's new release has a real bug, and only that one."""

from decimal import Decimal

import pytest

from seatrial.demo.shop import VOUCHERS, build_shop, fair_total, total


def test_a_gift_voucher_breaks_the_new_release_alone() -> None:
    """1.5.0 divides by the voucher's minimum, and a gift voucher has none."""
    order = {"items": ["hat"], "voucher": "GIFT"}
    headers = {"X-User": "customer-1"}
    statuses = {}
    for release in ("shop@1.4.2", "shop@1.5.0"):
        shop = build_shop(release, with_bug=True)
        statuses[release] = shop.test_client().post("/checkout", json=order, headers=headers).status_code
    assert statuses == {"shop@1.4.2": 200, "shop@1.5.0": 500}


def test_the_same_story_without_the_bug_has_a_sound_release() -> None:
    """`--no-bug` takes the fault away and nothing else."""
    shop = build_shop("shop@1.5.0", with_bug=False)
    answer = shop.test_client().post(
        "/checkout", json={"items": ["hat"], "voucher": "GIFT"}, headers={"X-User": "customer-1"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(("items", "expected"), [(["hat"], "14.62"), (["shoes"], "49.90")])
def test_the_new_release_gives_small_carts_a_share_of_the_voucher(items: list[str], expected: str) -> None:
    """What 1.5.0 was made for works: 10 off from 40, and its share below."""
    assert fair_total(items, VOUCHERS["WELCOME"]) == Decimal(expected)
    assert total(["shoes"], VOUCHERS["WELCOME"]) == Decimal("49.90")


def test_every_page_answers() -> None:
    """Search, cart, checkout and feedback, without a DSN."""
    client = build_shop("shop@1.4.2", with_bug=True).test_client()
    assert client.get("/search?q=co").get_json() == {"found": ["coat"]}
    assert client.post("/cart", json={"items": ["hat", "socks"]}).get_json()["amount"] == "24.40"
    assert client.post("/feedback", json={"message": "good"}).get_json() == {"thanks": True}
