"""Chooses the format of each file: the named one, the one in the server's configuration, or a detected one."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from http_monitor.cli.named_format import NamedFormat
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
    from http_monitor.sources.files.access import Handle

_MAX_AT_A_STOP = 8


class Formats:
    """Makes the formats of one run.

    Args:
        settings: Of the run.
        is_local: Tells whether a file may be read in this process; None: each may.
    """

    def __init__(self, settings: Settings, *, is_local: "Callable[[str], bool] | None" = None) -> None:
        self._settings = settings
        self._is_local = is_local or (lambda _: True)
        self._zone: Zone | None = None
        self._own_time: OwnTime | None = None
        self._origins: dict[str, Origin] = {}
        self._ready: dict[str, WrappedFormat] = {}
        self._detected: dict[str, Json] = {}
        """The memory of each new format, before it has read anything."""
        self._parts: dict[str, LogFormat] = {}
        """The formats of the files that are read from the middle."""
        self._choices: dict[str, Choice | None] = {}
        """The formats found in the samples; None for a file whose lines fit no format."""
        self._make_auto: dict[bool, Callable[[], LogFormat]] = {}
        """Makers of formats for lines that have a time, and for lines whose time may be in their wrapper."""
        self._stopping: Callable[[], bool] = lambda: False
        self._remembered: dict[str, str] = {}
        """The names of the formats that the resumed run had chosen."""

    def check(self, paths: Sequence[str], stopping: Callable[[], bool] = lambda: False) -> None:
        """Check that the requested format can be read, and import what it needs.

        Args:
            paths: The files.
            stopping: Returns whether the user asked to stop; then the check ends early.

        Raises:
            UsageError: it cannot, or the server's configuration does not name it.
        """
        self._stopping = stopping
        if self._settings.log_timezone is not None:
            from http_monitor.parser.fields.zones import find_zone

            self._zone = find_zone(self._settings.log_timezone)
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
                self._format_of(path).check(partial(self._first_sample, path))

    def look(self, paths: Iterable[str], earlier: "Mapping[str, Json] | None" = None) -> None:
        """Sample each file to choose its format, unless the format is given.

        Args:
            paths: The files.
            earlier: The state of the inputs of the resumed run; formats that it had chosen are kept.
        """
        for path in filter(self._detects, paths):
            if not self._remember(path, (earlier or {}).get(path)):
                self._detect(path, from_start=self._reads_from_start)

    def of(self, path: str) -> "LogFormat":
        """Return the format for one input, shared with no other; a file that appeared later is read from its start."""
        if path in self._parts:
            return self._parts.pop(path)
        if not self._detects(path):
            return self._wrap_by_name(path)
        if path not in self._ready:
            self._detect(path, from_start=True)
        made = self._ready.pop(path)
        self._detected[path] = made.save()
        return made

    def of_part(self, path: str, head: bytes, sample: bytes) -> "LogFormat":
        """Return another format for a file, for lines that are not at its beginning.

        Args:
            path: The path of the file.
            head: The beginning of the file; formats with header lines learn them from it.
            sample: Lines of it, which show the format unless it is given.
        """
        if self._detects(path):
            found = self._auto_around(path)
            found.choose(sample, head)
        else:
            found = self._wrap_by_name(path)
            found.learn(head)
        return found

    def of_end(self, path: str, handle: "Handle") -> "LogFormat":
        """Return, like `of_part`, a format for the last lines of an open file, which may be a rotated one."""
        from http_monitor.cli import samples

        if path in self._detected:
            found = self._auto_around(path)
            found.load(self._detected[path])
            return found
        head, sample = samples.ends_of(path, handle)
        return self.of_part(path, head, sample)

    def begin_within(self, path: str, head: bytes, sample: bytes) -> None:
        """Note that a file is read from the middle; the arguments are those of `of_part`."""
        self._ready.pop(path, None)
        self._parts[path] = self.of_part(path, head, sample)

    def kind_of(self, path: str) -> str | None:
        """Return the kind of a file's lines that was reported to the user; None: nothing was reported."""
        if self._settings.output == "ndjson":
            return None
        choice = self._choices.get(path)
        return self._remembered.get(path) if choice is None else choice.name

    def banner(self) -> list[str]:
        """Return the lines that tell, at the start of a run, the format and how it was chosen."""
        from http_monitor.display.single_lines import render_format
        from http_monitor.display.style import style_for

        return render_format(self._words(), width_of(sys.stderr), style_for(sys.stderr.encoding))

    def _origin_of(self, path: str) -> "Origin | None":
        """Return the configuration's format of a file; for one found later, that of the first file."""
        return self._origins.get(path) or next(iter(self._origins.values()), None)

    def _detects(self, path: str) -> bool:
        """Return whether the format of a file must be detected from its lines."""
        return self._settings.format == "auto" and self._origin_of(path) is None

    @property
    def _reads_from_start(self) -> bool:
        return self._settings.replay or self._settings.from_start or self._settings.explain is not None

    def _format_of(self, path: str) -> NamedFormat:
        return NamedFormat(self._settings, self._zone, self._own_time, self._origin_of(path))

    def _first_sample(self, path: str) -> bytes:
        return self._sample(path, from_start=self._reads_from_start)[0]

    def _auto(self, *, untimed: bool = False) -> "LogFormat":
        if untimed not in self._make_auto:
            from http_monitor.parser.detect.auto import auto_formats

            settings = self._settings
            self._make_auto[untimed] = auto_formats(settings.max_line_bytes, zone=self._zone, untimed=untimed)
        return self._make_auto[untimed]()

    def _wrap_by_name(self, path: str) -> "WrappedFormat":
        named = self._format_of(path)
        return self._around(path, named.make, named.make_untimed, by_arrival=named.by_arrival)

    def _auto_around(self, path: str) -> "WrappedFormat":
        return self._around(path, self._auto, lambda: self._auto(untimed=True))

    def _around(
        self,
        path: str,
        make: "Callable[[], LogFormat]",
        make_inside: "Callable[[], LogFormat]",
        *,
        by_arrival: bool = False,
    ) -> "WrappedFormat":
        """Return the format of lines that may be wrapped.

        Args:
            path: Of their file.
            make: Makes the format of lines that are not wrapped.
            make_inside: Makes the format of lines whose time may be in their wrapper.
            by_arrival: Lines without a time count by that of their arrival.
        """
        from http_monitor.parser.wrapped.format import WrappedFormat
        from http_monitor.parser.wrapped.timing import Timing

        limit, name = self._settings.max_line_bytes, self._settings.unwrap
        named = None
        if name not in ("auto", "none"):
            from http_monitor.unwrap import wrapper

            named = wrapper(name, limit)
        timing = Timing(self._zone, partial(_write_time, path if self._is_local(path) else None), by_arrival=by_arrival)
        return WrappedFormat(
            make,
            partial(_wrappers, limit),
            limit,
            wrapper=named,
            finds_out=name == "auto",
            make_inside=make_inside,
            timing=timing,
        )

    def _remember(self, path: str, state: "Json | None") -> bool:
        """Restore the format that the resumed run had chosen for a file; return whether there was one."""
        kept = None if state is None else state.get("format")
        if kept is None:
            return False
        found = self._auto_around(path)
        try:
            if kept["name"] != found.name:
                return False
            found.load(kept["kept"])
        except (KeyError, TypeError, ValueError):
            return False  # whatever is wrong is reported when the input's state is loaded
        if found.chosen is None:
            return False
        called = kept.get("found")
        self._remembered[path] = called if isinstance(called, str) else found.chosen
        self._ready[path] = found
        return True

    def _detect(self, path: str, *, from_start: bool) -> None:
        found = self._auto_around(path)
        # Samples of thousands of files take seconds, and a run that ends at once reads only the first of them.
        is_needless = len(self._ready) >= _MAX_AT_A_STOP and self._stopping()
        sample, head = (b"", b"") if is_needless else self._sample(path, from_start=from_start)
        if sample.strip() or head:
            choice = found.choose(sample, head)
            if sample.strip():
                self._choices[path] = choice
        self._ready[path] = found

    def _sample(self, path: str, *, from_start: bool) -> tuple[bytes, bytes]:
        """Return sample lines for the format of a file, and its head if the sample is from elsewhere."""
        from http_monitor.cli import samples
        from http_monitor.sources.path_selection import STDIN

        if path == STDIN or not self._is_local(path):
            return b"", b""  # commands may be slow, and the first line shows the format as well
        head = samples.head_of(path, self._settings.max_line_bytes)
        return (samples.first_lines(head), b"") if from_start else (samples.last_lines_of(path), head)

    def _words(self) -> str:
        if self._settings.format_from is not None:
            return " and ".join(dict.fromkeys(origin.words for origin in self._origins.values()))
        if self._settings.format != "auto":
            return self._settings.format
        from http_monitor.cli.samples import share_words, where_words

        counts: dict[str, tuple[int, int]] = {}
        files: dict[str, list[str]] = {}
        for path, choice in self._choices.items():
            if choice is not None:
                fits, lines = counts.get(choice.name, (0, 0))
                counts[choice.name] = fits + choice.fits, lines + choice.lines
                files.setdefault(choice.name, []).append(path)
        tells_apart = len(counts) > 1
        found = [f"{name} ({share_words(*counts[name])}{where_words(files[name]) * tells_apart})" for name in counts]
        if None in self._choices.values():
            found.append("none that fits the lines so far")
        words = [f"found {' and '.join(found)}"] if found else []
        if self._remembered:
            names = dict.fromkeys(map(visible_text, self._remembered.values()))
            words.append(f"resumes with {' and '.join(names)}")
        return f"auto, {', '.join(words) or 'found by the first line that fits'}"


def _write_time(path: str | None) -> int:
    from http_monitor.cli.samples import find_write_us

    return find_write_us(path)


def _wrappers(limit: int) -> "Sequence[Wrapper]":
    """Return one of each wrapper, importing them only when a line may be wrapped."""
    from http_monitor.unwrap import wrappers

    return wrappers(limit)
