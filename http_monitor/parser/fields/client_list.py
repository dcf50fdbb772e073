"""Finds the client in a list of addresses as in X-Forwarded-For."""

from http_monitor.parser.fields.hosts import address_alone, is_ip


def first_address(text: bytes) -> bytes:
    """Return the first address of a list without its port; the first item if there is no address.

    Args:
        text: Comma-separated addresses and names, as the client sent them.
    """
    items = [item.strip(b' \t+"') for item in text.split(b",")]
    for item in items:
        address = address_alone(item)
        if is_ip(address):
            return address
    return items[0] or b"-"
