"""No outgoing call reaches an internal host that the policy does not list."""

import re
from ipaddress import ip_address

import pytest

from actions.addresses import Refused, check, is_internal, resolve

INTERNAL = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata of clouds
    "100.100.100.200",  # shared address space, and metadata of another cloud
    "0.0.0.0",  # noqa: S104 - an address to be refused, nothing is bound
    "224.0.0.251",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.7",
    "fc00::1",
    "fd00:ec2::254",  # metadata over IPv6
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a9fe:a9fe::1",  # 6to4 of 169.254.169.254
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.7",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo of 127.0.0.1
]
PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses_are_refused(address: str) -> None:
    """Also where a public name stands for them."""
    assert is_internal(ip_address(address))
    with pytest.raises(Refused, match="allowed_hosts"):
        check("hooks.example.com", [address], [])


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    """Also those of IPv4 that are written as IPv6."""
    assert not is_internal(ip_address(address))
    check("hooks.example.com", [address], [])


def test_one_internal_address_among_public_ones_is_enough_to_refuse() -> None:
    """Else the order of an answer would decide."""
    with pytest.raises(Refused, match=re.escape("10.0.0.7")):
        check("hooks.example.com", ["1.1.1.1", "10.0.0.7"], [])


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1"])
def test_another_spelling_of_an_address_is_the_address(spelling: str) -> None:
    """Decimal, octal, hexadecimal and short ones are what the system makes of them."""
    with pytest.raises(Refused):
        check(spelling, resolve(spelling, 80), [])


def test_localhost_is_internal_by_whatever_the_system_says_it_is() -> None:
    """A name is resolved before it is judged."""
    with pytest.raises(Refused, match="localhost"):
        check("localhost", resolve("localhost", 80), [])


@pytest.mark.parametrize(
    ("host", "address", "entry"),
    [
        ("deployer.internal", "10.0.0.7", "deployer.internal"),
        ("Deployer.Internal.", "10.0.0.7", "deployer.internal"),
        ("deployer.internal", "10.0.0.7", "10.0.0.7"),
        ("2130706433", "127.0.0.1", "127.0.0.1"),
        ("::1", "::1", "[::1]"),
        ("::1", "::1", "0:0:0:0:0:0:0:1"),
    ],
)
def test_what_the_policy_lists_may_be_called(host: str, address: str, entry: str) -> None:
    """By name or by address, however it is written."""
    check(host, [address], [entry])


@pytest.mark.parametrize("entry", ["10.0.0.8", "internal", "other.internal", "10.0.0.0"])
def test_what_the_policy_lists_allows_nothing_else(entry: str) -> None:
    """No suffix, and no network."""
    with pytest.raises(Refused):
        check("deployer.internal", ["10.0.0.7"], [entry])
