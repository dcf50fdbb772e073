"""Finds out from the first lines of a log what of them is not read, or could not be said for certain."""

import re
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from http_monitor.ports import LogFormat, Remark
from http_monitor.records import Batch
from http_monitor.units import visible

ENOUGH_ROWS = 20
"""So many of the first lines that fit are looked at."""
_MOST_SHOWN = 60
_KIND_CHARS = 14
"""So much of a remark tells it from another one of its kind; what lines hold comes later in it."""
_NUMBER = re.compile(rb"[ \t]*([0-9]{1,18})(?:[ \t\r]|$)")
_NOTHING = re.compile(rb"[\s\"'|-]*")
_HINT = "--format-from takes the format from the server's configuration, --format the string itself"


@runtime_checkable
class Remarking(Protocol):
    """A format that may leave something of a line unread, or a figure unknown."""

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield what is to be said of a line that it has read; it changes nothing.

        Args:
            line: Without its LF.
        """
        ...


class Remarks:
    """What was said in one run: the same is not said of each of its files."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str, str]] = set()

    def of_file(self) -> "FileRemarks":
        """Return what looks at the lines of one file."""
        return FileRemarks(self._said)


class FileRemarks:
    """Looks at the first lines of one file. Owned by the thread that parses.

    Args:
        said: What was said in this run already: its kind, the format, and how it begins.
    """

    def __init__(self, said: set[tuple[str, str, str]]) -> None:
        self._said = said
        self._rows = 0

    def look(self, data: bytes, batch: Batch, fmt: LogFormat) -> Iterator[tuple[int, Remark]]:
        """Yield what is to be said of the next lines, with the number of each among those of the batch.

        Args:
            data: Whole lines.
            batch: What the format made of them.
            fmt: That format.
        """
        if self._rows >= ENOUGH_ROWS or not len(batch.line_nos) or not isinstance(fmt, Remarking):
            return
        wanted = batch.line_nos[: ENOUGH_ROWS - self._rows].tolist()
        self._rows += len(wanted)
        # One line may have had several inside, or several one: then it is another that is looked at, or none.
        for number, line in zip(wanted, _lines_numbered(data, wanted), strict=False):
            for remark in fmt.remarks(line):
                kind = (remark.name, batch.kind or fmt.name, remark.text[:_KIND_CHARS])
                if kind not in self._said:
                    self._said.add(kind)
                    yield number, remark


def rest_remark(rest: bytes, called: str) -> Iterator[Remark]:
    """Yield what is to be said of what stands behind that of a line which is read.

    Args:
        rest: What stands there; may be nothing.
        called: The format, as the user knows it.
    """
    rest = rest.removesuffix(b"\r").strip(b" \t")
    if _NOTHING.fullmatch(rest):
        return
    shown = visible(rest[:_MOST_SHOWN]) + "…" * (len(rest) > _MOST_SHOWN)
    number = _NUMBER.match(rest)
    if number is not None:
        what = f"a number without a unit ({visible(number[1])}) stands behind the fields of {called}, and is not read"
        takes = "apache_combined_d or a format string with %{us}T, %{ms}T or $request_time says what it is"
        yield Remark("unit", f"{what}; {takes}, so does --format-from the server's configuration")
    else:
        yield Remark("unread", f"what stands behind the fields of {called} is not read: {shown} ({_HINT})")


def _lines_numbered(data: bytes, numbers: list[int]) -> Iterator[bytes]:
    """Yield the lines with these numbers, counted from 1 without the blank ones."""
    start = number = 0
    wanted = iter(numbers)
    next_wanted = next(wanted, None)
    while start < len(data) and next_wanted is not None:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        start = end + 1
        number += bool(line) and not line.isspace()
        if number == next_wanted and line and not line.isspace():
            yield line
            next_wanted = next(wanted, None)
