"""Where a field stands in a text format: what its bytes may be."""

from dataclasses import dataclass
from typing import Literal

from http_monitor.parser.field import Field

Kind = Literal["any", "word", "query", "typed"]
"""``any``: whatever does not end it; ``word``: no space and no tab either; ``query``: nothing, or ``?`` and any;
``typed``: what its expression says."""

ITEM = "{item}"
"""In an expression: a byte that neither ends the field nor separates the items of a list."""

_BETWEEN = "(?:, | : )"
_SECONDS = r"[0-9]+\.[0-9]{3}"


def list_of(item: str) -> str:
    """Return the expression of what nginx logs for several upstream servers: items between ``, `` and `` : ``."""
    return f"{item}(?:{_BETWEEN}{item})*"


STATUS = "[1-9][0-9]{2}"
DIGITS = "[0-9]+"
NUMBER = "(?:-|[0-9]+)"
SECONDS = _SECONDS
"""Seconds as nginx writes them: with three decimals, never more or fewer."""
CLF_BRACKETED = r"\[[^\]]{1,30}\]"
CLF_BARE = r"[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8} [+-][0-9]{4}"
DAY, TIME_OF_DAY, ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}", "[+-][0-9]{2}:?[0-9]{2}"
EPOCH = r"[0-9]+(?:\.[0-9]+)?"
LIST = list_of(f"{ITEM}+")
LIST_OF_NUMBERS = list_of(NUMBER)
LIST_OF_SECONDS = list_of(f"(?:-|{_SECONDS})")


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


def slot_of(field: Field) -> Slot:
    """Return a field in the place that its role and its writing suggest."""
    if field.role == "time" and field.writing in ("clf", "plain"):
        return Slot(field, "typed", CLF_BARE, width=26)
    if field.role == "status":
        return Slot(field, "typed", STATUS, width=3)
    if field.role in ("size", "bytes_in", "port"):
        return Slot(field, "typed", NUMBER)
    return Slot(field, "word" if field.role == "host" else "any")
