"""Decides whether the first field of a line is the virtual host."""

import ipaddress
from functools import lru_cache

_CACHED_BYTES = 64


def stands_in_front(first: bytes, second: bytes) -> bool:
    """Return whether the first of four or more fields before the time is a vhost (``%v:%p`` or ``%v``).

    It is when the second is an IP literal, or when the first is ``name:port`` and not an IPv6 address.
    """
    return is_ip(second) or is_name_and_port(first)


def is_name_and_port(field: bytes) -> bool:
    """Return whether a field is ``name:port`` and not an IPv6 address."""
    name, _, port = field.rpartition(b":")
    return bool(name) and port.isdigit() and not is_ip(field)


def vhost_name(field: bytes) -> bytes | None:
    """Return a vhost without its port, so that the ports of a site are one vhost; None for a dash."""
    name = field.rpartition(b":")[0] if is_name_and_port(field) else field
    return None if name == b"-" else name


def is_ip(field: bytes) -> bool:
    """Return whether a field is an IPv4 or IPv6 literal."""
    # A hostile field may be a megabyte; such a one is not kept in memory.
    return _is_ip(field) if len(field) <= _CACHED_BYTES else _is_ip.__wrapped__(field)


@lru_cache(maxsize=4096)
def _is_ip(field: bytes) -> bool:
    try:
        ipaddress.ip_address(field.decode("ascii"))
    except ValueError:
        return False
    return True
