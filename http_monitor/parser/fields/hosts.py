"""Determines the client from the host field of a line."""

import re
from functools import lru_cache
from typing import NamedTuple

_CACHED_BYTES = 64
# A field without any of these is an IPv4 address or a name, and needs no change.
_AS_IT_IS = re.compile(rb'[^",:\[]*+')
_QUOTED = re.compile(rb'"([^"]++)"')
_WITH_PORT = re.compile(rb"\[(.*)\](?::[0-9]{1,5})?|([0-9.]++):[0-9]{1,5}", re.DOTALL)


class Client(NamedTuple):
    """A client."""

    host: bytes
    """An address without its port, or a name."""
    forwarded: bytes | None
    """The addresses before the host in a list as in X-Forwarded-For, unverified; None if it is no list."""


def client_of(field: bytes) -> Client:
    """Return the client of a host field, which may be quoted, an address with a port, or a list of addresses.

    Servers that log X-Forwarded-For as the host (Rack) log all of it. Each proxy appends the address it received the
    request from, so only the last entry is not merely claimed.
    """
    if _AS_IT_IS.fullmatch(field):
        return Client(field, None)
    # Hostile fields may be a megabyte long; those are not cached.
    return _client_of(field) if len(field) <= _CACHED_BYTES else _client_of.__wrapped__(field)


def header_client_of(field: bytes) -> Client:
    """Return the client of a header logged unescaped: a dash unless it is an address or a single word."""
    client = client_of(field)
    doubted = client.forwarded is None and (not field or any(byte in b" \t," for byte in field))
    return Client(b"-", None) if doubted else client


@lru_cache(maxsize=4096)
def _client_of(field: bytes) -> Client:
    quoted = _QUOTED.fullmatch(field)
    if quoted:
        field = quoted[1]
    before, comma, last = field.rpartition(b",")
    if not comma:
        return Client(address_alone(field), None)
    last = address_alone(last.strip(b" \t"))
    return Client(last, before.strip(b" \t")) if is_ip(last) else Client(field, None)


def address_alone(field: bytes) -> bytes:
    """Return ``192.0.2.7:80``, ``[2001:db8::7]:80`` and ``[2001:db8::7]`` as the address, anything else unchanged."""
    match = _WITH_PORT.fullmatch(field) if b":" in field else None
    if match is None:
        return field
    address: bytes = match[2] if match[1] is None else match[1]
    is_v6 = b":" in address
    return address if is_v6 == (match[2] is None) and is_ip(address) else field


def is_address(field: bytes) -> bool:
    """Return whether a field is an IP literal, with or without a port."""
    return is_ip(address_alone(field))


def is_ip(field: bytes) -> bool:
    """Return whether a field is an IPv4 or IPv6 literal."""
    return _is_ip(field) if len(field) <= _CACHED_BYTES else _is_ip.__wrapped__(field)


@lru_cache(maxsize=4096)
def _is_ip(field: bytes) -> bool:
    import ipaddress  # noqa: PLC0415 - most logs have neither ports nor lists in the place of the host

    try:
        ipaddress.ip_address(field.decode("ascii"))
    except ValueError:
        return False
    return True
