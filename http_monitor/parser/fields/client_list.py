"""Finds the client in a list of addresses, as X-Forwarded-For has it."""

from http_monitor.parser.fields.hosts import address_alone, is_ip


def first_address(text: bytes) -> bytes:
    """Return the first of some addresses without its port, what stands first where none is one.

    Args:
        text: Addresses and names between commas, as whoever sent the request wants them.
    """
    items = [item.strip(b' \t+"') for item in text.split(b",")]
    for item in items:
        address = address_alone(item)
        if is_ip(address):
            return address
    return items[0] or b"-"
