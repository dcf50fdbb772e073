"""What one step of taking a wrapper off finds in one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Taken(NamedTuple):
    """Where the text stands in a line, and what is said of it."""

    start: int
    stop: int
    source: tuple[int, int] = (0, 0)
    """Where the name of its container, pod or host stands; nowhere where it is empty."""
    origin: bytes = b""
    """What wrote it, each digit as 0."""
    part: bytes = b""
    """A line that comes in parts: which of those that are open at a time; empty: the text is a whole line."""
    more: bool = False
    """Of a part: the line goes on."""
    time: tuple[int, int] = (0, 0)
    """Where the time stands that it is given; nowhere where it is empty."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of taking a wrapper off.

    What stands in front of and behind the text decides alone, and digit for digit alike: a line that has the same
    there, but for other digits, has the same `Taken`.
    """

    take: Callable[[bytes], Taken | None]
    """Finds the text in a line without its LF; None: it is not wrapped."""
    begins: tuple[bytes, ...] = ()
    """How a line that is wrapped may begin, each digit as 0; none: in any way."""
    blanks: bool = False
    """Blanks before the text may belong to the wrapper, which decides by the first byte that is none."""
    quoted: bool = False
    """The text is a JSON string, without its quotes."""
    shapes: tuple[bytes, ...] = ()
    """How a line that is wrapped may begin, each digit as 0, each letter as A or a; none: in any way."""
    has: bytes = b""
    """What each line that is wrapped has."""


_SHAPES = bytes.maketrans(
    b"123456789BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz", b"0" * 9 + b"A" * 25 + b"a" * 25
)
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)


def masked(text: bytes) -> bytes:
    """Return a text with each digit as 0."""
    return text.translate(_DIGITS)


def shaped(text: bytes) -> bytes:
    """Return a text with each digit as 0 and each letter as A or a."""
    return text.translate(_SHAPES)


def front(
    *patterns: str,
    begins: tuple[bytes, ...] = (),
    blanks: bool = False,
    shapes: tuple[bytes, ...] = (),
    has: bytes = b"",
) -> Stage:
    """Return the step that takes off what one of some expressions fits at the beginning of a line.

    Args:
        patterns: Linear in the line; no text that one of them fits may begin with another one that one of them fits.
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
        return Taken(match.end(), len(line), source, masked(said.get("origin") or b""), time=time)

    return Stage(take, begins, blanks, shapes=shapes, has=has)
