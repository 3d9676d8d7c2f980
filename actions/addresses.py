"""Which addresses may be called: none that is internal, unless the policy allows it.

What is checked is what the name stands for, so that no spelling of an address (decimal, octal, IPv4 in IPv6) gets past.
The caller connects to the addresses returned here and asks no name server again: a second answer could differ.
"""

import socket
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""The addresses of a host, the preferred one first. Raises OSError or UnicodeError."""

LOCALHOST = "localhost"
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: how a network without IPv4 reaches it. The last 32 bits are the address that is really called."""


class Refused(Exception):
    """The host is internal. List it in the policy's allowed_hosts if it shall be called."""

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final
        """The host is itself an internal address, so that only another policy helps; a name's address may change."""


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system says. Takes as long as its resolver does, by default up to 30 s where name servers are silent."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def check(host: str, addresses: Sequence[str], allowed_hosts: Collection[str]) -> None:
    """Raise `Refused` if one of the host's addresses is internal, and neither it nor the host is allowed."""
    allowed = {_plain(entry) for entry in allowed_hosts}
    if _plain(host) in allowed:
        return
    for address in addresses:
        if is_internal(ip_address(address)) and _plain(address) not in allowed:
            is_it = "" if _plain(host) == _plain(address) else f" (which is {address})"
            message = f"{host}{is_it} is internal; list it in the policy's allowed_hosts if it shall be called"
            raise Refused(message, final=is_literal(host))


def is_internal(address: Address) -> bool:
    """Whether it is anything but one host of the public internet: loopback, private, link-local, shared, a group."""
    carried = _carried(address) if isinstance(address, IPv6Address) else None
    if carried is not None:
        return is_internal(carried)
    local = isinstance(address, IPv6Address) and address.is_site_local
    return local or not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def is_literal(host: str) -> bool:
    """Whether a host stands for one address whatever a name server says: an address in any spelling, or localhost."""
    plain = _plain(host)
    if plain == LOCALHOST or plain.endswith(f".{LOCALHOST}"):  # RFC 6761: always the loopback
        return True
    try:
        ip_address(plain)
    except ValueError:
        return _is_number(plain)
    return True


def _is_number(host: str) -> bool:
    """Whether the system reads it as an IPv4 address: ``2130706433``, ``0x7f.1``, ``0177.0.0.1``."""
    try:
        socket.inet_aton(host)
    except (OSError, UnicodeError):
        return False
    return True


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to this one ends at: mapped (RFC 4291), 6to4 (RFC 3056), Teredo, NAT64."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _plain(host: str) -> str:
    """One spelling of a host."""
    text = host.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(text))
    except ValueError:
        return text
