"""One stage of unwrapping a line, and its result."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Taken(NamedTuple):
    """The text in a line, and the information that precedes it."""

    start: int
    stop: int
    source: tuple[int, int] = (0, 0)
    """Span of the name of the container, pod or host; empty if there is none."""
    origin: bytes = b""
    """The writer of the line, each digit replaced by 0."""
    part: bytes = b""
    """Key of the split line that the text is a part of; empty: the text is a whole line."""
    more: bool = False
    """For a part: the line continues."""
    time: tuple[int, int] = (0, 0)
    """The place of the time in the wrapper; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of unwrapping lines.

    The result depends only on the bytes around the text, except for digits: a line that differs there only in digits
    has the same result.
    """

    take: Callable[[bytes], Taken | None]
    """Finds the text in a line without its LF; None if the line does not match."""
    begins: tuple[bytes, ...] = ()
    """Possible beginnings of matching lines, each digit replaced by 0; empty: any."""
    blanks: bool = False
    """Blanks before the text may belong to the wrapper, depending on the first byte after them."""
    quoted: bool = False
    """The text is the content of a JSON string."""
    shapes: tuple[bytes, ...] = ()
    """Possible beginnings of matching lines, each digit replaced by 0 and each letter by A or a; empty: any."""
    has: bytes = b""
    """Bytes that each matching line contains."""


_SHAPES = bytes.maketrans(
    b"123456789BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz", b"0" * 9 + b"A" * 25 + b"a" * 25
)
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)


def mask_digits(text: bytes) -> bytes:
    """Return a text with each digit replaced by 0."""
    return text.translate(_DIGITS)


def shape_of(text: bytes) -> bytes:
    """Return a text with each digit replaced by 0 and each letter by A or a."""
    return text.translate(_SHAPES)


def front(
    *patterns: str,
    begins: tuple[bytes, ...] = (),
    blanks: bool = False,
    shapes: tuple[bytes, ...] = (),
    has: bytes = b"",
) -> Stage:
    """Return a stage that removes a prefix.

    Args:
        patterns: Must be linear in the line, and no match of any may be a prefix of another match.
            Their groups may be ``source``, ``time`` and ``origin``.
        begins: As of the stage.
        blanks: As of the stage.
        shapes: As of the stage.
        has: As of the stage.
    """
    compiled = [re.compile(pattern.encode("ascii"), re.DOTALL) for pattern in patterns]

    def take(line: bytes) -> Taken | None:
        match = next(filter(None, (pattern.match(line) for pattern in compiled)), None)
        if match is None:
            return None
        said = match.groupdict()
        source = match.span("source") if said.get("source") else (0, 0)
        time = match.span("time") if said.get("time") else (0, 0)
        return Taken(match.end(), len(line), source, mask_digits(said.get("origin") or b""), time=time)

    return Stage(take, begins, blanks, shapes=shapes, has=has)
