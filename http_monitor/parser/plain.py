"""Knows the most usual lines of the Common Log Format family at first sight."""

import re

_FIELD = rb"[0-9A-Za-z.:@_-]+ "
_QUOTED = rb'"[^"\\\x00-\x1f]*"'
_UP_TO_TIME = _FIELD * 3 + rb"\[[0-9A-Za-z/:+ -]{26}\] "
_BEHIND = rb"(?: " + _QUOTED + rb" " + _QUOTED + rb")?\n"
_PLAIN = re.compile(rb"(?:" + _UP_TO_TIME + _QUOTED + rb" [0-9]{3} (?:[0-9]+|-)" + _BEHIND + rb")*+")


def is_plain(lines: bytes) -> bool:
    """Tell whether all of some whole lines are common or combined, written as most servers write them.

    Such a line is of no other preset that can be found out by its lines: each of those asks for something in front, in
    between or behind.
    """
    return _PLAIN.fullmatch(lines) is not None
