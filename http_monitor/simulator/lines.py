"""The lines of one simulated second, in Apache's combined format."""

import random
from datetime import UTC, datetime, timedelta

from http_monitor.choices import Scenario
from http_monitor.simulator import cast
from http_monitor.simulator.scenarios import mix
from http_monitor.units import US_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# strftime would use the user's language for the months.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MIN_CLIENTS = 24
_GOOD, _GOOD_WEIGHTS = zip(*cast.GOOD_STATUSES, strict=True)
_BAD, _BAD_WEIGHTS = zip(*cast.BAD_STATUSES, strict=True)
_ENDPOINT_WEIGHTS = tuple(endpoint.weight for endpoint in cast.ENDPOINTS)


def lines_of_second(
    rng: random.Random, second_us: int, elapsed_s: int, scenario: Scenario, rate: int
) -> list[tuple[int, bytes]]:
    """Return the lines to write in one second, in the order of their offsets.

    Args:
        rng: Source of all random choices.
        second_us: The start of the second, microseconds since the epoch.
        elapsed_s: Seconds of the scenario that have passed.
        scenario: The scenario.
        rate: Greatest number of lines a second.

    Returns:
        0 to `rate` pairs of microseconds into the second (0 to 999,999), and a line with its LF. The time in
        the line is the second, in UTC.
    """
    now = mix(rng, elapsed_s, scenario, rate)
    count = now.hits + now.flood_hits
    hosts = [_client(rng, rate) for _ in range(now.hits)] + [cast.flooder(now.attacker)] * now.flood_hits
    agents = rng.choices(cast.AGENTS, k=now.hits) + [cast.FLOOD_AGENT] * now.flood_hits
    # The attacker's lines are mixed with the others.
    askers = rng.sample(list(zip(hosts, agents, strict=True)), count)
    users = rng.choices(cast.CHARACTERS, k=count)
    endpoints = rng.choices(cast.ENDPOINTS, _ENDPOINT_WEIGHTS, k=count)
    referers = rng.choices(cast.REFERERS, k=count)
    offsets = sorted(rng.choices(range(US_PER_S), k=count))
    stamp = _stamp(second_us)
    lines = []
    for (host, agent), user, endpoint, referer, offset_us in zip(
        askers, users, endpoints, referers, offsets, strict=True
    ):
        status = _status(rng, endpoint, now.error_ratio)
        size = "-" if status == 304 else str(rng.randint(40, endpoint.greatest_bytes))
        line = (
            f'{host} - {user} [{stamp}] "{endpoint.method} {endpoint.path} HTTP/1.1" {status} {size}'
            f' "{referer}" "{agent}"\n'
        )
        lines.append((offset_us, line.encode("ascii")))
    return lines


def _client(rng: random.Random, rate: int) -> str:
    """Return an address; the first are twice as frequent as the average, and none causes a flood by itself."""
    clients = max(_MIN_CLIENTS, rate)
    return cast.client(int(min(rng.random(), rng.random()) * clients))


def _status(rng: random.Random, endpoint: cast.Endpoint, error_ratio: float) -> int:
    if rng.random() < error_ratio:
        return rng.choices(_BAD, _BAD_WEIGHTS)[0]
    status = rng.choices(_GOOD, _GOOD_WEIGHTS)[0]
    # A POST creates something, a GET does not.
    if endpoint.method == "POST":
        return 201 if status in (200, 304) else status
    return 200 if status == 201 else status


def _stamp(second_us: int) -> str:
    moment = _EPOCH + timedelta(seconds=second_us // US_PER_S)
    return f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment.year:04d}:{moment:%H:%M:%S} +0000"
