"""Tells by its grammar whose configuration a text is, whatever its directives are called."""

import re

from http_monitor.serverconf.directives import logical_lines
from http_monitor.serverconf.statements import SyntaxFault, statements

_SECTION = re.compile(r"</?[A-Za-z]")


def is_nginx(text: str) -> bool:
    """Return whether a configuration is one of nginx, else one of Apache.

    One of nginx is statements that end with a semicolon or are blocks in braces; of Apache, whose lines are
    directives, sections begin and end with tags. What is neither as a whole is what most of its lines are.
    """
    try:
        found = next(iter([*statements(text)]), None)
        if found is not None:
            return not _has_sections(text)
    except SyntaxFault:
        pass
    if _has_sections(text):
        return False
    ends = [line.text.partition(" #")[0].rstrip()[-1:] for line in logical_lines(text)]
    return 2 * sum(end in (";", "{", "}") for end in ends) > len(ends)


def _has_sections(text: str) -> bool:
    return any(_SECTION.match(line.text) for line in logical_lines(text))
