"""Network addresses as limits see them."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_ONE_HOME: Final = 64
"""Bits that are somebody's own: whoever has one IPv6 address has 2⁶⁴ of them (RFC 6177, RFC 7421)."""


def network_of(address: str) -> str:
    """Whose an address is, for whatever is counted by it: an IPv4 address itself, an IPv6 one's /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _ONE_HOME), strict=False))
