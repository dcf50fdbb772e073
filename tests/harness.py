"""The real engine on bytes in memory: fake sources, a manual clock, NDJSON objects out."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from http_monitor.agents import is_bot
from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.session import Session
from http_monitor.cli.run import engine_maker, live_run, replay_run
from http_monitor.clock import Clock, ManualClock, ReplayClock
from http_monitor.display.ndjson import NdjsonDisplay
from http_monitor.display.notices import Notices
from http_monitor.filtering import selection_for
from http_monitor.health import Health
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.inputs.readahead.protocol import ReadAhead
from http_monitor.monitor.alert_details import BreaksDown
from http_monitor.monitor.live_run import LiveRun
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.monitor.run import Run
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.alert import Alert
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.source import Chunk, Source
from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary
from http_monitor.settings import Settings
from http_monitor.sources.files.line_cutter import LineCutter
from tests.reference.engine import Options
from tests.reference.families import family_of

START_US = 1_700_000_000 * 1_000_000
"""Where live tests begin by default: a multiple of 10 s."""

Json = dict[str, Any]
MakeAhead = Callable[[Sequence[Input]], ReadAhead | None]

HEALTH_KEYS = (
    "lines",
    "accepted",
    "malformed",
    "late",
    "too_late",
    "ahead",
    "held",
    "lag_bytes",
    "lost_bytes",
    "rotations",
    "truncations",
    "oversized",
    "filtered",
    "other",
    "backfilled",
)


class ScriptedSource:
    """Hands out the chunks it was given, in order; finished after the last when `ends`."""

    def __init__(self, chunks: Iterable[bytes], *, ends: bool, name: str = "test.log") -> None:
        self._cutter = LineCutter()
        self._chunks = list(chunks)
        self._ends = ends
        self._name = name
        self.more = False
        """The next look does not reach the end, although nothing is scripted after it."""
        self.state = Health()

    @property
    def name(self) -> str:
        return self._name

    @property
    def pending(self) -> bool:
        return bool(self._chunks)

    def write(self, *chunks: bytes) -> None:
        self._chunks.extend(chunks)

    def read(self) -> Chunk:
        data = self._cutter.feed(self._chunks.pop(0)) if self._chunks else b""
        at_end = not self._chunks
        if at_end and self._ends:
            return Chunk(data + self._cutter.finish(), at_end=True, finished=True)
        return Chunk(data, at_end=at_end and not self.more)

    def health(self) -> Health:
        return self.state

    def wants_poll_s(self) -> float:
        return 1.0

    def close(self) -> None:
        pass


@dataclass
class Recorder:
    """A sink that keeps everything."""

    messages: list[Message] = field(default_factory=list)

    def publish(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def reports(self) -> list[Report]:
        return [message for message in self.messages if isinstance(message, Report)]

    @property
    def events(self) -> list[AlertEvent]:
        return [message for message in self.messages if isinstance(message, AlertEvent)]

    @property
    def notices(self) -> list[Notice]:
        return [message for message in self.messages if isinstance(message, Notice)]

    @property
    def pulses(self) -> list[Pulse]:
        return [message for message in self.messages if isinstance(message, Pulse)]

    @property
    def caught_up(self) -> list[CaughtUp]:
        return [message for message in self.messages if isinstance(message, CaughtUp)]

    @property
    def summary(self) -> Summary:
        (summary,) = [message for message in self.messages if isinstance(message, Summary)]
        return summary


def make_monitor(
    settings: Settings,
    sources: Sequence[Source],
    clock: Clock,
    alerts: Sequence[Alert] | None = None,
    make_format: Callable[[str], LogFormat] = get_format,
    *,
    make_ahead: MakeAhead = lambda inputs: None,
) -> tuple[HTTPMonitor, Recorder]:
    recorder = Recorder()
    inputs = make_inputs(settings, sources, make_format)
    rules = default_alerts(settings) if alerts is None else alerts
    return put_together(settings, inputs, rules, Hub([recorder]), clock, ahead=make_ahead(inputs)), recorder


def make_inputs(
    settings: Settings, sources: Sequence[Source], make_format: Callable[[str], LogFormat] = get_format
) -> list[Input]:
    """Return inputs of sources, with the filters that the settings ask for."""
    select = selection_for(settings, is_bot, lambda agent: None)
    needs = () if select is None else select.needs
    max_ahead_us = settings.max_ahead_s * 1_000_000
    return [
        Input(source, make_format(settings.format), max_ahead_us, explain, select=select, needs=needs)
        for source in sources
    ]


def put_together(
    settings: Settings,
    inputs: list[Input],
    alerts: Sequence[Alert],
    hub: Hub,
    clock: Clock,
    session: Session | None = None,
    ahead: ReadAhead | None = None,
    breakdown: BreaksDown | None = None,
    *,
    shows_backlog: bool = True,
) -> HTTPMonitor:
    """Return a monitor of inputs, as the program builds it."""
    run: Run
    if settings.replay:
        run = replay_run(settings, inputs, hub, alerts, family_of, ahead, breakdown)
    else:
        make_engine = engine_maker(lambda _: alerts, family_of)
        session = session or Session()
        run = live_run(
            *(settings, inputs, hub, clock, session, make_engine), breakdown=breakdown, shows_backlog=shows_backlog
        )
    return HTTPMonitor(run, clock, settings.duration_s)


def live_of(monitor: HTTPMonitor) -> LiveRun:
    """Return the live run that a monitor drives."""
    assert isinstance(monitor._run, LiveRun)
    return monitor._run


def replay(
    files: Sequence[Iterable[bytes]],
    settings: Settings,
    make_format: Callable[[str], LogFormat] = get_format,
    *,
    make_ahead: MakeAhead = lambda inputs: None,
) -> Recorder:
    """Replay files given as chunks."""
    sources = [ScriptedSource(chunks, ends=True, name=f"{index}.log") for index, chunks in enumerate(files)]
    monitor, recorder = make_monitor(settings, sources, ReplayClock(), make_format=make_format, make_ahead=make_ahead)
    try:
        while not monitor.step():
            pass
        monitor.close(finished=True)
    finally:
        monitor.close_inputs()
    return recorder


def live(settings: Settings, start_us: int = START_US) -> tuple[HTTPMonitor, Recorder, ScriptedSource, ManualClock]:
    """Begin a live run on an empty source."""
    clock = ManualClock(start_us)
    source = ScriptedSource([], ends=False)
    monitor, recorder = make_monitor(settings, [source], clock)
    return monitor, recorder, source, clock


def ndjson(messages: Iterable[Message], top: int | None = None) -> str:
    """Return what `--output ndjson` prints for messages; without `--top` all rows."""
    stream = io.StringIO()
    display = NdjsonDisplay(stream, Notices(io.StringIO()), top)
    for message in messages:
        display.publish(message)
    return stream.getvalue()


def objects(messages: Iterable[Message], top: int | None = None) -> list[Json]:
    """Return the NDJSON objects of what was counted, restricted to the keys of the contract."""
    said = (json.loads(line) for line in ndjson(messages, top).splitlines())
    return [contract_keys(thing) for thing in said if thing["type"] != "notice"]


def contract_keys(thing: Json) -> Json:
    """Leave out the keys that the contract does not name, but `held`."""
    # What alerts are of, only a whole run knows.
    extra = {"remainders", "server", "file", "breakdown"}
    extra |= {"methods", "users", "agents", "referers"} if thing["type"] == "summary" else set()
    kept = {key: value for key, value in thing.items() if key not in extra}
    if "health" in kept:
        kept["health"] = {key: kept["health"][key] for key in HEALTH_KEYS}
    return kept


def run_replay(
    files: Sequence[bytes], options: Options, make_format: Callable[[str], LogFormat] = get_format
) -> list[Json]:
    """Return the contract's objects of a replay of whole files."""
    told = replay([[data] for data in files], settings_of(options, replay=True), make_format).messages
    return objects(told, options.top)


def settings_of(options: Options, **more: Any) -> Settings:
    """Return the settings that say what the reference's options say."""
    return Settings(**{name: getattr(options, name) for name in Options.__dataclass_fields__}, **more)
