"""Reads the end of a file, starting shortly before a given time."""

from collections.abc import Iterator, Sequence

from http_monitor.inputs.seeking.prober import PROBE_BYTES, Prober
from http_monitor.inputs.seeking.search import Bound
from http_monitor.ports.source import Chunk
from http_monitor.records import LogFile
from http_monitor.sources.files.access import Handle
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.line_cutter import LineCutter

_PIECE_BYTES = 1 << 20
_LF = b"\n"


def start_before(prober: Prober, since: Bound, most: int) -> int:
    """Return an offset, at most `most` bytes before the end of a file, before which no line is at a time or later.

    The search doubles its distance from the end at each step, so it costs no more than reading what it finds.

    Raises:
        OSError: the file cannot be read.
    """
    reach = PROBE_BYTES
    while reach < min(most, prober.size):
        probe = prober.at(prober.size - reach)
        if probe is not None and since.is_behind(probe):
            return probe.start
        reach *= 2
    return max(0, prober.size - most)


def read_lines(handle: Handle, file: LogFile, start: int, end: int, limit: int) -> Iterator[Chunk]:
    """Yield the complete lines between two offsets of a file, in pieces.

    Args:
        handle: The file.
        file: Its name in the places of the lines.
        start: Lines that start before it are left out.
        end: Lines that end after it are left out.
        limit: The longest line, in bytes without its LF.

    Raises:
        OSError: the file cannot be read.
    """
    # The previous byte shows whether a line starts there.
    offset = max(0, start - 1)
    cutter = LineCutter(limit, at_start=not start)
    skipping = start > 0
    while offset < end:
        data = handle.read(offset, min(_PIECE_BYTES, end - offset))
        if not data:
            return
        offset += len(data)
        if skipping:
            first = data.find(_LF) + 1
            skipping = not first
            data = data[first:] if first else b""
        begin = offset - len(data)
        lines = GatheredLines()
        lines.add(cutter.feed(data), file, [(place, begin + origin) for place, origin in cutter.starts])
        if lines.data:
            yield Chunk(lines.data, stretches=lines.stretches)


def shares(wanted: Sequence[int], most: int) -> list[int]:
    """Distribute `most` among wants: small wants are granted in full, and the others get equal shares of the rest."""
    given = [0] * len(wanted)
    left = most
    for place, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[index] = min(wanted[index], left // (len(wanted) - place))
        left -= given[index]
    return given
