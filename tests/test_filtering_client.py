"""Whom a request came from where proxies are trusted, and whose lines are not counted."""

import numpy as np
import pytest

from http_monitor.errors import UsageError
from http_monitor.filtering import selection_for
from http_monitor.filtering.client import client_of
from http_monitor.filtering.networks import contains, network_of
from http_monitor.records import Batch, Int64s
from http_monitor.settings import Settings
from tests.test_filtering import batch_of

TRUSTED = tuple(network for text in ("10.0.0.0/8", "fd00::/8") if (network := network_of(text)))


@pytest.mark.parametrize(
    ("host", "forwarded", "client"),
    [
        (b"10.0.0.1", b"198.51.100.7", b"198.51.100.7"),
        (b"10.0.0.1", b"6.6.6.6, 198.51.100.7, 10.0.0.2", b"198.51.100.7"),
        (b"10.0.0.1", b"198.51.100.7:4711", b"198.51.100.7"),
        (b"fd00::1", b"[2001:db8::7]:443", b"2001:db8::7"),
        (b"::ffff:10.0.0.1", b"2001:db8::7", b"2001:db8::7"),
        (b"198.51.100.9", b"6.6.6.6", b"198.51.100.9"),
        (b"proxy.example", b"6.6.6.6", b"proxy.example"),
        (b"10.0.0.1", b"6.6.6.6, unknown", b"10.0.0.1"),
        (b"10.0.0.1", b"6.6.6.6, \x1b[31m, 10.0.0.2", b"10.0.0.1"),
        (b"10.0.0.1", b"10.0.0.3, 10.0.0.2", b"10.0.0.1"),
        (b"10.0.0.1", b"", b"10.0.0.1"),
        (b"10.0.0.1", b"6.6.6.6" + b",10.0.0.2" * 100, b"10.0.0.1"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_trusted_proxy(
    host: bytes, forwarded: bytes, client: bytes
) -> None:
    assert client_of(host, forwarded, TRUSTED) == client


def selected(settings: Settings, *hosts: tuple[bytes, bytes | None, bytes | None]) -> tuple[list[bytes], list[int]]:
    """Return (hosts that count, numbers of the lines that do not) of rows of (host, forwarded, agent)."""
    rows = batch_of([{"host": host, "status": 200, "forwarded": said, "agent": agent} for host, said, agent in hosts])
    numbers = pa_numbers(len(hosts))
    select = selection_for(settings, lambda agent: b"bot" in agent, lambda agent: None)
    assert select is not None
    batch = select(Batch(rows, numbers, len(hosts)))
    assert batch.malformed_lines == 0
    return [bytes(host or b"") for host in batch.rows.column("host").to_pylist()], list(batch.filtered_nos)


def pa_numbers(count: int) -> Int64s:
    return np.arange(1, count + 1, dtype=np.int64)


def test_the_client_is_found_before_anything_is_excluded_or_filtered() -> None:
    given = [(b"10.0.0.1", b"6.6.6.6", None), (b"6.6.6.6", None, None), (b"10.0.0.1", b"7.7.7.7", None)]
    excluded = Settings(trusted_proxies=("10.0.0.0/8",), exclude_hosts=("6.6.6.6",))
    assert selected(excluded, *given) == ([b"7.7.7.7"], [1, 2])
    filtered = Settings(trusted_proxies=("10.0.0.0/8",), filters=("host in 6.0.0.0/8",))
    assert selected(filtered, *given) == ([b"6.6.6.6", b"6.6.6.6"], [3])


def test_where_all_rows_count_their_hosts_are_the_clients_too() -> None:
    given = [(b"10.0.0.1", b"6.6.6.6", None), (b"6.6.6.6", None, None), (b"10.0.0.1", None, None)]
    assert selected(Settings(trusted_proxies=("10.0.0.0/8",)), *given) == ([b"6.6.6.6", b"6.6.6.6", b"10.0.0.1"], [])


@pytest.mark.parametrize(
    ("network", "host", "inside"),
    [
        ("::ffff:10.0.0.0/104", b"10.1.2.3", True),
        ("::ffff:10.0.0.0/104", b"::ffff:10.1.2.3", True),
        ("::ffff:10.0.0.0/104", b"11.1.2.3", False),
        ("10.0.0.0/8", b"10.9.9.9", True),
        ("10.1.2.3", b"10.1.2.4", False),
        ("2001:db8::/32", b"2001:DB8:0:0::7", True),
        ("::/0", b"10.1.2.3", False),
        ("0.0.0.0/0", b"010.1.2.3", False),
        ("0.0.0.0/0", b"1" * 65, False),
    ],
)
def test_a_network_holds_the_addresses_in_it_however_they_are_written(network: str, host: bytes, inside: bool) -> None:
    found = network_of(network)
    assert found is not None
    assert contains((found,), host) is inside


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("10.1.2.3/8", "10.0.0.0/8 or 10.1.2.3"),
        ("10.1.2.3/255.0.0.0", "10.0.0.0/8 or 10.1.2.3"),
        ("2001:db8::7/32", "2001:db8::/32 or 2001:db8::7"),
    ],
)
def test_a_host_with_the_prefix_of_its_network_is_refused_as_it_may_mean_either(text: str, takes: str) -> None:
    given = (
        (Settings(exclude_hosts=(text,)), f"--exclude-host: got '{text}', takes {takes}"),
        (Settings(trusted_proxies=(text,)), f"--trust-proxy: got '{text}', takes {takes}"),
        (Settings(filters=(f"host in {text}",)), f"--filter: column 9: got '{text}', expected {takes}"),
    )
    for settings, error in given:
        with pytest.raises(UsageError) as raised:
            selection_for(settings, lambda agent: False, lambda agent: None)
        assert str(raised.value) == error


def test_hosts_and_bots_are_left_out_and_absent_agents_are_none() -> None:
    settings = Settings(exclude_hosts=("web.example", "2001:db8::/32"), ignore_bots=True)
    given = [(b"web.example", None, None), (b"2001:db8::9", None, None), (b"h", None, b"a bot"), (b"h", None, None)]
    assert selected(settings, *given) == ([b"h"], [1, 2, 3])


@pytest.mark.parametrize("settings", [Settings(exclude_hosts=("10.0.0.300",)), Settings(trusted_proxies=("proxy",))])
def test_what_is_no_host_or_network_is_refused(settings: Settings) -> None:
    with pytest.raises(
        UsageError, match=r"^--(exclude-host|trust-proxy): got '.*', takes a network such as 10.0.0.0/8"
    ):
        selection_for(settings, lambda agent: False, lambda agent: None)
