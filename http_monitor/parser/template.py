"""A text format: literal bytes with fields between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.parser.field import Field
from http_monitor.parser.slot import Slot, slot_of

SPACES = b" \t"
QUOTE, BACKSLASH = b'"', b"\\"
_QUESTION = b"?"


@dataclass(frozen=True, slots=True)
class Place:
    """A field where it stands."""

    slot: Slot
    index: int
    """Its number among the fields, from 0."""
    quoted: bool
    """Whether it stands within quotes, where a backslash escapes the next byte."""
    stops: bytes | None
    """The bytes that end it: the first ones of what follows. Empty at the end of the line; None: not known."""

    @property
    def ends_itself(self) -> bool:
        """Return whether, at the end of a line, it ends before a space."""
        return self.slot.kind == "typed" or (self.slot.kind == "word" and not self.quoted)


Part = bytes | Place


class Template:
    """What a line of a text format is made of; whatever follows the last part of a line is ignored.

    Outside of quotes a space of a literal stands for a run of spaces or tabs; such a run may stand in front, too.
    """

    def __init__(self, parts: Sequence[bytes | Field | Slot], noun: str = "format") -> None:
        """Take the parts in their order.

        Args:
            parts: Literals, and fields; a bare `Field` gets the `Slot` that its role suggests.
            noun: What the format is called in messages: ``LogFormat``.
        """
        joined = _joined(parts)
        self.noun = noun
        self.parts: tuple[Part, ...] = tuple(_places(joined))
        self.places: tuple[Place, ...] = tuple(part for part in self.parts if isinstance(part, Place))
        self.fields: tuple[Field, ...] = tuple(place.slot.field for place in self.places)

    def gives(self, role: str) -> bool:
        """Return whether a field has this role."""
        return any(field.role == role for field in self.fields)


def quotes_after(quoted: bool, literal: bytes) -> bool:
    """Return whether what follows a literal stands within quotes."""
    return quoted ^ (literal.count(QUOTE) % 2 == 1)


def _joined(parts: Sequence[bytes | Field | Slot]) -> list[bytes | Slot]:
    """Return the parts, neighbouring literals as one and empty ones left out."""
    joined: list[bytes | Slot] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        elif part != b"":
            joined.append(slot_of(part) if isinstance(part, Field) else part)
    return joined


def _places(parts: Sequence[bytes | Slot]) -> list[Part]:
    placed: list[Part] = []
    quoted, count = False, 0
    for index, part in enumerate(parts):
        if isinstance(part, bytes):
            quoted = quotes_after(quoted, part)
            placed.append(part)
        else:
            placed.append(Place(part, count, quoted, _stops(parts, index, quoted)))
            count += 1
    return placed


def _stops(parts: Sequence[bytes | Slot], index: int, quoted: bool) -> bytes | None:
    if index + 1 == len(parts):
        return b""
    following = parts[index + 1]
    if isinstance(following, bytes):
        first = following[:1]
        return SPACES if first in SPACES and not quoted else first
    if following.kind != "query":
        return following.begins or None
    # A query begins with its own mark, or is not there.
    after = _stops(parts, index + 1, quoted)
    return None if after is None else _QUESTION + after
