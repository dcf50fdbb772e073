"""The table of networks against sums by the slow way."""

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.counting import networks
from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys, Numbering
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
    found = Networks(Piece(Keys(list(counts)), np.arange(len(counts), dtype=np.int32), hits, sizes, errors))

    sums: dict[bytes, list[int]] = {}
    for host, (of_host, size_bytes, failed) in counts.items():
        network = network_of(host)
        if network is not None:
            row = sums.setdefault(network, [0, 0, 0, 0, 0])
            row[:4] = row[0] + of_host, row[1] + size_bytes, row[2] + failed, row[3] + 1
            row[4] = max(row[4], of_host)
    wanted = [NetworkCount(key, *row) for key, row in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))]

    assert found[:first] == tuple(wanted[:first])
    assert len(found) == len(wanted)
    assert found[-1:] == tuple(wanted[-1:])
    assert list(found) == wanted


def test_networks_of_hosts_that_batches_share_are_those_of_each_table() -> None:
    numbering = Numbering()
    for number in range(3):
        hosts = [b"10.0.%d.%d" % (number, host) for host in range(5)] + [b"10.0.0.0", b"a.example"]
        ones = np.ones(len(hosts), np.int64)
        piece = Piece(Keys(hosts, None, numbering), np.arange(len(hosts), dtype=np.int32), ones, ones, ones)
        # The first batch has 10.0.0.0 twice.
        counts = {b"10.0.%d.0/24" % number: 5 + (not number), b"10.0.0.0/24": 1 + 5 * (not number)}
        assert {row.key: row.hits for row in Networks(piece)} == counts
        assert [row.key for row in Networks(piece)[:1]] == [b"10.0.%d.0/24" % number]


def test_networks_made_before_the_hosts_are_forgotten_keep_their_names() -> None:
    def networks_of(first: int) -> Networks:
        hosts = [b"10.%d.%d.7" % (first, network) for network in range(3)]
        ones = np.ones(3, np.int64)
        return Networks(Piece(Keys(hosts), np.arange(3, dtype=np.int32), ones, ones, ones))

    with patch.object(networks, "_MAX_KNOWN", 2):
        before, after = networks_of(1), networks_of(2)
        assert (len(before), len(after)) == (3, 3)
        assert [row.key for row in before] == [b"10.1.%d.0/24" % network for network in range(3)]
        assert [row.key for row in after] == [b"10.2.%d.0/24" % network for network in range(3)]
