"""What the simulated traffic consists of, and that its scenarios do what they are for."""

import ipaddress
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import Scenario
from http_monitor.simulator.cast import client, flooder
from http_monitor.simulator.lines import lines_of_second
from http_monitor.units import US_PER_S
from tests.examples import examples

START_S = 1_700_000_000
WINDOW_S = 120
RATE = 20
SCENARIOS: tuple[Scenario, ...] = ("random", "spike", "errors", "ddos")
DOCUMENTATION = [
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
COMBINED = re.compile(
    rb"(?P<host>[0-9a-f.:]+) - (?P<user>[a-z]+) "
    rb"\[(?P<time>[0-9]{2}/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/[0-9]{4}(:[0-9]{2}){3}) \+0000\] "
    rb'"(?P<method>GET|POST) (?P<path>/[a-z]+/[a-z]+) HTTP/1\.1" (?P<status>[1-5][0-9]{2}) (?P<size>-|[1-9][0-9]*) '
    rb'"(-|https://camelot\.example/[a-z-]*)" "[^"\\\x00-\x1f\x7f-\xff]+"\n'
)


def second_of(elapsed_s: int, scenario: Scenario, rate: int = RATE, seed: int = 0) -> list[tuple[int, bytes]]:
    rng = random.Random(f"{seed}/{elapsed_s}")
    return lines_of_second(rng, (START_S + elapsed_s) * US_PER_S, elapsed_s, scenario, rate)


def fields_of(line: bytes) -> re.Match[bytes]:
    match = COMBINED.fullmatch(line)
    assert match is not None, line
    return match


@dataclass(frozen=True)
class Window:
    """The measures of the three alerts over the last two minutes."""

    second: int
    hits_per_s: float
    error_percent: float
    top_host_per_s: float


def windows(scenario: Scenario, seed: int, seconds: int, rate: int = RATE) -> Iterator[Window]:
    """Yield the window after each second, by plain sums over the lines of its seconds."""
    hits: list[int] = []
    errors: list[int] = []
    hosts: list[Counter[bytes]] = []
    by_host = Counter[bytes]()
    for elapsed_s in range(seconds):
        lines = [fields_of(line) for _, line in second_of(elapsed_s, scenario, rate, seed)]
        hits.append(len(lines))
        errors.append(sum(line["status"].startswith(b"5") for line in lines))
        hosts.append(Counter(line["host"] for line in lines))
        by_host.update(hosts[-1])
        if len(hosts) > WINDOW_S:
            by_host.subtract(hosts[-1 - WINDOW_S])
        total = sum(hits[-WINDOW_S:])
        yield Window(
            elapsed_s + 1,
            total / WINDOW_S,
            100 * sum(errors[-WINDOW_S:]) / total if total >= 20 else 0.0,
            max(by_host.values(), default=0) / WINDOW_S,
        )


def turns(values: list[tuple[int, float]], threshold: float) -> list[int]:
    """Return the seconds at which an alert raises, recovers, raises and so on."""
    found: list[int] = []
    for second, value in values:
        if value > threshold if len(found) % 2 == 0 else value < threshold:
            found.append(second)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("rate", [1, 2, 20, 333])
def test_every_line_is_combined_and_every_second_has_at_most_the_rate(scenario: Scenario, rate: int) -> None:
    counts = []
    for elapsed_s in (*range(0, 50), *range(100, 200, 10)):
        lines = second_of(elapsed_s, scenario, rate)
        counts.append(len(lines))
        for _, line in lines:
            address = ipaddress.ip_address(fields_of(line)["host"].decode())
            assert any(address in net for net in DOCUMENTATION)
    assert max(counts) <= rate
    assert max(counts) >= max(1, rate // 2)


def test_random_traffic_has_from_none_to_the_rate_and_all_between() -> None:
    assert {len(second_of(second, "random")) for second in range(500)} == set(range(RATE + 1))


def test_there_are_5_endpoints_7_characters_and_6_statuses() -> None:
    lines = [fields_of(line) for second in range(30, 630) for _, line in second_of(second, "random")]
    assert {line["path"] for line in lines} == {
        b"/grail/search",
        b"/grail/sightings",
        b"/bridge/questions",
        b"/shrubbery/orders",
        b"/castle/taunts",
    }
    assert {line["user"] for line in lines} == {
        b"arthur",
        b"bedevere",
        b"galahad",
        b"lancelot",
        b"patsy",
        b"robin",
        b"tim",
    }
    assert {line["status"] for line in lines} == {b"200", b"201", b"304", b"404", b"500", b"503"}


def test_an_answer_without_a_body_has_no_size_and_only_a_post_makes_something() -> None:
    for second in range(60):
        for _, raw in second_of(second, "random"):
            line = fields_of(raw)
            assert (line["size"] == b"-") == (line["status"] == b"304")
            assert line["status"] != b"201" or line["method"] == b"POST"


def test_the_time_of_a_line_is_its_second_in_utc() -> None:
    lines = lines_of_second(random.Random(1), 951_782_399 * US_PER_S, 0, "spike", RATE)
    assert {fields_of(line)["time"] for _, line in lines} == {b"28/Feb/2000:23:59:59"}
    lines = lines_of_second(random.Random(1), 951_782_400 * US_PER_S, 0, "spike", RATE)
    assert {fields_of(line)["time"] for _, line in lines} == {b"29/Feb/2000:00:00:00"}


def test_lines_are_spread_over_the_second_in_order() -> None:
    offsets = [offset_us for offset_us, _ in second_of(0, "spike", 1_000)]
    assert offsets == sorted(offsets)
    tenths = Counter(offset_us // 100_000 for offset_us in offsets)
    assert sorted(tenths) == list(range(10))
    assert min(tenths.values()) > 50


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(SCENARIOS), st.integers(1, 50), st.integers(0, 2**63 - 1))
def test_the_same_seed_gives_the_same_second(elapsed_s: int, scenario: Scenario, rate: int, seed: int) -> None:
    lines = second_of(elapsed_s, scenario, rate, seed)
    assert lines == second_of(elapsed_s, scenario, rate, seed)
    assert len(lines) <= rate
    assert all(0 <= offset_us < US_PER_S and line.count(b"\n") == 1 for offset_us, line in lines)


def test_every_client_has_an_address_of_its_own_which_is_no_attackers() -> None:
    clients = [client(number) for number in range(100_000)]
    attackers = {flooder(number) for number in range(50)}
    assert len(set(clients)) == 100_000
    assert len(attackers) == 50
    assert attackers.isdisjoint(clients)
    for text in (*clients[::97], *attackers):
        address = ipaddress.ip_address(text)
        assert str(address) == text, "not as the standard writes it"
        assert any(address in net for net in DOCUMENTATION)


@pytest.mark.parametrize("seed", range(3))
def test_a_spike_raises_the_traffic_alert_alone_again_and_again(seed: int) -> None:
    run = list(windows("spike", seed, 540))
    raised, recovered, again, recovered_again, *_ = turns([(w.second, w.hits_per_s) for w in run], 10)
    # 1,200 hits at 20 a second take a minute, and leave the window two minutes after they came.
    assert 60 < raised < 66
    assert 125 < recovered < 145
    assert again < 250
    assert recovered_again < 330
    assert max(w.error_percent for w in run) < 5
    assert max(w.top_host_per_s for w in run) < 5


@pytest.mark.parametrize("seed", range(3))
def test_errors_raise_the_error_rate_alert_alone_again_and_again(seed: int) -> None:
    run = list(windows("errors", seed, 540))
    raised, recovered, again, recovered_again, *_ = turns([(w.second, w.error_percent) for w in run], 5)
    assert 10 < raised < 20
    assert 120 < recovered < 165
    assert 190 < again < 220
    assert recovered_again < 345
    assert max(w.hits_per_s for w in run) < 10
    assert max(w.top_host_per_s for w in run) < 5


@pytest.mark.parametrize("seed", range(3))
def test_ddos_raises_the_flood_alert_alone_again_and_again(seed: int) -> None:
    run = list(windows("ddos", seed, 540))
    raised, recovered, again, recovered_again, *_ = turns([(w.second, w.top_host_per_s) for w in run], 5)
    assert 30 < raised < 40
    assert 125 < recovered < 140
    assert 190 < again < 205
    assert recovered_again < 310
    assert max(w.hits_per_s for w in run) < 10
    assert max(w.error_percent for w in run) < 5


def test_each_flood_comes_from_another_host() -> None:
    def loudest(elapsed_s: int) -> bytes:
        hosts = Counter(fields_of(line)["host"] for _, line in second_of(elapsed_s, "ddos"))
        return hosts.most_common(1)[0][0]

    assert [loudest(second) for second in (10, 30, 170, 190)] == [
        b"203.0.113.201",
        b"203.0.113.201",
        b"203.0.113.202",
        b"203.0.113.202",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_random_traffic_raises_no_alert_at_the_default_thresholds(seed: int) -> None:
    run = list(windows("random", seed, 540))
    assert max(w.error_percent for w in run) < 5
    assert max(w.top_host_per_s for w in run) < 5
    assert max(w.hits_per_s for w in run) < 9
    assert run[-1].hits_per_s > 5


@pytest.mark.parametrize("scenario", ["random", "spike"])
def test_no_host_floods_at_a_high_rate_either(scenario: Scenario) -> None:
    (*_, last) = windows(scenario, 0, 40, rate=500)
    assert last.top_host_per_s < 5
