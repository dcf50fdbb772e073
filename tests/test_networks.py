"""The table of networks against sums by the slow way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.counting.networks import Networks
from http_monitor.report_tables import NetworkCount
from tests.reference.requests import network_of

_HOSTS = st.sampled_from(
    [b"-", b"a.example", b"2001:db8:1::7", b"2001:db8:1::8", b"2001:db8:2::7", b"::ffff:10.0.1.7"]
    + [b"10.0.%d.%d" % (network, host) for network in range(4) for host in range(4)]
)
_COUNTS = st.tuples(st.integers(1, 4), st.sampled_from((0, 7, 1 << 61)), st.integers(0, 1))


@given(
    counts=st.dictionaries(_HOSTS, _COUNTS, max_size=20),
    first=st.integers(0, 6),
    wide=st.booleans(),
)
def test_networks_are_ranked_with_the_sums_of_their_hosts(
    counts: dict[bytes, tuple[int, int, int]], first: int, wide: bool
) -> None:
    columns = np.array(list(counts.values()), object).reshape(-1, 3)
    hits, errors = columns[:, 0].astype(np.int64), columns[:, 2].astype(np.int64)
    sizes = columns[:, 1] if wide else columns[:, 1].astype(np.int64)
    networks = Networks(Piece(Keys(list(counts)), np.arange(len(counts), dtype=np.int32), hits, sizes, errors))

    sums: dict[bytes, list[int]] = {}
    for host, (of_host, size_bytes, failed) in counts.items():
        network = network_of(host)
        if network is not None:
            row = sums.setdefault(network, [0, 0, 0, 0, 0])
            row[:4] = row[0] + of_host, row[1] + size_bytes, row[2] + failed, row[3] + 1
            row[4] = max(row[4], of_host)
    wanted = [NetworkCount(key, *row) for key, row in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))]

    assert networks[:first] == tuple(wanted[:first])
    assert len(networks) == len(wanted)
    assert networks[-1:] == tuple(wanted[-1:])
    assert list(networks) == wanted
