"""Restores a run's state from a checkpoint."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.input_states import merge
from http_monitor.checkpoint.journal import replay
from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.codec import fields_of, integer
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.errors import HttpMonitorError
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.inputs.line_places import decode_places
from http_monitor.records import Json
from http_monitor.report import Resumption
from http_monitor.settings import KEPT, OPTIONS_OF_COUNTS, Settings

VERSION = 8
"""Version of the contents of a checkpoint; other versions are not read."""
_DEFAULTS = Settings()

MakeEngine = Callable[[Settings], MetricsAggregator]
"""Makes an engine for settings, with its rules registered, that publishes nothing."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The state from which a run resumes."""

    engine: MetricsAggregator
    """The restored engine, with the settings of the checkpoint; it publishes nothing yet."""
    settings: Settings
    """The settings of the checkpoint, as far as it keeps them."""
    inputs: dict[str, Json]
    """State of each input by its name."""
    since_us: int | None
    """Start of the first run that the counters include; None: this run is the first."""
    past: PastHealth
    """Counters that no source keeps."""
    lines: int
    """Number of lines counted."""
    mark_number: int | None
    """Number of the last mark of the stream in the checkpoint; None: it is that of another run, with its own marks."""
    changed: tuple[str, ...]
    """Options whose changed values make window and alerts start empty."""

    @property
    def resumption(self) -> Resumption:
        """Where the stream resumes."""
        return Resumption(self.mark_number, {name: state["position"] for name, state in self.inputs.items()})

    def position_of(self, name: str) -> Json | None:
        """Return the saved position of the source with that name; None if it is unknown or cannot be resumed."""
        state = self.inputs.get(name)
        return None if state is None else state.get("position")

    def engine_for(self, settings: Settings, make_engine: MakeEngine) -> MetricsAggregator:
        """Return the engine to resume with: this one, or one with other settings that takes over its state."""
        if settings_to_keep(self.settings) == settings_to_keep(settings):
            return self.engine
        engine = make_engine(settings)
        with closing(self.engine.save()) as parts:
            (engine.load_counters if self.changed else engine.load)(parts)
        return engine


def places_only(inputs: dict[str, Json], settings: Settings, make_engine: MakeEngine) -> Resumed:
    """Return a state with the positions of another run's inputs, and nothing else."""
    return Resumed(
        make_engine(settings), settings, inputs, since_us=None, past=PastHealth(), lines=0, mark_number=None, changed=()
    )


def settings_to_keep(settings: Settings) -> Json:
    """Return the settings that the state depends on, as JSON."""
    values = {name: getattr(settings, name) for name in KEPT}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def resume(saved: Saved, settings: Settings, make_engine: MakeEngine) -> Resumed:
    """Return the state in a checkpoint.

    Args:
        saved: The checkpoint.
        settings: Settings of the run that resumes.
        make_engine: Makes the engine to restore.

    Raises:
        ValueError: the checkpoint makes no sense; the text says why.
    """
    try:
        return _resume(saved, settings, make_engine)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is not one of this program ({type(error).__name__}: {error})") from error
    except HttpMonitorError as error:
        raise ValueError(f"its settings make no sense ({error})") from error


def _resume(saved: Saved, settings: Settings, make_engine: MakeEngine) -> Resumed:
    parts = _parts(saved.snapshot)
    state = fields_of(next(parts, None))
    if state.get("version") != VERSION:
        raise ValueError(f"it is of version {state.get('version')!r}, this program reads {VERSION}")
    before = _settings_of(fields_of(state["settings"]), settings)
    engine = make_engine(before)
    engine.load(parts)
    inputs = fields_of(state["inputs"])
    for increment in saved.increments:
        inputs = merge(inputs, fields_of(replay(increment, engine)["inputs"]))
    files = {name: _check_state(fields_of(value)) for name, value in fields_of(inputs["files"]).items()}
    return Resumed(
        engine=engine,
        settings=before,
        inputs=files,
        since_us=integer(state["since"]),
        past=PastHealth.load(fields_of(inputs["carried"])),
        lines=engine.health().lines,
        mark_number=integer(inputs.get("mark", 0), least=0),
        changed=tuple(
            option for name, option in OPTIONS_OF_COUNTS.items() if getattr(before, name) != getattr(settings, name)
        ),
    )


def _parts(snapshot: bytes) -> Iterator[Any]:
    """Yield one object per line, so that the decoded snapshot is never in memory as a whole."""
    return map(json.loads, io.BytesIO(snapshot))


def _settings_of(kept: Json, settings: Settings) -> Settings:
    """Return the settings of the run that wrote the checkpoint; it may lack settings of later versions."""
    known = {name: _value(kept[name], name, getattr(settings, name)) for name in KEPT if name in kept}
    younger = {name: getattr(_DEFAULTS, name) for name in KEPT if name not in kept}
    return replace(settings, replay=False, **known, **younger)


def _value(value: Any, name: str, example: object) -> Any:
    """Return a saved setting, converted to the type of `example`."""
    if isinstance(value, list) and isinstance(example, tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    may_lack = (name == "lateness_s" and type(value) in (int, type(None))) or (
        name == "alert_malformed" and type(value) in (float, type(None))
    )
    if not may_lack and (type(value) is not type(example) or isinstance(value, tuple)):
        raise ValueError(f"its {name} makes no sense")
    return value


def _check_state(state: Json) -> Json:
    AheadFilter(0).load(fields_of(state["gate"]))
    decode_places(state["places"])
    integer(state["lines"], least=0)
    integer(state["rows"], least=0)
    integer(state["others"], least=0)
    if state["position"] is not None:
        fields_of(state["position"])
    return state
