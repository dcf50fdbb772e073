"""The parts that lines of several servers have in common."""

from http_monitor.parser.field import Field, Role, Writing
from http_monitor.parser.slot import DIGITS, NUMBER, STATUS_OR_NONE, Slot
from http_monitor.parser.template import Given, Maybe

Parts = Given | tuple[Given, ...]


def word(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a field that ends before the next space, or with the line."""
    return Slot(Field(name, role, writing), "word")


def quoted(name: str, role: Role | None = None) -> Slot:
    """Return a field in quotes, where a backslash escapes the next byte; or a bare dash."""
    return Slot(Field(name, role), "quoted")


def loose(name: str, role: Role | None = None) -> Slot:
    """Return a field in quotes that itself may hold quotes nobody escaped, but none before a space; or a bare dash."""
    return Slot(Field(name, role), "loose")


def status(name: str) -> Slot:
    """Return a status, or what says that there is none."""
    return Slot(Field(name, "status"), "typed", STATUS_OR_NONE)


def count(name: str, role: Role | None = None) -> Slot:
    """Return a number, or a dash."""
    return Slot(Field(name, role), "typed", NUMBER)


def digits(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a number."""
    return Slot(Field(name, role, writing), "typed", DIGITS)


def client(name: str = "client", port: str = "client_port") -> tuple[Given, ...]:
    """Return an address with its port behind the last colon."""
    return Slot(Field(name, "host"), "last"), b":", digits(port)


def spaced(*parts: Parts) -> tuple[Given, ...]:
    """Return parts with a space between them; what is a tuple stays together."""
    together: list[Given] = []
    for part in parts:
        together += [b" ", *(part if isinstance(part, tuple) else (part,))]
    return tuple(together[1:])


def behind(*parts: Parts) -> Maybe:
    """Return parts that newer servers write behind, each with the space before it; the first that misses ends them."""
    first, *others = parts
    own = first if isinstance(first, tuple) else (first,)
    return Maybe((b" ", *own, *((behind(*others),) if others else ())))
