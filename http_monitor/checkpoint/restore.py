"""Makes the state that a run goes on with of a checkpoint that was found."""

import io
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.journal import replay
from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.codec import fields_of, integer
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.errors import HttpMonitorError
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.ports.alert import Alert
from http_monitor.records import Json
from http_monitor.report import Message
from http_monitor.settings import Settings

VERSION = 6
"""Of what is in a checkpoint; another is not read."""
_OPTIONS = {
    "format": "--format",
    "time": "--time",
    "bucket_size_s": "--bucket-size",
    "window_s": "--window",
    "interval_s": "--interval",
    "max_keys": "--max-keys",
    "filter": "--filter",
    "exclude_hosts": "--exclude-host",
    "ignore_bots": "--ignore-bots",
    "trusted_proxies": "--trust-proxy",
}
"""What the window and the alerts depend on: with another value of one of these they start empty."""
_KEPT = (
    *_OPTIONS,
    "lateness_s",
    "max_ahead_s",
    "alert_threshold",
    "alert_error_rate",
    "ddos_threshold",
    "alert_malformed",
    "alert_min_hits",
    "alert_recover_at",
)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a run goes on with."""

    engine: Generator[Json, None, None]
    """State of the engine, part by part; it can be taken once."""
    inputs: dict[str, Json]
    """State of each input by its name."""
    since_us: int | None
    """When the first run began of which the counters are; None: this one is the first."""
    past: PastHealth
    """Counters that no source carries on."""
    lines: int
    """So many have been counted."""
    changed: tuple[str, ...]
    """Options that have another value now, so that window and alerts start empty."""

    def position_of(self, name: str) -> Json | None:
        """Return where the source of that name stood; None if it was not there or cannot go on anywhere."""
        state = self.inputs.get(name)
        return None if state is None else state.get("position")


def places_only(
    inputs: dict[str, Json], settings: Settings, make_alerts: Callable[[Settings], Sequence[Alert]]
) -> Resumed:
    """Return what a run goes on with that takes from another where its inputs stood, and nothing else."""
    engine = MetricsAggregator(settings, "live", _discard)
    for alert in make_alerts(settings):
        engine.register(alert)
    return Resumed(engine.save(), inputs, since_us=None, past=PastHealth(), lines=0, changed=())


def settings_to_keep(settings: Settings) -> Json:
    """Return the settings that the state depends on, as JSON."""
    values = {name: getattr(settings, name) for name in _KEPT}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def resume(saved: Saved, settings: Settings, make_alerts: Callable[[Settings], Sequence[Alert]]) -> Resumed:
    """Return what a checkpoint says.

    Args:
        saved: The checkpoint.
        settings: Of the run that is to go on.
        make_alerts: Makes the rules for settings.

    Raises:
        ValueError: it makes no sense; the text says why.
    """
    try:
        return _resume(saved, settings, make_alerts)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is not one of this program ({type(error).__name__}: {error})") from error
    except HttpMonitorError as error:
        raise ValueError(f"its settings make no sense ({error})") from error


def _resume(saved: Saved, settings: Settings, make_alerts: Callable[[Settings], Sequence[Alert]]) -> Resumed:
    parts = _parts(saved.snapshot)
    state = fields_of(next(parts, None))
    if state.get("version") != VERSION:
        raise ValueError(f"it is of version {state.get('version')!r}, this program reads {VERSION}")
    before = _settings_of(fields_of(state["settings"]), settings)
    engine = MetricsAggregator(before, "live", _discard)
    for alert in make_alerts(before):
        engine.register(alert)
    engine.load(parts)
    inputs = fields_of(state["inputs"])
    for increment in saved.increments:
        inputs = fields_of(replay(increment, engine)["inputs"])
    files = {name: _checked(fields_of(value)) for name, value in fields_of(inputs["files"]).items()}
    return Resumed(
        engine=engine.save(),
        inputs=files,
        since_us=integer(state["since"]),
        past=PastHealth.load(fields_of(inputs["carried"])),
        lines=engine.health().lines,
        changed=tuple(option for name, option in _OPTIONS.items() if getattr(before, name) != getattr(settings, name)),
    )


def _parts(snapshot: bytes) -> Iterator[Any]:
    """Yield one object for each line, so that what they say is never there all at once."""
    return map(json.loads, io.BytesIO(snapshot))


def _settings_of(kept: Json, settings: Settings) -> Settings:
    """Return the settings that a checkpoint was made with."""
    return replace(
        settings, replay=False, **{name: _value(kept[name], name, getattr(settings, name)) for name in _KEPT}
    )


def _value(value: Any, name: str, example: object) -> Any:
    """Return a setting as it was written down; it is of the type of `example`."""
    if isinstance(value, list) and isinstance(example, tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    may_lack = (
        (name == "filter" and isinstance(value, str | None))
        or (name == "lateness_s" and type(value) in (int, type(None)))
        or (name == "alert_malformed" and type(value) in (float, type(None)))
    )
    if not may_lack and (type(value) is not type(example) or isinstance(value, tuple)):
        raise ValueError(f"its {name} makes no sense")
    return value


def _checked(state: Json) -> Json:
    AheadFilter(0).load(fields_of(state["gate"]))
    integer(state["lines"], least=0)
    integer(state["rows"], least=0)
    integer(state["others"], least=0)
    if state["position"] is not None:
        fields_of(state["position"])
    return state


def _discard(message: Message) -> None:
    """Tell nobody again what was told before."""
    del message
