"""Finds the client in a list of addresses, as X-Forwarded-For has it."""

import re

from http_monitor.parser.hosts import is_ip

_PORT = re.compile(rb"(?:\[(?P<six>[0-9A-Fa-f:.%a-z]+)\]|(?P<four>[0-9]{1,3}(?:\.[0-9]{1,3}){3}))(?::[0-9]{1,5})?")


def first_address(text: bytes) -> bytes:
    """Return the first of some addresses without its port, what stands first where none is one.

    Args:
        text: Addresses and names between commas, as whoever sent the request wants them.
    """
    items = [item.strip(b' \t+"') for item in text.split(b",")]
    for item in items:
        address = _bare(item)
        if is_ip(address):
            return address
    return items[0] or b"-"


def _bare(item: bytes) -> bytes:
    match = _PORT.fullmatch(item)
    return item if match is None else match["six"] or match["four"]
