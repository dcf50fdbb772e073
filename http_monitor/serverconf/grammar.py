"""Determines by its grammar which server a configuration is for, whatever the names of its directives."""

import re
from collections.abc import Callable

from http_monitor.serverconf.directives import logical_lines
from http_monitor.serverconf.statements import SyntaxFault, statements

_SECTION = re.compile(r"</?[A-Za-z]")


def is_nginx(text: str, check: Callable[[], None] = lambda: None) -> bool:
    """Return whether a configuration is for nginx, instead of Apache.

    An nginx configuration consists of statements that end with a semicolon or are blocks in braces; an Apache
    configuration of lines, and sections with tags. A text that is neither as a whole is judged by most of its lines.

    Args:
        text: The configuration.
        check: Called at each statement; what it raises ends the search.
    """
    has_any = False
    try:
        for _ in statements(text):
            check()
            has_any = True
        if has_any:
            return not _has_sections(text)
    except SyntaxFault:
        pass
    if _has_sections(text):
        return False
    ends = [line.text.partition(" #")[0].rstrip()[-1:] for line in logical_lines(text)]
    return 2 * sum(end in (";", "{", "}") for end in ends) > len(ends)


def _has_sections(text: str) -> bool:
    return any(_SECTION.match(line.text) for line in logical_lines(text))
