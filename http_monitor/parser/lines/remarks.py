"""Remarks on parts of a log that are not read or are ambiguous, found in its first lines."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Protocol, runtime_checkable

from http_monitor.parser.fields.hosts import client_of
from http_monitor.parser.fields.plausible import (
    ENOUGH_ROWS,
    can_be_user,
    can_be_vhost,
    find_doubtful_hosts,
    first_hosts,
)
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch
from http_monitor.units import visible

_MAX_SHOWN = 60
_KIND_CHARS = 14
"""Number of characters that distinguish remarks of one kind; text of the log comes later."""
_NUMBER = re.compile(rb"[ \t]*([0-9]{1,18})(?:[ \t\r]|$)")
_ZONE = re.compile(rb"([+-][0-9]{2}:?)([0-9]{2})\]?\Z")
_QUARTERS = (b"00", b"15", b"30", b"45")
_HUNDREDTHS = {b"50": "30", b"75": "45"}
_NOTHING = re.compile(rb"[\s\"'|-]*")
_READ_IT = " (--format-from takes the format from the server's configuration, --format the string itself)"
_READ_UNIT = (
    "; apache_combined_d or a format string with %{us}T, %{ms}T or $request_time gives its unit, and so does"
    " --format-from with the server's configuration"
)
_SET_IT = " (--unwrap removes what precedes each line, --format sets their format)"


@runtime_checkable
class Remarking(Protocol):
    """A format that may leave parts of a line unread, or a figure unknown."""

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed; it is called for the first rows of a file, in their order.

        Args:
            line: The line without its LF.
        """
        ...


class Remarks:
    """The remarks made in one run, so that they are not repeated for each file.

    Args:
        given: Options given by the user; they may settle a remark.
    """

    def __init__(self, given: Collection[str] = ()) -> None:
        self._said: set[tuple[str, str, str]] = set()
        self._given = given

    def of_file(self) -> "FileRemarks":
        """Return a checker for the lines of one file."""
        return FileRemarks(self._said, self._given)


class FileRemarks:
    """Checks the first lines of one file. Owned by the parsing thread.

    Args:
        said: Remarks made in this run: (kind, format, beginning of the text).
        given: Options given by the user; they may settle a remark.
    """

    def __init__(self, said: set[tuple[str, str, str]], given: Collection[str] = ()) -> None:
        self._said = said
        self._given = given
        self._rows = 0
        self._hosts: list[bytes] | None = []
        """Hosts of the first lines, until they were checked."""
        self._vhosts: list[bytes] = []
        self._users: list[bytes] = []
        """Virtual hosts and users of the same lines."""

    def check(
        self, data: bytes, batch: Batch, fmt: LogFormat, *, last: bool = False
    ) -> Iterator[tuple[int | None, Remark]]:
        """Yield remarks on the next lines, each with its line's number in the batch.

        Args:
            data: Whole lines.
            batch: The batch that the format made of them.
            fmt: The format.
            last: No more lines follow; remarks that only the end of the file shows have no number.
        """
        yield from self._of_lines(data, batch, fmt)
        if self._hosts is None:
            return
        before = len(self._hosts)
        self._hosts += first_hosts(batch, ENOUGH_ROWS - before)
        self._vhosts += first_hosts(batch, ENOUGH_ROWS - before, "vhost")
        self._users += first_hosts(batch, ENOUGH_ROWS - before, "user")
        if last or len(self._hosts) == ENOUGH_ROWS:
            enough = int(batch.line_nos[ENOUGH_ROWS - before - 1]) if len(self._hosts) == ENOUGH_ROWS else None
            yield from ((enough, self._add_advice(remark)) for remark in self._host_remark())
            self._hosts = None

    def _of_lines(self, data: bytes, batch: Batch, fmt: LogFormat) -> Iterator[tuple[int, Remark]]:
        if self._rows >= ENOUGH_ROWS or not len(batch.line_nos) or not isinstance(fmt, Remarking):
            return
        wanted = batch.line_nos[: ENOUGH_ROWS - self._rows].tolist()
        self._rows += len(wanted)
        # A wrapped line may contain several lines, or be a part of one; then another line is checked, or none.
        for number, line in zip(wanted, _find_lines(data, wanted), strict=False):
            for remark in fmt.remarks(line):
                kind = (remark.name, batch.kind or fmt.name, remark.text[:_KIND_CHARS])
                if kind not in self._said and remark.settled_by not in self._given:
                    self._said.add(kind)
                    yield number, self._add_advice(remark)

    def _host_remark(self) -> Iterator[Remark]:
        """Yield a remark if what the format reads as the client, the virtual host or the user cannot be that."""
        wrong, what = find_doubtful_hosts(self._hosts or []), "the host of {} is no address or name"
        if not wrong:
            wrong, what = (
                find_doubtful_hosts(self._vhosts, can_be_vhost),
                "the virtual host of {} is no address or name",
            )
        if not wrong:
            wrong = find_doubtful_hosts(self._users, can_be_user)
            what = "the user of {} is none, so the host may be none"
        if not wrong:
            return
        total = len(self._users)
        shown = visible(wrong[0][:_MAX_SHOWN]) + "…" * (len(wrong[0]) > _MAX_SHOWN)
        lines = "its only line" if total == 1 else f"{len(wrong)} of its first {total} lines"
        text = f"{what.format(lines)}, for example {shown}: the format may be another"
        yield Remark("host", text, advice=_SET_IT)

    def _add_advice(self, remark: Remark) -> Remark:
        """Return the remark with its advice in the text, unless this run has given it already."""
        advice = ("", "", remark.advice)
        if advice in self._said:
            return remark
        self._said.add(advice)
        return replace(remark, text=remark.text + remark.advice)


