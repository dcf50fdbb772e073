"""Decides whether the first field of a line is the virtual host."""

from http_monitor.parser.fields.hosts import is_address, is_ip


def stands_in_front(first: bytes, second: bytes) -> bool:
    """Return whether the first of four or more fields before the time is a vhost (``%v:%p`` or ``%v``).

    It is if the second is an IP literal, with or without a port, or if the first is ``name:port`` and its name is not
    an IP literal.
    """
    return is_address(second) or is_named_port(first)


def is_named_port(field: bytes) -> bool:
    """Return whether a field is ``name:port`` and its name is not an IP literal."""
    return is_name_and_port(field) and not is_address(field.rpartition(b":")[0])


def is_name_and_port(field: bytes) -> bool:
    """Return whether a field is ``name:port`` and not an IPv6 address."""
    name, _, port = field.rpartition(b":")
    return bool(name) and port.isdigit() and not is_ip(field)


def vhost_name(field: bytes) -> bytes | None:
    """Return a vhost without its port, so that the ports of a site are one vhost; None for a dash."""
    name = field.rpartition(b":")[0] if is_name_and_port(field) else field
    return None if name == b"-" else name
