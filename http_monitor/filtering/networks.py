"""Parses addresses and networks as logs and users write them."""

import ipaddress
import re

from http_monitor.addresses import address_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_BITS = 96
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}", re.ASCII)


def network_of(text: str) -> Network | None:
    """Return the network for ``10.0.0.0/8``, ``192.0.2.7`` or ``2001:db8::/32``; None for anything else.

    So it is for ``10.1.2.3/8``, which may mean a host or a network (`what_is_meant`).
    """
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return None
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.ip_network((mapped, network.prefixlen - _MAPPED_BITS), strict=False)
    return network


def what_is_meant(text: str) -> str | None:
    """Return what an address with a prefix may mean, ``10.0.0.0/8 or 10.1.2.3``; None if it is unambiguous."""
    try:
        meant = ipaddress.ip_interface(text)
    except ValueError:
        return None
    return None if meant.ip == meant.network.network_address else f"{meant.network} or {meant.ip}"


def contains(networks: tuple[Network, ...], host: bytes) -> bool:
    """Return whether a host is an address in one of these networks."""
    address = address_of(host)
    return address is not None and any(address in network for network in networks)


def without_port(entry: bytes) -> bytes:
    """Return an entry of X-Forwarded-For without the port and the brackets that some proxies write."""
    match = _WITH_PORT.fullmatch(entry.decode("latin-1"))
    return entry if match is None else (match[1] or match[2] or "").encode("latin-1")
