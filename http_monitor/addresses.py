"""Addresses of hosts, and the networks under which tables count them."""

import ipaddress
import re
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST = 64
_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rb"(%b\.%b\.%b)\.%b" % ((_OCTET,) * 4))
"""An IPv4 address as `ipaddress` takes it, which is eight times as slow."""


@lru_cache(maxsize=1 << 16)
def address_of(host: bytes) -> Address | None:
    """Return a host as an address; None for a name. An IPv4 address mapped into IPv6 is the IPv4 address."""
    if len(host) > _LONGEST:
        return None
    try:
        address = ipaddress.ip_address(host.decode("ascii"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def network_name(host: bytes) -> bytes | None:
    """Return the network under which tables count a host, a /24 or a /48: ``192.0.2.0/24``; None for a name."""
    usual = _IPV4.fullmatch(host)
    if usual is not None:
        return usual[1] + b".0/24"
    address = address_of(host)
    if address is None:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return b"%d.%d.%d.0/24" % tuple(address.packed[:3])
    return f"{ipaddress.IPv6Address(address.packed[:6] + bytes(10))}/48".encode()
