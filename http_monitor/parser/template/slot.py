"""The slot of a field in a text format: which bytes it may contain."""

from dataclasses import dataclass
from typing import Literal

from http_monitor.parser.fields.field import Field

Kind = Literal["any", "word", "query", "typed", "last", "until", "quoted", "loose", "doubled"]
"""``any``: ends before what follows; ``word``: also contains no space or tab; ``query``: empty, or ``?`` and any;
``typed``: matches an expression.

Only in exact templates: ``last``: a word that ends at the last, not the first of the bytes that end it; ``until``:
ends before the first of its ends, or at the end of the line.

Three have quotes of their own: ``quoted``: a backslash escapes the next byte; ``loose``: nothing is escaped, so it
ends at a quote before a space; ``doubled``: a quote in it is doubled. Each of the first two may be replaced by a dash
without quotes."""

OWN_QUOTES: tuple[Kind, ...] = ("quoted", "loose", "doubled")
"""The kinds whose text has quotes of its own."""

ITEM = "{item}"
"""Placeholder in an expression: a byte that neither ends the field nor separates the items of a list."""

_BETWEEN = "(?:, | : )"
_SECONDS = r"[0-9]+\.[0-9]{3}"


def list_of(item: str) -> str:
    """Return the expression of nginx's lists for several upstream servers: items separated by ``, `` and `` : ``."""
    return f"{item}(?:{_BETWEEN}{item})*"


STATUS = "[1-9][0-9]{2}"
STATUS_OR_NONE = f"(?:{STATUS}|000|0|-1|-)"
"""A status, or what servers write for a request that ended without one."""
DIGITS = "[0-9]+"
SIGNED = "-?[0-9]+"
NUMBER = "(?:-|[0-9]+)"
SECONDS = _SECONDS
"""Seconds as nginx writes them: always with three decimals."""
CLF_BRACKETED = r"\[[^\]]{1,30}\]"
CLF_BARE = r"[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8} (?:[+-][0-9]{4}|UTC|GMT|Z)"
CLF_LOCAL = r"[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}\.[0-9]{3}"
"""A time without a zone, with milliseconds, as HAProxy writes it; 24 bytes."""
CLF_WITHOUT_ZONE = "[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}"
CLF_SPACED = "[0-9]{2}/[A-Za-z]{3}/[0-9]{4} [0-9:]{8}"
"""A time without a zone, as Python servers write it; 20 bytes."""
DAY, TIME_OF_DAY, ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}", "[+-][0-9]{2}:?[0-9]{2}"
ISO_UTC = f"{DAY}T[0-9:.]+Z"
ISO_ZONED = rf"{DAY}T{TIME_OF_DAY}(?:\.[0-9]{{1,9}})?(?:Z|{ZONE})"
ISO_SPACED = f"{DAY} {TIME_OF_DAY} [+-][0-9]{{4}}"
"""With spaces instead of the T and before the zone, as Python writes it; 25 bytes."""
EPOCH = r"[0-9]+(?:\.[0-9]+)?"
EPOCH_WITH_MS = r"[0-9]{9,11}\.[0-9]{3}"
NAME = r"[^ \t]*[^ \t0-9][^ \t]*"
"""A word that is not a number."""
LIST = list_of(f"{ITEM}+")
LIST_OF_NUMBERS = list_of(NUMBER)
LIST_OF_SECONDS = list_of(f"(?:-|{_SECONDS})")
ELSE_ANYTHING = "|.+?"
"""Alternative of an expression that matches as little as possible, if a line lacks what was expected."""
ADDRESSES = f"(?:{ITEM}+(?:, *{ITEM}+)*{ELSE_ANYTHING})"
"""A list of addresses without quotes."""
REQUEST = f"(?:[^ ]+ .+? HTTP/[0-9]+(?:[.][0-9]+)?{ELSE_ANYTHING})"
"""A request without quotes."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field, and the bytes it may contain in a line."""

    field: Field
    kind: Kind = "any"
    looks: str = ""
    """For kind ``typed``: a regular expression for both RE2 and Python, without capturing groups."""
    width: int = 0
    """For kind ``typed``: usual length in bytes, so that the field is found without a search; 0: any length."""
    empty: bool = False
    """It may be empty without quotes."""
    begins: bytes = b""
    """The byte it always begins with; a field directly before it ends there."""
    ends: tuple[bytes, ...] = ()
    """For kind ``until``: what may follow it. For kind ``typed``: what follows it and never occurs in it."""
    then: str = ""
    """For kind ``until``: an expression for what must follow it, one of its ends and whatever distinguishes it; it must
    match wherever the following parts match. If nothing in the field is escaped, it ends at the first such place, not
    at the first of its ends."""


def slot_of(field: Field) -> Slot:
    """Return a slot that suits the field's role and notation."""
    if field.role == "time" and field.writing in ("clf", "plain"):
        return Slot(field, "typed", CLF_BARE, width=26)
    if field.role == "status":
        return Slot(field, "typed", STATUS_OR_NONE, width=3)
    if field.role in ("size", "bytes_in", "port"):
        return Slot(field, "typed", NUMBER)
    return Slot(field, "word" if field.role == "host" else "any")


def client_slot(field: Field, *, quoted: bool) -> Slot:
    """Return a slot for a list of addresses, which contains spaces."""
    return Slot(field) if quoted else Slot(field, "typed", ADDRESSES)


def request_slot(field: Field, *, quoted: bool) -> Slot:
    """Return a slot for a request, which contains spaces."""
    return Slot(field) if quoted else Slot(field, "typed", REQUEST)
