"""Unwraps lines by the stages of a kind of wrapper, many at once or one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from http_monitor.arrow import encode
from http_monitor.ports.wrapper import Peeled, Stamps, Unwrapped
from http_monitor.records import Int64s, Json
from http_monitor.unwrap.alike import Found, cut, find, lines_in, texts
from http_monitor.unwrap.json_text import is_string, unescape, unescape_plain, with_places
from http_monitor.unwrap.parts import Joined, Parts
from http_monitor.unwrap.stage import Stage


class Inner(NamedTuple):
    """An inner line."""

    text: bytes
    source: bytes | None
    origin: bytes | None
    """None: it was not wrapped."""
    time: bytes = b""
    """The time in the wrapper, as written; empty: there is none."""


Explode = Callable[[bytes], Sequence[Inner] | None]
"""Returns the inner lines, at least one, of a line that contains several or whose text is not one string; None if the
line is not wrapped."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of wrapper."""

    name: str
    """Name in ``--unwrap``."""
    words: str
    stages: tuple[Stage, ...]
    """Applied in order, each to the text that the one before left; a line is wrapped if at least one matches."""
    behind: Stage | None = None
    """Removes more from wrapped lines, if it matches."""
    explode: Explode | None = None
    """Called for lines that no stage matches."""
    mark: bytes = b""
    """Only lines that contain this are exploded, before any stage is tried."""
    in_utc: bool = False
    """Times without a zone are in UTC."""