def client_remark(host: bytes) -> Iterator[Remark]:
    """Yield a remark if a host is a list of addresses as in X-Forwarded-For.

    Args:
        host: The host as logged.
    """
    if client_of(host).forwarded is not None:
        what = "the client is a list of addresses, as in X-Forwarded-For; the last one is used"
        proxies = "; if that is your proxy, --trust-proxy NETWORK finds the client behind it"
        yield Remark("client", what, "--trust-proxy", proxies)


def zone_remark(time: bytes) -> Iterator[Remark]:
    """Yield a remark if the zone of a time is not in use anywhere.

    Args:
        time: The time as logged, with its zone at the end, with or without brackets.
    """
    zone = _ZONE.search(time)
    if zone is None or zone[2] in _QUARTERS:
        return
    # Some software writes hundredths of an hour: 50 for a half and 75 for three quarters.
    right = _HUNDREDTHS.get(zone[2])
    shown = visible(zone[1] + zone[2])
    meant = f"; Paste's TransLogger writes it for {visible(zone[1])}{right}" if right else ""
    yield Remark("zone", f"the zone {shown} is not in use anywhere{meant}, so times may be wrong by minutes")


def rest_remark(rest: bytes, called: str) -> Iterator[Remark]:
    """Yield a remark on text after the fields that are read.

    Args:
        rest: The text; may be empty.
        called: Name of the format for the user.
    """
    rest = rest.removesuffix(b"\r").strip(b" \t")
    if _NOTHING.fullmatch(rest):
        return
    shown = visible(rest[:_MAX_SHOWN]) + "…" * (len(rest) > _MAX_SHOWN)
    number = _NUMBER.match(rest)
    if number is not None:
        what = f"a number without a unit ({visible(number[1])}) follows the fields of {called}, and is not read"
        yield Remark("unit", what, advice=_READ_UNIT)
    else:
        yield Remark("unread", f"text after the fields of {called} is not read: {shown}", advice=_READ_IT)


def _find_lines(data: bytes, numbers: list[int]) -> Iterator[bytes]:
    """Yield the lines with these numbers, counted from 1 without blank lines."""
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
