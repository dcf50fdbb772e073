"""Removes the quotes of an nginx directive, as nginx itself does."""

import re

_HEAD = re.compile(r"\s*log_format\s+\S+\s+(?:escape=\w+\s+)?")
_PIECE = re.compile(r"""(?P<gap>\s*)(?P<quote>['"])(?P<inner>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)""", re.DOTALL)
_ESCAPE = re.compile(r"""\\(["'\\trn])""")
_CONTROL = {"t": "\t", "r": "\r", "n": "\n"}


def unquote(text: str) -> str:
    r"""Return the value of a log_format.

    Args:
        text: ``log_format main '…' '…';``, its quoted pieces, or their contents. Pieces are concatenated. Two pieces in
            double quotes on one line are taken for a format that contains quotes itself.
    """
    text, heads = _HEAD.subn("", text, count=1)
    stripped = text.strip().removesuffix(";").rstrip() if heads or text.rstrip().endswith(";") else text.strip()
    pieces = _pieces(stripped, certain=bool(heads))
    whole = "".join(_plain(piece) for piece in pieces) if pieces else _plain(stripped)
    # A blank line between two lines is not part of it.
    return whole.rstrip("\r\n")


def _pieces(text: str, *, certain: bool) -> list[str]:
    """Return the contents of each pair of quotes; empty if there is anything besides quoted pieces."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            return []
        if pieces and match["quote"] == '"' and "\n" not in match["gap"] and not certain:
            return []
        pieces.append(match["inner"])
        at = match.end()
    return pieces


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: _CONTROL.get(match[1], match[1]), text)
