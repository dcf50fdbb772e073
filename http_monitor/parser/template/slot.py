"""Where a field stands in a text format: what its bytes may be."""

from dataclasses import dataclass
from typing import Literal

from http_monitor.parser.fields.field import Field

Kind = Literal["any", "word", "query", "typed", "last", "until", "quoted", "loose", "doubled"]
"""``any``: whatever does not end it; ``word``: no space and no tab either; ``query``: nothing, or ``?`` and any;
``typed``: what its expression says. Only in exact templates: ``last``: a word, which ends at the last, not at the first
of the bytes that end it; ``until``: whatever stands before the first of its ends, or before the end of the line. Three
have quotes of their own: ``quoted``: a backslash escapes the next byte; ``loose``: nobody escaped what is in it, so it
ends at a quote before a space; ``doubled``: a quote in it is doubled. In the place of the first two there may be a dash
without quotes."""

OWN_QUOTES: tuple[Kind, ...] = ("quoted", "loose", "doubled")
"""The kinds whose text stands between quotes of their own."""

ITEM = "{item}"
"""In an expression: a byte that neither ends the field nor separates the items of a list."""

_BETWEEN = "(?:, | : )"
_SECONDS = r"[0-9]+\.[0-9]{3}"


def list_of(item: str) -> str:
    """Return the expression of what nginx logs for several upstream servers: items between ``, `` and `` : ``."""
    return f"{item}(?:{_BETWEEN}{item})*"


STATUS = "[1-9][0-9]{2}"
STATUS_OR_NONE = f"(?:{STATUS}|000|0|-1|-)"
"""A status, or what servers write where a request ended without one."""
DIGITS = "[0-9]+"
SIGNED = "-?[0-9]+"
NUMBER = "(?:-|[0-9]+)"
SECONDS = _SECONDS
"""Seconds as nginx writes them: with three decimals, never more or fewer."""
CLF_BRACKETED = r"\[[^\]]{1,30}\]"
CLF_BARE = r"[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8} (?:[+-][0-9]{4}|UTC|GMT|Z)"
CLF_LOCAL = r"[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}\.[0-9]{3}"
"""A time without a zone, with milliseconds, as HAProxy writes it; 24 bytes."""
CLF_WITHOUT_ZONE = "[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}"
CLF_SPACED = "[0-9]{2}/[A-Za-z]{3}/[0-9]{4} [0-9:]{8}"
"""A time without a zone, as servers in Python write it; 20 bytes."""
DAY, TIME_OF_DAY, ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}", "[+-][0-9]{2}:?[0-9]{2}"
ISO_UTC = f"{DAY}T[0-9:.]+Z"
ISO_ZONED = rf"{DAY}T{TIME_OF_DAY}(?:\.[0-9]{{1,9}})?(?:Z|{ZONE})"
ISO_SPACED = f"{DAY} {TIME_OF_DAY} [+-][0-9]{{4}}"
"""With spaces in place of the T and in front of the zone, as Python writes it; 25 bytes."""
EPOCH = r"[0-9]+(?:\.[0-9]+)?"
EPOCH_WITH_MS = r"[0-9]{9,11}\.[0-9]{3}"
NAME = r"[^ \t]*[^ \t0-9][^ \t]*"
"""A word that is no number."""
LIST = list_of(f"{ITEM}+")
LIST_OF_NUMBERS = list_of(NUMBER)
LIST_OF_SECONDS = list_of(f"(?:-|{_SECONDS})")
ELSE_ANYTHING = "|.+?"
"""The end of an expression that, where a line has none of what was expected, takes as little as fits."""
ADDRESSES = f"(?:{ITEM}+(?:, *{ITEM}+)*{ELSE_ANYTHING})"
"""A list of addresses outside of quotes."""
REQUEST = f"(?:[^ ]+ .+? HTTP/[0-9]+(?:[.][0-9]+)?{ELSE_ANYTHING})"
"""A request outside of quotes."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field, with what a line may have in its place."""

    field: Field
    kind: Kind = "any"
    looks: str = ""
    """Of a typed one: a regular expression that both RE2 and Python know, without groups that capture."""
    width: int = 0
    """How many bytes a typed one usually has; such a field is found without a search. 0: any number."""
    empty: bool = False
    """It may be empty without standing in quotes."""
    begins: bytes = b""
    """The byte that it begins with, whatever it is; a field right in front of it ends there."""
    ends: tuple[bytes, ...] = ()
    """Of kind ``until``: what may follow it. Of a typed one: what follows it, and never stands in it."""
    then: str = ""
    """Of kind ``until``: an expression for what has to follow it, one of its ends and all that shows that it is its
    end; the parts behind it that fit a line fit this too. Where nobody escapes what is in it, it ends at the first
    such place, not at the first of its ends."""


def slot_of(field: Field) -> Slot:
    """Return a field in the place that its role and its writing suggest."""
    if field.role == "time" and field.writing in ("clf", "plain"):
        return Slot(field, "typed", CLF_BARE, width=26)
    if field.role == "status":
        return Slot(field, "typed", STATUS_OR_NONE, width=3)
    if field.role in ("size", "bytes_in", "port"):
        return Slot(field, "typed", NUMBER)
    return Slot(field, "word" if field.role == "host" else "any")


def client_slot(field: Field, *, quoted: bool) -> Slot:
    """Return the place of a list of addresses, which holds spaces."""
    return Slot(field) if quoted else Slot(field, "typed", ADDRESSES)


def request_slot(field: Field, *, quoted: bool) -> Slot:
    """Return the place of a request, which holds spaces."""
    return Slot(field) if quoted else Slot(field, "typed", REQUEST)
