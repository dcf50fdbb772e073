"""Whose flood is told of, and whose is not."""

from collections.abc import Iterator

from http_monitor.alerts.ddos import DdosAlert
from http_monitor.ports.alert import Reading
from http_monitor.settings import Settings
from tests.harness import replay


class Window:
    """Ten seconds with this many hits of each host."""

    seconds = 10
    hits = size_bytes = errors = malformed = 0

    def __init__(self, **hits: int) -> None:
        self._hits = {host.encode() if host != "nobody" else b"-": number for host, number in hits.items()}

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        return ((host, number) for host, number in self._hits.items() if number > hits)

    def host_hits(self, host: bytes) -> int:
        return self._hits.get(host, 0)

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        raise AssertionError(dimension)


def test_each_host_above_the_threshold_is_a_subject_and_a_missing_host_is_none() -> None:
    readings = DdosAlert(5.0).measure(Window(b=60, a=70, c=3, nobody=900), ())
    assert readings == [Reading(b"a", 7.0, 70), Reading(b"b", 6.0, 60)]


def test_a_flood_without_a_client_that_an_earlier_version_raised_can_recover() -> None:
    assert DdosAlert(5.0).measure(Window(nobody=9), (b"-",)) == [Reading(b"-", 0.9, 9)]


def test_lines_that_do_not_say_who_asked_are_counted_and_raise_no_flood() -> None:
    line = b'[2025-10-10T13:55:36.000Z] "GET / HTTP/1.1" 200 - 0 5 1 0 "-" "curl/8" "x" "h" "10.0.0.9:80"\n'
    data = b"".join(line.replace(b":36.", b":%02d." % second) * 30 for second in range(60))
    recorder = replay([[data]], Settings(replay=True, format="envoy", window_s=10))
    assert [event.name for event in recorder.events if event.state == "raised"] == ["traffic"]
    assert [(row.key, row.hits) for row in recorder.summary.hosts.rows] == [(b"-", 1800)]
