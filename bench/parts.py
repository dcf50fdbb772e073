"""The stages of a replay, each by itself and all together, within this process."""

import io
import json
from collections.abc import Sequence

from bench.check import Json, wrong_bounds, wrong_reports, wrong_summary
from bench.logs import TOP, Log
from http_monitor.alerts import default_alerts
from http_monitor.cli.run import replay_run
from http_monitor.clock import END_OF_TIME_US, ReplayClock
from http_monitor.display.ndjson import NdjsonDisplay
from http_monitor.display.notices import Notices
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US, Rows, greatest_of, times_of
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.alert import Alert
from http_monitor.records import Batch
from http_monitor.report import AlertEvent, Message, Report, Summary
from http_monitor.settings import Settings
from http_monitor.sources.replay import ReplayFile
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker


class Collector:
    """A sink that keeps what is told."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, message: Message) -> None:
        """Keep one message."""
        self.messages.append(message)

    def wrong(self, log: Log) -> list[str]:
        """Return a sentence for everything that was told and is not so."""
        stream = io.StringIO()
        display = NdjsonDisplay(stream, Notices(io.StringIO()), TOP)
        for message in self.messages:
            if isinstance(message, Report | AlertEvent | Summary):
                display.publish(message)
        return wrong_output(stream.getvalue().splitlines(), log)


def wrong_output(lines: Sequence[str], log: Log) -> list[str]:
    """Return a sentence for everything that the NDJSON of a replay has wrong."""
    things: list[Json] = [json.loads(line) for line in lines]
    if not things or things[-1]["type"] != "summary":
        return ["the output does not end with a summary"]
    reports = [thing for thing in things if thing["type"] == "report"]
    wrong = wrong_summary(things[-1], log.facts) + wrong_reports(reports, log.facts)
    return wrong + wrong_bounds([*reports, things[-1]]) if log.name == "hostile" else wrong


def read(log: Log) -> list[bytes]:
    """Read a log and cut it into chunks of whole lines."""
    source = ReplayFile(str(log.path))
    chunks = []
    finished = False
    while not finished:
        chunk = source.read()
        finished = chunk.finished
        chunks.append(chunk.data)
    source.close()
    return chunks


def parse(chunks: Sequence[bytes]) -> list[Batch]:
    """Make columns of chunks."""
    log_format = get_format("auto")
    return [log_format.parse(chunk) for chunk in chunks]


def count(batches: Sequence[Batch], settings: Settings) -> Collector:
    """Pass batches through the gate and count them."""
    collector = Collector()
    aggregator = MetricsAggregator(settings, "replay", collector.publish)
    for alert in default_alerts(settings):
        aggregator.register(alert)
    ahead_filter = AheadFilter(settings.max_ahead_s * US_PER_S)
    greatest_us = NEVER_US

    def add(parts: Sequence[Rows]) -> None:
        nonlocal greatest_us
        for rows in parts:
            aggregator.add(rows, greatest_us=greatest_us, cap_us=END_OF_TIME_US)
            greatest_us = max(greatest_us, greatest_of(rows.time_us))

    for batch in batches:
        add(ahead_filter.admit(batch, times_of(batch), None))
    add(ahead_filter.release(None))
    aggregator.finish()
    collector.publish(aggregator.summary())
    return collector


def replay(log: Log, settings: Settings) -> Collector:
    """Run the monitor on a log, without a display."""
    collector = Collector()
    run_replay(log, settings, Hub([collector]), default_alerts(settings))
    return collector


def run_replay(log: Log, settings: Settings, hub: Hub, alerts: Sequence[Alert]) -> None:
    """Run the monitor on a log, for whoever listens."""
    source = ReplayFile(str(log.path))
    entry = Input(source, get_format("auto"), settings.max_ahead_s * US_PER_S, explain)
    HTTPMonitor(replay_run(settings, [entry], hub, alerts), ReplayClock()).run(Waker())
    source.close()
