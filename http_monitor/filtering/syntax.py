"""The nodes of a parsed ``--filter`` expression."""

import re
from dataclasses import dataclass, field

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
    "server",
)
"""Columns of text, by the names of `records.SCHEMA`."""
DERIVED = {"network": "host", "agent_family": "agent", "referer_host": "referer"}
"""Dimensions that are derived from a column: its name in `records.SCHEMA`."""
ALIASES = {"endpoint": "path", "size": "size_bytes", "duration": "duration_us", "upstream": "upstream_us"}
"""Other names of columns."""
UNITLESS = ("duration", "upstream")
"""Names that do not show their unit: ``duration > 1`` could mean a second, so a number needs its unit there."""
NONE = "none"
"""Stands for the absence of a value, without quotes."""
_US = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000}
_BYTES = {"k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
NUMBERS: dict[str, dict[str, int]] = {
    "status": {},
    "size_bytes": _BYTES,
    "bytes_in": _BYTES,
    "duration_us": _US,
    "upstream_us": _US,
}
"""Columns of numbers, each with the units allowed in numbers, as multiples of its own."""
ORDERS = ("<", "<=", ">", ">=")
_NUMBER = re.compile(r"([0-9]{1,15})(\.[0-9]{1,9})?([A-Za-z]{0,2})", re.ASCII)
_TOO_GREAT = 1 << 63
"""Such a great number would not fit into any column."""


@dataclass(frozen=True, slots=True)
class NumberTest:
    """Compares a number with one or several; false if the line has none."""

    column: str
    operator: str
    """``==``, ``!=``, one of `ORDERS`, ``in`` or ``not in``."""
    values: tuple[int, ...]
    """In the unit of the column; one value, or several for ``in`` and ``not in``."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """Compares a text with others, or a host or a network with networks; false if the line has none."""

    column: str
    """One of `TEXTS` or of `DERIVED`."""
    negated: bool
    values: tuple[bytes, ...]
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternTest:
    """Searches a text for a regular expression (RE2); false if the line has none."""

    column: str
    negated: bool
    pattern: bytes
    place: int = field(default=1, compare=False)
    """The column of the expression at which it begins, from 1."""


@dataclass(frozen=True, slots=True)
class AbsenceTest:
    """True if the line has no value; with `negated`, if it has one."""

    column: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of an expression."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """The conjunction of several expressions."""

    operands: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """The disjunction of several expressions."""

    operands: "tuple[Expression, ...]"


Expression = NumberTest | TextTest | PatternTest | AbsenceTest | Not | All | Some


def columns_of(expression: Expression) -> list[str]:
    """Return the columns whose values an expression compares, each once, in order."""
    match expression:
        case Not(operand):
            return columns_of(operand)
        case All(operands) | Some(operands):
            return list(dict.fromkeys(column for operand in operands for column in columns_of(operand)))
        case NumberTest(column=column) | TextTest(column=column) | PatternTest(column=column):
            return [DERIVED.get(column, column)]
        case AbsenceTest():
            # True for lines without the column.
            return []


def number_of(word: str, units: dict[str, int]) -> int | None:
    """Return the whole number for a word such as ``404``, ``1.5s`` or ``10k``; None if it is no such word."""
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    scale = units.get(match[3]) if match[3] else 1
    if scale is None:
        return None
    if match[2] is None:
        value = int(match[1]) * scale
        return value if value < _TOO_GREAT else None
    from fractions import Fraction  # noqa: PLC0415 - most numbers are whole

    exact = Fraction(match[1] + match[2]) * scale
    return int(exact) if exact.denominator == 1 and exact < _TOO_GREAT else None
