"""Checks whether the client, the virtual host and the user of a format can be such."""

import re
from collections.abc import Callable

from http_monitor.parser.fields.hosts import is_address, is_ip
from http_monitor.records import Batch

ENOUGH_ROWS = 20
"""Number of the first rows that show what the client field contains."""
_LONGEST_NAME = 255
_NAME = re.compile(rb"(?=.*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
# nginx has `_`, `*.example.org`, `www.example.*` and `~expression`, Apache `*:80`; a name may be of any alphabet.
_SERVER = re.compile(
    rb"_|~.*|(?=.*[A-Za-z*\x80-\xff])[A-Za-z0-9_.*\x80-\xff][A-Za-z0-9_.*\x80-\xff-]*(?::[0-9]{1,5})?", re.DOTALL
)
_UNIX = b"unix:"
"""Peer of a Unix socket, as nginx logs it."""
_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?|[0-9]{1,2}[A-Za-z]{3}[0-9]{2,4}", re.DOTALL)
_WORDS = frozenset(
    b"jan feb mar apr may jun jul aug sep sept oct nov dec "
    b"january february march april june july august september october november december "
    b"mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    b"trace debug info information notice warn warning err error crit critical alert emerg fatal severe "
    b"stdout stderr".split()
)
"""Words at the beginning of other programs' lines, which name no client: months, days, levels, streams."""


def can_be_host(field: bytes) -> bool:
    """Return whether a field is an address or a name; a single label is a name unless it is one of `_WORDS`."""
    if is_ip(field) or field.startswith(_UNIX):
        return True
    if len(field) > _LONGEST_NAME or _NAME.fullmatch(field) is None or _TIME.fullmatch(field):
        return False
    return field.lower() not in _WORDS


def can_be_vhost(field: bytes) -> bool:
    """Return whether a field can be the name of a site, with or without a port."""
    if is_address(field):
        return True
    if len(field) > _LONGEST_NAME or _SERVER.fullmatch(field) is None or _TIME.fullmatch(field):
        return False
    return field.lower() not in _WORDS


def can_be_user(field: bytes) -> bool:
    """Return whether a field can be a user: no ident or client precedes one in it, as where the host is further on."""
    return not field.startswith(b"- ") and not any(is_ip(word) for word in field.split()[:-2])


def first_hosts(batch: Batch, most: int = ENOUGH_ROWS, column: str = "host") -> list[bytes]:
    """Return the hosts (or the values of another column) of the first rows of a batch."""
    hosts = batch.rows.column(column).slice(0, most).to_pylist()
    return [b"-" if host is None else host for host in hosts]


def find_doubtful_hosts(hosts: list[bytes], can_be: Callable[[bytes], bool] = can_be_host) -> list[bytes]:
    """Return the hosts that cannot be hosts if they are the majority, else nothing; dashes are ignored.

    Args:
        hosts: Hosts of some lines, or their virtual hosts or users.
        can_be: Whether one can be what it should be.
    """
    wrong = [host for host in hosts if host != b"-" and not can_be(host)]
    return wrong if 2 * len(wrong) > len(hosts) else []
