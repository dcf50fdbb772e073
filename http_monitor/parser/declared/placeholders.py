"""Makes templates of format strings from tables of their placeholders."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.fields.strptime import expression_of, is_whole, name_parts
from http_monitor.parser.template.slot import NUMBER, STATUS_OR_NONE, Slot, client_slot, request_slot
from http_monitor.parser.template.template import Given, Template
from http_monitor.units import visible_text

MAX_FIELDS = 256
"""Maximum number of placeholders in a format string; no server's has more."""
MAX_CHARS = 32 << 10
"""Maximum length of a format string."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The meaning of a placeholder."""

    role: Role | None = None
    writing: Writing = "plain"
    looks: str = ""
    """Regular expression of its text, if it has its own."""
    width: int = 0
    rank: int = 0
    """Of several placeholders with one role, the one of least rank is used."""
    pattern: str = ""
    """A strftime pattern, for role ``moment``."""


NOTHING = Meant()
"""A placeholder that provides nothing that is counted."""


def check_size(text: str) -> None:
    """Raise UsageError if a format string is too long."""
    if len(text) > MAX_CHARS:
        raise UsageError(f"--format: got {len(text):,} characters, takes at most {MAX_CHARS:,}")


def check_count(count: int) -> None:
    """Raise UsageError if a format string has too many placeholders."""
    if count > MAX_FIELDS:
        raise UsageError(f"--format: got {count:,} fields, takes at most {MAX_FIELDS}")


def slot_for(name: str, meant: Meant, *, role: Role | None, quoted: bool, empty: bool) -> Slot:
    """Return the slot of a placeholder.

    Args:
        name: The placeholder as written.
        meant: Its meaning.
        role: The role it provides in this string; None if another one does.
        quoted: It stands in quotes.
        empty: It may be empty, since what follows it shows that.
    """
    field = Field(name, role, meant.writing, pattern=meant.pattern)
    if meant.looks:
        return Slot(field, "typed", meant.looks, meant.width)
    if meant.role == "status":
        return Slot(field, "typed", STATUS_OR_NONE)
    if meant.role in ("size", "bytes_in", "port"):
        return Slot(field, "typed", NUMBER)
    if role == "host":
        return client_slot(field, quoted=quoted) if meant.writing == "addresses" else Slot(field, "word")
    if role == "request":
        return request_slot(field, quoted=quoted)
    return Slot(field, "any", empty=empty)


def choose_roles(meants: Sequence[Meant]) -> list[Role | None]:
    """Return the role that each placeholder provides: of those with one role, only the one of least rank."""
    best: dict[Role, int] = {}
    for index, meant in enumerate(meants):
        if meant.role is None:
            continue
        other = best.get(meant.role)
        if other is None or meant.rank < meants[other].rank:
            best[meant.role] = index
    return [meant.role if meant.role and best[meant.role] == index else None for index, meant in enumerate(meants)]


def parts_of(pieces: Sequence[tuple[str, Meant | None]]) -> list[bytes | Slot]:
    """Return the parts of a string.

    Args:
        pieces: Its literals (with None) and placeholders, in order.
    """
    meants = [meant for _, meant in pieces if meant is not None]
    check_count(len(meants))
    roles = iter(choose_roles(meants))
    parts: list[bytes | Slot] = []
    quoted = False
    for index, (text, meant) in enumerate(pieces):
        if meant is None:
            parts.append(text.encode("utf-8", "surrogateescape"))
            quoted ^= text.count('"') % 2 == 1
            continue
        following = pieces[index + 1][0][:1] if index + 1 < len(pieces) and pieces[index + 1][1] is None else ""
        parts.append(slot_for(text, meant, role=next(roles), quoted=quoted, empty=following not in ("", " ", "\t")))
    return join_requests([part for part in parts if part != b""])


def join_requests(parts: Sequence[bytes | Slot]) -> list[bytes | Slot]:
    """Return the parts with ``"METHOD TARGET PROTOCOL"`` as one request, which may be invalid."""
    joined: list[bytes | Slot] = []
    for part in parts:
        joined.append(part)
        if len(joined) < 7:
            continue
        before, method, gap, target, other, protocol, behind = joined[-7:]
        if (
            isinstance(before, bytes)
            and before.endswith(b'"')
            and isinstance(method, Slot)
            and method.field.role == "method"
            and gap == b" "
            and isinstance(target, Slot)
            and target.field.role in ("target", "path")
            and other in (b" ", b" HTTP/")
            and isinstance(protocol, Slot)
            and protocol.field.role == "protocol"
            and isinstance(behind, bytes)
            and behind.startswith(b'"')
        ):
            name = f"{method.field.name} {target.field.name} {protocol.field.name}"
            joined[-6:] = [Slot(Field(name, "request"), "any"), behind]
    return joined


def make_template(
    parts: Sequence[Given], noun: str, needed: dict[Role, str], *, exact: bool = False, untimed: bool = False
) -> Template:
    """Return a template that has the fields required for counting.

    Args:
        parts: The parts of the string, in their order.
        noun: The word for such a string.
        needed: The names of host, status and time in such a string.
        exact: Whether there is only one way to write a line.
        untimed: Whether it may lack a time, because that is around its lines.

    Raises:
        UsageError: it has no fields, or lacks a needed one.
    """
    template = Template(parts, noun, exact=exact)
    for role, placeholder in needed.items():
        if not (gives_time(template) or untimed if role == "time" else template.gives(role)):
            raise describe_lack(noun, placeholder, needed)
    return template


def describe_lack(noun: str, placeholder: str, needed: dict[Role, str]) -> UsageError:
    """Return the error for a string without one of the placeholders that it needs."""
    return UsageError(f"--format: got {noun} without {placeholder}, takes one with {', '.join(needed.values())}")


def gives_time(template: Template) -> bool:
    """Return whether a line has a time, in whatever notation."""
    whole = template.gives("time") or template.gives("moment")
    return whole or (template.gives("date") and template.gives("clock"))


def meaning_of_time(pattern: str) -> Meant | None:
    """Return the meaning of a time with a strftime pattern; None if the pattern is not a whole time."""
    parts = name_parts(pattern)
    if parts is None or not is_whole(parts):
        return None
    return Meant("moment", "strftime", expression_of(pattern), pattern=pattern)


def unknown_placeholder(noun: str, text: str, takes: str) -> UsageError:
    """Return the error for text that is not a placeholder."""
    return UsageError(f"--format: got {visible_text(text[:20])} in {noun}, takes {takes}")