class Wrapping:
    """A `ports.wrapper.Wrapper` of one file.

    Args:
        kind: The kind of wrapper.
        limit: Maximum length of a line in bytes, without its LF; longer lines are not unwrapped.
    """

    def __init__(self, kind: Kind, limit: int) -> None:
        self._kind = kind
        self._limit = limit
        self._parts = Parts(limit)
        self._quoted = any(stage.quoted for stage in kind.stages)

    @property
    def name(self) -> str:
        """Name in ``--unwrap``."""
        return self._kind.name

    @property
    def words(self) -> str:
        """Description of the wrapper."""
        return self._kind.words

    @property
    def in_utc(self) -> bool:
        """Whether times without a zone are in UTC."""
        return self._kind.in_utc

    def front(self, line: bytes) -> bytes | None:
        """Return what precedes the text of a line; None if the line is not wrapped."""
        if len(line) > self._limit:
            return None
        start, wrapped = 0, False
        for stage in self._kind.stages:
            taken = stage.take(line[start:])
            if taken is not None:
                wrapped = True
                start += 0 if stage.quoted else taken.start
        if not wrapped and self._explode(line) is None:
            return None
        return line[:start]

    def unwrap(self, data: bytes, at: int = 0) -> Unwrapped:
        """Return the inner lines of whole lines."""
        if data and not data.endswith(b"\n"):
            data += b"\n"
        found = lines_in(data)
        if not len(found.start):
            stamps = Stamps(data, found.time_spans)
            return Unwrapped(b"", found.wrapped, found.origin.index, (), found.origin.index, (), stamps, found.start)
        begin = found.start + at
        todo = np.flatnonzero(found.stop - found.start <= self._limit)
        explodes = self._kind.explode is not None and self._kind.mark in data
        if explodes and self._kind.mark:
            todo = todo[[not self._is_several(data[found.start[at] : found.stop[at]]) for at in todo.tolist()]]
        for stage in self._kind.stages:
            find(data, found, stage, todo)
        if self._kind.behind is not None:
            find(data, found, self._kind.behind, np.flatnonzero(found.wrapped))
        inside = self._texts(data, found)
        if not (explodes and not found.wrapped.all()) and not self._parts and not found.more.any():
            origins, stamps = tuple(found.origin.names), Stamps(data, found.time_spans)
            return Unwrapped(inside, found.wrapped, *_sources(data, found), found.origin.index, origins, stamps, begin)
        return self._one_by_one(data, found, inside, begin.tolist())

    def peel(self, line: bytes) -> Sequence[Peeled]:
        """Return the inner lines of one line; a part of a split line is stored."""
        if len(line) > self._limit:
            return ()
        start, stop, taken, quoted = 0, len(line), None, False
        source = time = (0, 0)
        stages = () if self._kind.mark and self._is_several(line) else (*self._kind.stages, self._kind.behind)
        for stage in filter(None, stages):
            now = stage.take(line[start:stop])
            if now is None or (stage is self._kind.behind and taken is None):
                continue
            taken, quoted = now, stage.quoted
            if now.source[0] < now.source[1]:
                source = start + now.source[0], start + now.source[1]
            if now.time[0] < now.time[1]:
                time = start + now.time[0], start + now.time[1]
            start, stop = start + now.start, start + now.stop
        named = (line[slice(*source)], *source) if source[0] < source[1] else None
        if taken is None:
            return [_peel(inner) for inner in self._explode(line) or ()]
        stamp = (line[slice(*time)], *time) if time[0] < time[1] else None
        text = line[start:stop]
        places: Sequence[int] = range(start, stop + 1)
        if quoted:
            text, inside = with_places(text)
            places = [start + place for place in inside]
        if taken.part:
            before = len(self._parts.before(taken.part))
            whole = self._parts.add(taken.part, text, b"" if stamp is None else stamp[0], more=taken.more)
            self._parts.drain_given_up()  # they are no part of this line
            if whole is None:
                return [Peeled(None, places, named)]
            text, places = whole.text, [*[-1] * before, *places][: len(whole.text) + 1]
            if before:
                stamp = whole.time, -1, -1
        return [Peeled(text, places, named, stamp)]

    def find_begun(self) -> Sequence[int]:
        """Return where the incomplete lines begin."""
        return self._parts.find_begun()

    def end(self) -> Unwrapped:
        """Return the incomplete lines."""
        left = self._parts.end()
        return _unwrap_each([Inner(line.text, None, None, line.time) for line in left], [line.begin for line in left])

    def save(self) -> Json:
        """Return the incomplete lines as JSON."""
        return self._parts.save()

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        self._parts.load(given)

    def _explode(self, line: bytes) -> Sequence[Inner] | None:
        return None if self._kind.explode is None else self._kind.explode(line)

    def _is_several(self, line: bytes) -> bool:
        return self._kind.mark in line and self._explode(line) is not None

    def _texts(self, data: bytes, found: Found) -> bytes:
        """Return the text of each line, with an LF."""
        if not self._quoted:
            return cut(data, found.start, found.stop + 1)
        raw = _with_lf(data, found)
        plain = unescape_plain(raw) if found.wrapped.all() else None
        if plain is not None:
            return plain
        lines = self._strings(data, found, raw)
        return b"".join(
            (unescape(line) if wrapped else line) + b"\n"
            for line, wrapped in zip(lines, found.wrapped.tolist(), strict=True)
        )

    def _strings(self, data: bytes, found: Found, raw: bytes) -> list[bytes]:
        """Return the JSON strings as written; lines without a string in that place are matched one by one."""
        lines = raw.split(b"\n")
        lines.pop()
        doubted = [
            index
            for index, (line, wrapped) in enumerate(zip(lines, found.wrapped.tolist(), strict=True))
            if wrapped and not is_string(line)
        ]
        if not doubted:
            return lines
        # The line's string ends earlier than in the line that seemed alike.
        begin = lines_in(data)
        for index in doubted:
            one = np.array([index], np.int64)
            found.start[index], found.stop[index] = begin.start[index], begin.stop[index]
            found.wrapped[index], found.origin.index[index] = False, -1
            found.source.start[index] = found.source.stop[index] = found.part.index[index] = 0
            found.times.append((one, np.zeros(1, np.int64), 0, 0))
            found.more[index] = False
            for stage in self._kind.stages:
                line = data[int(found.start[index]) : int(found.stop[index])]
                taken = stage.take(line)
                if taken is not None:
                    found.take(one, taken, len(line))
            lines[index] = data[int(found.start[index]) : int(found.stop[index])]
        return lines

    def _one_by_one(self, data: bytes, found: Found, inside: bytes, begin: Sequence[int]) -> Unwrapped:
        lines = inside.split(b"\n")
        source, sources = _sources(data, found)
        time_start, time_stop = found.time_spans()
        times = zip(time_start.tolist(), time_stop.tolist(), strict=True)
        origins, parts = list(found.origin.names), list(found.part.names)
        kept: list[Inner] = []
        begins: list[int] = []
        given_up: list[int] = []
        wrapped = found.wrapped.tolist()
        for index, (line, (start, stop)) in enumerate(zip(lines[:-1], times, strict=True)):
            if not wrapped[index]:
                several = self._explode(line) if len(line) <= self._limit else None
                kept += (Inner(line, None, None),) if several is None else several
                begins += [begin[index]] * (len(kept) - len(begins))
                continue
            whole: Joined | None = Joined(line, data[start:stop], begin[index])
            if found.part.index[index]:
                part = parts[found.part.index[index]]
                whole = self._parts.add(part, line, data[start:stop], begin[index], more=bool(found.more[index]))
            if whole is not None:
                name = None if source[index] < 0 else sources[source[index]]
                kept.append(Inner(whole.text, name, origins[found.origin.index[index]], whole.time))
                begins.append(whole.begin)
            for part, left in self._parts.drain_given_up():
                given_up.append(len(kept))
                kept.append(Inner(left.text, None, part, left.time))
                begins.append(left.begin)
        return replace(_unwrap_each(kept, begins), given_up=tuple(given_up))


