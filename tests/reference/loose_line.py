"""A position in a line whose fields may be unescaped, and the parts of such lines."""

from collections.abc import Callable

from tests.reference.servers import _Line
from tests.reference.values import (
    DIGITS,
    LETTERS,
    NoFit,
    all_in,
    iso_us,
)

CAPITALS = LETTERS[:26]
Shows = Callable[[bytes], bool]
"""Tells of the rest of a line, from what ends a field on, whether the field ends there."""


class Line(_Line):
    """A position in a line whose fields may be unescaped."""

    def until(self, shows: Shows) -> bytes:
        """Return what stands before the first place that shows that the field ends."""
        for stop in range(self.at, len(self.line) + 1):
            if shows(self.line[stop:]):
                text = self.line[self.at : stop]
                self.at = stop
                return text
        raise NoFit

    def before(self, end: bytes) -> bytes:
        """Return what stands before a text, which may be nothing, or before the end of the line."""
        stop = self.line.find(end, self.at)
        text = self.line[self.at :] if stop < 0 else self.line[self.at : stop]
        self.at += len(text)
        return text

    def fixed(self, size: int) -> bytes:
        text = self.line[self.at : self.at + size]
        if len(text) != size:
            raise NoFit
        self.at += size
        return text

    def gap(self) -> None:
        self.expect(b" ")
        self.at = len(self.line) - len(self.rest().lstrip(b" "))

    def colour(self) -> None:
        """Go over an escape sequence that sets a colour, where one stands."""
        if self.rest().startswith(b"\x1b["):
            numbers, letter, _ = self.rest()[2:].partition(b"m")
            if letter and all_in(numbers, DIGITS + b";"):
                self.at += len(numbers) + 3

    def request(self, shows: Shows | None = None) -> bytes:
        self.expect(b'"')
        text = self.until(shows or status_and_size)
        self.expect(b'"')
        return text

    def in_brackets(self) -> bytes:
        self.expect(b"[")
        text = self.upto(b"]")
        self.expect(b"]")
        return text

    def end(self) -> None:
        if self.rest():
            raise NoFit


def status_and_size(rest: bytes) -> bool:
    """Tell whether a quote is there with a status, a size, and then a space or the end behind it."""
    words = rest[2:].split(b" ", 2)
    return rest.startswith(b'" ') and len(words) > 1 and is_status(words[0]) and is_size(words[1])


def is_status(text: bytes) -> bool:
    return text in (b"000", b"0", b"-1", b"-") or (len(text) == 3 and all_in(text, DIGITS) and text[:1] != b"0")


def is_size(text: bytes) -> bool:
    return text == b"-" or all_in(text, DIGITS)


def check(fits: bool) -> None:
    if not fits:
        raise NoFit


def signed(text: bytes) -> bytes:
    check(all_in(text.removeprefix(b"-"), DIGITS))
    return text


def with_milliseconds(text: bytes) -> bytes:
    whole, _, part = text.partition(b".")
    check(all_in(whole, DIGITS) and all_in(part, DIGITS) and len(part) == 3)
    return text


def iso_zoned_us(text: bytes) -> int:
    fraction, zone = text[19:], text[19:]
    if fraction[:1] == b".":
        zone = fraction[1:].lstrip(DIGITS)
    check(text[10:11] == b"T" and (zone == b"Z" or zone[:1] in (b"+", b"-")))
    return iso_us(text)


def iso_spaced_us(text: bytes) -> int:
    check(len(text) == 25 and text[10:11] == b" " and text[19:20] == b" ")
    check(text[20:21] in (b"+", b"-") and all_in(text[21:], DIGITS))
    return iso_us(text)


def looks_iso_spaced(text: bytes) -> bool:
    shape = bytes(ord("0") if byte in DIGITS else byte for byte in text)
    return shape in (b"0000-00-00 00:00:00 +0000", b"0000-00-00 00:00:00 -0000")


def read_pair(line: Line, agent_ends: Shows | None = None) -> dict[str, bytes | None]:
    line.expect(b'"')
    referer = line.until(lambda rest: rest.startswith(b'" "'))
    line.expect(b'" "')
    agent = line.until(agent_ends or (lambda rest: rest == b'"'))
    line.expect(b'"')
    return {"referer": referer, "agent": agent}
