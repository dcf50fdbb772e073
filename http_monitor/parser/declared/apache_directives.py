"""Splits an Apache LogFormat string into directives and the text between them.

The syntax is that of Apache's mod_log_config: ``%``, then in any order ``<`` or ``>``, a list of statuses that may
be negated with ``!``, and ``{...}``; then a letter, or ``^`` with two letters.
"""

import re
from typing import NamedTuple

from http_monitor.errors import UsageError

_DIRECTIVE = re.compile(r"%((?:[<>!,0-9]|\{[^}]*\})*)(\^[A-Za-z]{2}|[A-Za-z%])")
_PRINTF = re.compile(r"%[-+#0]*[0-9]*\.[0-9]+[a-z]")
_PARAMETER = re.compile(r"\{([^}]*)\}")
_ESCAPES = {r"\"": '"', r"\\": "\\", r"\t": "\t"}


class Directive(NamedTuple):
    """A directive of a LogFormat."""

    text: str
    """The directive as written: ``%>s``, ``%!200{Referer}i``."""
    letter: str
    parameter: str | None
    """The text in braces."""
    conditional: bool
    """Logged only for some statuses; a dash for the others."""
    final: bool
    """It refers to the final request, not the original one (``>``)."""

    @property
    def plain(self) -> str:
        """The directive without its conditions."""
        return f"%{{{self.parameter}}}{self.letter}" if self.parameter else f"%{self.letter}"


def split_logformat(text: str) -> list[str | Directive]:
    r"""Return the literals and directives in order.

    Args:
        text: As in a configuration file, including ``\"`` and ``\t``, or with these already replaced.

    Raises:
        UsageError: a ``%`` does not begin a directive.
    """
    parts: list[str | Directive] = []
    literal, at = "", 0
    text = text.removesuffix("\\n")
    while at < len(text):
        match = _DIRECTIVE.match(text, at)
        if match is None:
            printed = _PRINTF.match(text, at)
            if printed:
                raise UsageError(
                    f"--format: got {printed[0]!r}, which is for printf; takes rack for lines of Rack's"
                    " CommonLogger, else a LogFormat string with %h, %t and %>s"
                )
            if text[at] == "%":
                raise UsageError(
                    f"--format: got {text[at : at + 20]!r} in a LogFormat, takes %h, %{{Referer}}i, %>s, …"
                )
            width = 2 if text[at : at + 2] in _ESCAPES else 1
            literal += _ESCAPES.get(text[at : at + width], text[at])
            at += width
            continue
        at = match.end()
        if match[2] == "%":
            literal += "%"
            continue
        if literal:
            parts.append(literal)
        literal = ""
        parameter = _PARAMETER.search(match[1])
        modifiers = _PARAMETER.sub("", match[1])
        parts.append(
            Directive(
                text=match[0],
                letter=match[2],
                parameter=parameter[1] if parameter else None,
                conditional=any(char.isdigit() for char in modifiers),
                final=">" in modifiers,
            )
        )
    return [*parts, literal] if literal else parts
