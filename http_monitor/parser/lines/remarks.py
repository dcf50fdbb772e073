"""Finds out from the first lines of a log what of them is not read, or could not be said for certain."""

import re
from collections.abc import Collection, Iterator
from typing import Protocol, runtime_checkable

from http_monitor.parser.fields.hosts import client_of
from http_monitor.parser.fields.plausible import ENOUGH_ROWS, can_be_vhost, doubted, first_hosts
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch
from http_monitor.units import visible

_MOST_SHOWN = 60
_KIND_CHARS = 14
"""So much of a remark tells it from another one of its kind; what lines hold comes later in it."""
_NUMBER = re.compile(rb"[ \t]*([0-9]{1,18})(?:[ \t\r]|$)")
_ZONE = re.compile(rb"([+-][0-9]{2}:?)([0-9]{2})\]?\Z")
_QUARTERS = (b"00", b"15", b"30", b"45")
_HUNDREDTHS = {b"50": "30", b"75": "45"}
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
    """What was said in one run: the same is not said of each of its files.

    Args:
        given: Options of the user that may settle what there is to say.
    """

    def __init__(self, given: Collection[str] = ()) -> None:
        self._said: set[tuple[str, str, str]] = set()
        self._given = given

    def of_file(self) -> "FileRemarks":
        """Return what looks at the lines of one file."""
        return FileRemarks(self._said, self._given)


class FileRemarks:
    """Looks at the first lines of one file. Owned by the thread that parses.

    Args:
        said: What was said in this run already: its kind, the format, and how it begins.
        given: Options of the user that may settle what there is to say.
    """

    def __init__(self, said: set[tuple[str, str, str]], given: Collection[str] = ()) -> None:
        self._said = said
        self._given = given
        self._rows = 0
        self._hosts: list[bytes] | None = []
        """Those of its first lines, until they have been judged."""
        self._vhosts: list[bytes] = []
        """Likewise."""

    def look(
        self, data: bytes, batch: Batch, fmt: LogFormat, *, last: bool = False
    ) -> Iterator[tuple[int | None, Remark]]:
        """Yield what is to be said of the next lines, with the number of each among those of the batch.

        Args:
            data: Whole lines.
            batch: What the format made of them.
            fmt: That format.
            last: Nothing comes after them; what only the end of the file shows has no number.
        """
        yield from self._of_lines(data, batch, fmt)
        if self._hosts is None:
            return
        before = len(self._hosts)
        self._hosts += first_hosts(batch, ENOUGH_ROWS - before)
        self._vhosts += first_hosts(batch, ENOUGH_ROWS - before, "vhost")
        if last or len(self._hosts) == ENOUGH_ROWS:
            enough = int(batch.line_nos[ENOUGH_ROWS - before - 1]) if len(self._hosts) == ENOUGH_ROWS else None
            yield from ((enough, remark) for remark in _host_remark(self._hosts, self._vhosts))
            self._hosts = None

    def _of_lines(self, data: bytes, batch: Batch, fmt: LogFormat) -> Iterator[tuple[int, Remark]]:
        if self._rows >= ENOUGH_ROWS or not len(batch.line_nos) or not isinstance(fmt, Remarking):
            return
        wanted = batch.line_nos[: ENOUGH_ROWS - self._rows].tolist()
        self._rows += len(wanted)
        # One line may have had several inside, or several one: then it is another that is looked at, or none.
        for number, line in zip(wanted, _lines_numbered(data, wanted), strict=False):
            for remark in fmt.remarks(line):
                kind = (remark.name, batch.kind or fmt.name, remark.text[:_KIND_CHARS])
                if kind not in self._said and remark.settled_by not in self._given:
                    self._said.add(kind)
                    yield number, remark


def client_remark(host: bytes) -> Iterator[Remark]:
    """Yield what is to be said of a host that is a list of X-Forwarded-For; nothing of any other.

    Args:
        host: As it stands in a line.
    """
    if client_of(host).forwarded is not None:
        taken = "is a list of addresses, as in X-Forwarded-For; the last one is taken"
        proxies = "if that is a proxy of yours, --trust-proxy NETWORK finds who stands behind it"
        yield Remark("client", f"the client {taken}; {proxies}", settled_by="--trust-proxy")


def zone_remark(time: bytes) -> Iterator[Remark]:
    """Yield what is to be said of a time whose zone there is nowhere; nothing of any other.

    Args:
        time: As it stands in a line, its zone at its end, in brackets or not.
    """
    zone = _ZONE.search(time)
    if zone is None or zone[2] in _QUARTERS:
        return
    # What takes hundredths of an hour for minutes writes 50 for a half and 75 for three quarters.
    right = _HUNDREDTHS.get(zone[2])
    shown = visible(zone[1] + zone[2])
    meant = f"; Paste's TransLogger writes it for {visible(zone[1])}{right}" if right else ""
    yield Remark("zone", f"the zone {shown} is none that is in use{meant}, so that times may be wrong by minutes")


def _host_remark(hosts: list[bytes], vhosts: list[bytes]) -> Iterator[Remark]:
    wrong, called = doubted(hosts), "host"
    if not wrong:
        wrong, called = doubted(vhosts, can_be_vhost), "virtual host"
    if not wrong:
        return
    shown = visible(wrong[0][:_MOST_SHOWN]) + "…" * (len(wrong[0]) > _MOST_SHOWN)
    of = "its only line" if len(hosts) == 1 else f"{len(wrong)} of its first {len(hosts)} lines"
    what = f"the {called} of {of} is no address or name, for example {shown}: the format may be another"
    yield Remark("host", f"{what} (--unwrap takes off what stands in front of each line, --format says what they are)")


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
