"""Gives each file the format of its lines: the one named, the one its server names, or the one its lines show."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from http_monitor.cli.streams import width_of
from http_monitor.errors import UsageError
from http_monitor.settings import Settings
from http_monitor.units import visible_text

if TYPE_CHECKING:
    from http_monitor.parser.declared.own_time import OwnTime
    from http_monitor.parser.detect.auto import Choice
    from http_monitor.parser.fields.zones import Zone
    from http_monitor.parser.wrapped.format import WrappedFormat
    from http_monitor.ports.log_format import LogFormat
    from http_monitor.ports.wrapper import Wrapper
    from http_monitor.records import Json
    from http_monitor.serverconf import Origin

_SAMPLE_LINES = 100
_SAMPLE_BYTES = 64 << 10
_MOST_AT_A_STOP = 8


class Formats:
    """Makes the formats of one run.

    Args:
        settings: Of the run.
        is_local: Tells whether a file may be looked at in this process; None: each may.
    """

    def __init__(self, settings: Settings, *, is_local: "Callable[[str], bool] | None" = None) -> None:
        self._settings = settings
        self._is_local = is_local
        self._zone: Zone | None = None
        self._own_time: OwnTime | None = None
        self._origins: dict[str, Origin] = {}
        self._ready: dict[str, LogFormat] = {}
        self._choices: dict[str, Choice | None] = {}
        """What was found in the samples; None where none of its lines fits anything."""
        self._make_auto: Callable[[], LogFormat] | None = None
        self._stopping: Callable[[], bool] = lambda: False
        self._remembered: dict[str, str] = {}
        """What an earlier run had found, which this one goes on with."""

    def check(self, paths: Sequence[str], stopping: Callable[[], bool] = lambda: False) -> None:
        """See that the format can be read that was asked for; what is needed for it is imported now.

        Args:
            paths: Of the files.
            stopping: Whether the user wants no more; then it does no more than it has.

        Raises:
            UsageError: it cannot, or the server's configuration does not tell.
        """
        self._stopping = stopping
        if self._settings.log_timezone is not None:
            from http_monitor.parser.fields.zones import zone_named

            self._zone = zone_named(self._settings.log_timezone)
        if self._settings.log_time is not None:
            from http_monitor.parser.declared.own_time import own_time

            if self._settings.format == "auto" and self._settings.format_from is None:
                raise UsageError("--log-time: got it without --format or --format-from, whose string has the variable")
            self._own_time = own_time(self._settings.log_time)
        if self._settings.format_from is not None:
            from http_monitor.serverconf import Stopped, find_formats

            try:
                self._origins = find_formats(self._settings.format_from, paths, stopping)
            except Stopped:
                return
        for path in paths:
            if not self._detects(path):
                self._named(path)
        if self.timeless and self._settings.replay:
            raise UsageError(
                f"--replay: {self._settings.format} lines have no time, so only a live run counts them, as they arrive"
            )

    @property
    def timeless(self) -> bool:
        """Whether lines of the format that was named have no time, so that they count by that of their arrival."""
        if self._settings.format == "auto":
            return False
        from http_monitor.parser.presets import BY_NAME

        preset = BY_NAME.get(self._settings.format)
        return preset is not None and preset.timeless

    def look(self, paths: Iterable[str], earlier: "Mapping[str, Json] | None" = None) -> None:
        """Take a sample of each file, and let it decide where the lines are to.

        Args:
            paths: Of the files.
            earlier: State of inputs that this run goes on with; what they have found stays.
        """
        for path in filter(self._detects, paths):
            if not self._remember(path, (earlier or {}).get(path)):
                self._detect(path, from_start=self._reads_from_start)

    def of(self, path: str) -> "LogFormat":
        """Return the format for one input, which no other has; one that has joined is read from its start."""
        if not self._detects(path):
            return self._around(lambda: self._named(path))
        if path not in self._ready:
            self._detect(path, from_start=True)
        return self._ready.pop(path)

    def kind_of(self, path: str) -> str | None:
        """Return what the user was told that the lines of a file are; None: nothing."""
        if self._settings.output == "ndjson":
            return None
        choice = self._choices.get(path)
        return self._remembered.get(path) if choice is None else choice.name

    def banner(self) -> list[str]:
        """Return how the lines are read, and how that is known, for the beginning of a run."""
        from http_monitor.display.single_lines import render_format
        from http_monitor.display.style import style_for

        return render_format(self._words(), width_of(sys.stderr), style_for(sys.stderr.encoding))

    def _origin_of(self, path: str) -> "Origin | None":
        """Return what the configuration says of a file; of one that has joined, what it says of the first."""
        return self._origins.get(path) or next(iter(self._origins.values()), None)

    def _detects(self, path: str) -> bool:
        """Tell whether the lines of a file decide what they are, for want of anybody else."""
        return self._settings.format == "auto" and self._origin_of(path) is None

    @property
    def _reads_from_start(self) -> bool:
        return self._settings.replay or self._settings.from_start or self._settings.explain is not None

    def _named(self, path: str) -> "LogFormat":
        from http_monitor.parser.formats import get_format

        origin = self._origin_of(path)
        limit = self._settings.max_line_bytes
        if origin is None:
            return get_format(self._settings.format, limit, self._zone, own=self._own_time)
        of_httpd, own = origin.of_httpd, self._own_time
        made = get_format(origin.format, limit, self._zone, of_httpd=of_httpd, own=own)
        for text in origin.others:
            from http_monitor.parser.detect.fallback import FallbackFormat

            made = FallbackFormat(made, get_format(text, limit, self._zone, of_httpd=of_httpd, own=own), limit)
        return made

    def _auto(self) -> "LogFormat":
        if self._make_auto is None:
            from http_monitor.parser.detect.auto import auto_formats

            settings = self._settings
            self._make_auto = auto_formats(settings.max_line_bytes, replay=settings.replay, zone=self._zone)
        return self._make_auto()

    def _around(self, make: "Callable[[], LogFormat]") -> "WrappedFormat":
        """Return the format of lines that may have something around them.

        Args:
            make: Makes the format of what is inside.
        """
        from http_monitor.parser.wrapped.format import WrappedFormat

        limit, name = self._settings.max_line_bytes, self._settings.unwrap
        named = None
        if name not in ("auto", "none"):
            from http_monitor.unwrap import wrapper

            named = wrapper(name, limit)
        return WrappedFormat(make, partial(_wrappers, limit), limit, wrapper=named, finds_out=name == "auto")

    def _remember(self, path: str, state: "Json | None") -> bool:
        """Take what an earlier run had found of a file; returns whether that is of any use."""
        kept = None if state is None else state.get("format")
        if kept is None:
            return False
        found = self._around(self._auto)
        try:
            if kept["name"] != found.name:
                return False
            found.load(kept["kept"])
        except (KeyError, TypeError, ValueError):
            return False  # whoever loads the state says what is wrong with it
        if found.chosen is None:
            return False
        called = kept.get("found")
        self._remembered[path] = called if isinstance(called, str) else found.chosen
        self._ready[path] = found
        return True

    def _detect(self, path: str, *, from_start: bool) -> None:
        found = self._around(self._auto)
        # Samples of thousands of files take seconds, and a run that ends at once reads the first of them only.
        is_needless = len(self._ready) >= _MOST_AT_A_STOP and self._stopping()
        sample, head = (b"", b"") if is_needless else self._sample(path, from_start=from_start)
        if sample.strip() or head:
            choice = found.choose(sample, head)
            if sample.strip():
                self._choices[path] = choice
        self._ready[path] = found

    def _sample(self, path: str, *, from_start: bool) -> tuple[bytes, bytes]:
        """Return lines that tell the format of a file, and its head where they are not from there."""
        from http_monitor.sources.path_selection import STDIN
        from http_monitor.sources.replay import ReplayFile

        if path == STDIN or not (self._is_local is None or self._is_local(path)):
            return b"", b""  # commands may take their time, and the first line tells as well
        source = ReplayFile(path, limit=self._settings.max_line_bytes, read_bytes=_SAMPLE_BYTES)
        try:
            head = source.read().data
        finally:
            source.close()
        if from_start:
            return _first_lines(head), b""
        from http_monitor.sources.files.access import LocalFiles
        from http_monitor.sources.files.last_lines import tail_sample

        return b"".join(tail_sample(LocalFiles(), path, _SAMPLE_LINES)), head

    def _words(self) -> str:
        if self._settings.format_from is not None:
            return " and ".join(dict.fromkeys(origin.words for origin in self._origins.values()))
        if self._settings.format != "auto":
            return self._settings.format
        counts: dict[str, tuple[int, int]] = {}
        files: dict[str, list[str]] = {}
        for path, choice in self._choices.items():
            if choice is not None:
                fits, lines = counts.get(choice.name, (0, 0))
                counts[choice.name] = fits + choice.fits, lines + choice.lines
                files.setdefault(choice.name, []).append(path)
        tells_apart = len(counts) > 1
        found = [f"{name} ({_share(*counts[name])}{_where(files[name]) * tells_apart})" for name in counts]
        if None in self._choices.values():
            found.append("none that fits the lines so far")
        words = [f"found {' and '.join(found)}"] if found else []
        if self._remembered:
            names = dict.fromkeys(map(visible_text, self._remembered.values()))
            words.append(f"resumes with {' and '.join(names)}")
        return f"auto, {', '.join(words) or 'found by the first line that fits'}"


def _wrappers(limit: int) -> "Sequence[Wrapper]":
    """Return one of each wrapper; they are imported when some line may have one."""
    from http_monitor.unwrap import wrappers

    return wrappers(limit)


def _share(fits: int, lines: int) -> str:
    return f"{fits:,} of {lines:,} lines fit" if lines > 1 else "1 line, it fits"


def _where(paths: Sequence[str]) -> str:
    """Return in which of several files that is."""
    shown = visible_text(os.path.basename(paths[0]) or paths[0])
    return f" in {shown}" if len(paths) == 1 else f" in {len(paths):,} files"


def _first_lines(data: bytes) -> bytes:
    """Return the first of whole lines, as many as a sample has; blank ones come along."""
    end = count = 0
    while count < _SAMPLE_LINES and end < len(data):
        stop = data.find(b"\n", end) + 1 or len(data)
        count += not data[end:stop].isspace()
        end = stop
    return data[:end]
