"""What an expression of ``--filter`` consists of once it is read."""

import re
from dataclasses import dataclass
from fractions import Fraction

from http_monitor.filtering.networks import Network

TEXTS = (
    "host",
    "section",
    "path",
    "method",
    "user",
    "referer",
    "agent",
    "vhost",
    "cache",
    "tls",
    "forwarded",
    "source",
)
"""Columns of text, by the names of `records.SCHEMA`."""
_US = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000}
_BYTES = {"k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
NUMBERS: dict[str, dict[str, int]] = {
    "status": {},
    "size_bytes": _BYTES,
    "bytes_in": _BYTES,
    "duration_us": _US,
    "upstream_us": _US,
}
"""Columns of numbers, each with the units that a number may have, as multiples of its own."""
ORDERS = ("<", "<=", ">", ">=")
_NUMBER = re.compile(r"([0-9]{1,15})(\.[0-9]{1,9})?([A-Za-z]{0,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberTest:
    """A number compared with one or several; false where the line has none."""

    column: str
    operator: str
    """``==``, ``!=``, one of `ORDERS`, ``in`` or ``not in``."""
    values: tuple[int, ...]
    """In the unit of the column; one, but for ``in`` and ``not in``."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """A text compared with others, or a host with networks too; false where the line has none."""

    column: str
    negated: bool
    values: tuple[bytes, ...]
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternTest:
    """A text in which a regular expression (RE2) is looked for; false where the line has none."""

    column: str
    negated: bool
    pattern: bytes


@dataclass(frozen=True, slots=True)
class Not:
    """What another is not."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """All of several."""

    operands: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """One or more of several."""

    operands: "tuple[Expression, ...]"


Expression = NumberTest | TextTest | PatternTest | Not | All | Some


def columns_of(expression: Expression) -> list[str]:
    """Return the columns that an expression looks at, each once, in its order."""
    match expression:
        case Not(operand):
            return columns_of(operand)
        case All(operands) | Some(operands):
            return list(dict.fromkeys(column for operand in operands for column in columns_of(operand)))
        case NumberTest(column=column) | TextTest(column=column) | PatternTest(column=column):
            return [column]


def number_of(word: str, units: dict[str, int]) -> int | None:
    """Return the whole number that a word such as ``404``, ``1.5s`` or ``10k`` means; None where it means none."""
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    scale = units.get(match[3]) if match[3] else 1
    if scale is None:
        return None
    value = Fraction(match[1] + (match[2] or "")) * scale
    # Greater than any column can hold would not fit its type.
    return int(value) if value.denominator == 1 and value < 1 << 63 else None
