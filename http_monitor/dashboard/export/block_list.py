"""Writes the hosts or networks of a table as a list that firewalls read: one address or network a line."""

import ipaddress
from dataclasses import dataclass

from http_monitor.addresses import address_of
from http_monitor.dashboard.state.answers import TableAnswer
from http_monitor.errors import RefusedError

DIMENSIONS = ("host", "network")
"""The tables that can be block lists."""


@dataclass(frozen=True, slots=True)
class BlockList:
    """A block list, and how much of the table is in it."""

    text: str
    entries: int
    left_out: int
    """Keys that are no addresses: names, text of an attacker."""


def list_of(table: TableAnswer, dimension: str) -> BlockList:
    """Return the block list of a table, in its order, each address once.

    Raises:
        RefusedError: A table of anything else, or one without addresses.
    """
    if dimension not in DIMENSIONS:
        raise RefusedError("a block list is made of hosts or networks: show one of these tables (3, 4)")
    entries: dict[str, None] = {}
    left_out = 0
    for row in table.view.rows:
        entry = _address(row.key) if dimension == "host" else _network(row.key)
        if entry is None:
            left_out += 1
        else:
            entries[entry] = None
    if not entries:
        raise RefusedError("no row is an address, so the block list would be empty")
    return BlockList("".join(f"{entry}\n" for entry in entries), len(entries), left_out)


def _address(host: bytes) -> str | None:
    address = address_of(host)
    # A zone names a network card of the machine that wrote the log.
    if address is None or (isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None):
        return None
    return str(address)


def _network(key: bytes) -> str | None:
    try:
        return str(ipaddress.ip_network(key.decode("ascii")))
    except ValueError:
        return None
