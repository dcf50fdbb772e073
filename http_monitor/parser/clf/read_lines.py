"""Reads lines of the Common Log Format family one by one."""

from collections.abc import Iterable

from http_monitor.parser.clf.line import parse_line
from http_monitor.parser.clf.variants import Shape
from http_monitor.parser.lines.account import Account
from http_monitor.parser.lines.misfit import Misfit


def read_lines(numbered: Iterable[tuple[int, bytes]], shape: Shape) -> Account:
    """Read lines of the family one by one.

    Args:
        numbered: (index, line without its LF), ascending.
        shape: The format of the lines.
    """
    account = Account(shape.limit)
    for index, raw in numbered:
        if not account.is_candidate(index, raw):
            continue
        read = parse_line(raw.removesuffix(b"\r"), shape)
        if isinstance(read, Misfit):
            account.note_malformed(index, raw)
        else:
            account.entries.append(read)
            account.line.append(index)
    return account