def _peel(inner: Inner) -> Peeled:
    source = None if inner.source is None else (inner.source, 0, 0)
    return Peeled(inner.text, [-1] * (len(inner.text) + 1), source, (inner.time, -1, -1) if inner.time else None)


def _with_lf(data: bytes, found: Found) -> bytes:
    """Return the texts, each with an LF in place of the byte after it."""
    raw = bytearray(cut(data, found.start, found.stop + 1))
    ends = np.cumsum(found.stop + 1 - found.start) - 1
    np.frombuffer(raw, np.uint8)[ends] = ord("\n")
    return bytes(raw)


def _sources(data: bytes, found: Found) -> tuple[Int64s, tuple[bytes, ...]]:
    """Return the name of the source of each line."""
    begin, end = found.source.start, found.source.stop
    named = np.flatnonzero(begin < end)
    source = np.full(len(found.start), -1, np.int64)
    if not len(named):
        return source, ()
    length = end[named] - begin[named]
    if (length == length[0]).all():
        # Usually there is only one.
        windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), int(length[0]))
        if (windows[begin[named]] == windows[begin[named[0]]]).all():
            source[named] = 0
            return source, (windows[begin[named[0]]].tobytes(),)
    keys = encode(texts(data, begin[named], end[named]))
    source[named] = keys.indices.to_numpy()
    return source, tuple(keys.dictionary.to_pylist())


def _unwrap_each(lines: Sequence[Inner], begins: Sequence[int]) -> Unwrapped:
    """Return inner lines that were found one by one."""
    sources: dict[bytes, int] = {}
    origins: dict[bytes, int] = {}
    source = [-1 if line.source is None else sources.setdefault(line.source, len(sources)) for line in lines]
    origin = [-1 if line.origin is None else origins.setdefault(line.origin, len(origins)) for line in lines]
    edges = np.cumsum([0, *(len(line.time) for line in lines)])
    return Unwrapped(
        data=b"".join(line.text + b"\n" for line in lines),
        wrapped=np.array(origin, np.int64) >= 0,
        source=np.array(source, np.int64),
        sources=tuple(sources),
        origin=np.array(origin, np.int64),
        origins=tuple(origins),
        stamps=Stamps(b"".join(line.time for line in lines), lambda: (edges[:-1], edges[1:])),
        begin=np.array(begins, np.int64),
    )
