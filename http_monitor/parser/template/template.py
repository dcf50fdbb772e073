"""Templates of text formats: literals and fields in order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.parser.fields.field import Field
from http_monitor.parser.template.slot import Slot, slot_of

SPACES = b" \t"
QUOTE, BACKSLASH = b'"', b"\\"
_QUESTION = b"?"


@dataclass(frozen=True, slots=True)
class Gap:
    """At least one space; only in exact templates, in which a space of a literal is exactly one."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """Parts of an exact template that a line has all or none of."""

    parts: "tuple[Given, ...]"


@dataclass(frozen=True, slots=True)
class Place:
    """A field in its place."""

    slot: Slot
    index: int
    """Index among the fields, from 0."""
    quoted: bool
    """It stands within quotes, where a backslash escapes the next byte."""
    stops: bytes | None
    """The bytes that end it: the first bytes of what may follow. Empty at the end of the line; None: not known."""
    fills: bool = False
    """It extends to the end of the line, whatever its bytes are."""
    optional: bool = False
    """It is one of the parts that may be missing."""

    @property
    def ends_itself(self) -> bool:
        """Return whether, at the end of a line, it ends before a space."""
        itself = self.slot.kind in ("typed", "last") or (self.slot.kind == "word" and not self.quoted)
        return itself and not self.fills


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that a line has all or none of."""

    parts: "tuple[Part, ...]"


Given = bytes | Field | Slot | Gap | Maybe
Part = bytes | Place | Gap | Group


class Template:
    """The parts of a line of a text format; anything after the last part is ignored.

    There are two kinds. Most templates come from a user's configuration: outside quotes a space of a literal stands for
    a run of spaces or tabs; such a run may precede the line, too; and a field may contain the byte that ends it, as
    long as the line fits. An *exact* template is for a server whose lines have only one form: a space is one space, a
    field ends where its slot says, and an empty field is like a dash.
    """

    def __init__(
        self,
        parts: Sequence[Given],
        noun: str = "format",
        *,
        exact: bool = False,
        whole: bool = False,
        others: bytes | None = None,
    ) -> None:
        """Take the parts in order.

        Args:
            parts: Literals and fields; a bare `Field` gets a slot that suits its role.
            noun: The name of the format in messages: ``LogFormat``.
            exact: Lines have only one possible form.
            whole: Nothing may follow the last part.
            others: Expression for the beginning of the server's lines that record no finished request; it matches no
                line that fits.
        """
        self.noun = noun
        self.exact = exact
        self.whole = whole
        self.others = None if others is None else re.compile(others)
        self.parts: tuple[Part, ...] = tuple(_Placing(exact, whole).place(_join_literals(parts), b"", False))
        self.places: tuple[Place, ...] = tuple(places_in(self.parts))
        self.fields: tuple[Field, ...] = tuple(place.slot.field for place in self.places)

    def gives(self, role: str) -> bool:
        """Return whether a field has this role."""
        return any(field.role == role for field in self.fields)


def places_in(parts: Sequence[Part]) -> Iterator[Place]:
    """Yield the places among the parts, in the order of their indices."""
    for part in parts:
        if isinstance(part, Place):
            yield part
        elif isinstance(part, Group):
            yield from places_in(part.parts)


def quotes_after(quoted: bool, literal: bytes) -> bool:
    """Return whether text after a literal stands within quotes."""
    return quoted ^ (literal.count(QUOTE) % 2 == 1)


def _join_literals(parts: Sequence[Given]) -> list[bytes | Slot | Gap | Maybe]:
    """Return the parts with neighbouring literals joined and empty ones removed."""
    joined: list[bytes | Slot | Gap | Maybe] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        elif part != b"":
            joined.append(slot_of(part) if isinstance(part, Field) else part)
    return joined


class _Placing:
    """Numbers the fields of a template, and determines what ends each of them."""

    def __init__(self, exact: bool, whole: bool) -> None:
        self._exact = exact
        self._whole = whole
        self._count = 0

    def place(self, parts: Sequence[bytes | Slot | Gap | Maybe], behind: bytes | None, optional: bool) -> list[Part]:
        """Return the parts with their places.

        Args:
            parts: Parts of the template, or of a group in it.
            behind: The bytes that may follow the last of them.
            optional: The parts may be missing.
        """
        placed: list[Part] = []
        quoted = False
        for index, part in enumerate(parts):
            stops = self._stops(parts, index, quoted, behind)
            if isinstance(part, bytes):
                quoted = not self._exact and quotes_after(quoted, part)
                placed.append(part)
            elif isinstance(part, Slot):
                fills = self._whole and stops == b""
                placed.append(Place(part, self._count, quoted, stops, fills, optional))
                self._count += 1
            elif isinstance(part, Maybe):
                placed.append(Group(tuple(self.place(_join_literals(part.parts), stops, True))))
            else:
                placed.append(part)
        return placed

    def _stops(
        self, parts: Sequence[bytes | Slot | Gap | Maybe], index: int, quoted: bool, behind: bytes | None
    ) -> bytes | None:
        """Return the bytes that may follow the part at an index."""
        if index + 1 == len(parts):
            return behind
        following = parts[index + 1]
        if isinstance(following, bytes):
            first = following[:1]
            return SPACES if first in SPACES and not quoted and not self._exact else first
        if isinstance(following, Gap):
            return b" "
        if isinstance(following, Slot) and following.kind != "query":
            return following.begins or None
        # A query begins with its mark or is empty; the same holds for parts that may be missing.
        after = self._stops(parts, index + 1, quoted, behind)
        first_of = (
            self._stops([b"", *_join_literals(following.parts)], 0, False, None)
            if isinstance(following, Maybe)
            else _QUESTION
        )
        if after is None or first_of is None:
            return None
        return first_of + after.translate(None, first_of)
