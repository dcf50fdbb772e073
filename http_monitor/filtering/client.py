"""Finds the client behind trusted proxies from X-Forwarded-For."""

from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.addresses import address_of
from http_monitor.arrow import are_null, arrow_of, fill_nulls
from http_monitor.filtering.networks import Network, contains, without_port

_MAX_HOPS = 100
"""Longest chain of trusted proxies."""


def client_of(host: bytes, forwarded: bytes, trusted: tuple[Network, ...]) -> bytes:
    """Return the client of a request: the rightmost address that is no trusted proxy, else the host.

    Each proxy appends the address from which it received the request. So anything left of an untrusted address is a
    claim of that client, and anything left of a malformed entry has no known origin; neither is used.
    """
    if not contains(trusted, host):
        return host
    for entry in reversed(forwarded.rsplit(b",", _MAX_HOPS)[-_MAX_HOPS:]):
        # IIS writes a blank as a plus.
        address = without_port(entry.strip(b" \t+"))
        if address_of(address) is None:
            return host
        if not contains(trusted, address):
            return address
    return host


def with_clients(rows: pa.RecordBatch, trusted: tuple[Network, ...]) -> pa.RecordBatch:
    """Return rows whose host is the client, computed once per distinct pair of host and X-Forwarded-For."""
    hosts, forwarded = rows.column("host"), rows.column("forwarded")
    assert isinstance(hosts, pa.DictionaryArray)
    assert isinstance(forwarded, pa.DictionaryArray)
    has_claim = ~are_null(forwarded.indices)
    if not has_claim.any():
        return rows
    names, claims = hosts.dictionary.to_pylist(), forwarded.dictionary.to_pylist()
    codes = hosts.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    width = len(claims)
    pairs = codes[has_claim] * width + fill_nulls(forwarded.indices, 0)[has_claim]
    distinct, places = np.unique(pairs, return_inverse=True)
    numbers = {name: number for number, name in enumerate(names)}
    clients = [client_of(names[pair // width], claims[pair % width], trusted) for pair in distinct.tolist()]
    codes[has_claim] = np.array([numbers.setdefault(client, len(numbers)) for client in clients], np.int64)[places]
    column: pa.DictionaryArray[Any, Any] = pa.DictionaryArray.from_arrays(
        arrow_of(codes.astype(np.int32), pa.int32()), pa.array(list(numbers), pa.binary())
    )
    columns = [column if name == "host" else rows.column(name) for name in rows.schema.names]
    return pa.record_batch(columns, schema=rows.schema)
