"""Shortens a key to the part of it that tells most."""

import re

from http_monitor.display.columns import clip, columns, shorten

_MAX_CHARS = 512
"""Of an agent that is searched for the name of a program."""
_COMMENT = re.compile(r"\([^()]*\)")
_NAMED = re.compile(r"\(compatible; ([^;()]+)")
_GENERAL = ("Mozilla/", "AppleWebKit/", "Gecko/", "Version/", "Mobile", "Safari/")
"""Products that agents of many programs name."""


def shorten_telling(dimension: str, text: str, limit: int, ellipsis: str) -> str:
    """Return a key in at most `limit` columns, with the ellipsis for what is left out.

    Of a path, or a host, begin and end tell: the section and what is asked for in it. Of an agent it is the program: a
    browser's is among its last products, a robot's behind ``compatible``, all others begin with it.
    """
    if dimension != "agent" or (columns(text) <= limit and len(text) <= 2 * limit):
        return shorten(text, limit, ellipsis)
    name = _program(text[:_MAX_CHARS])
    before = ellipsis if not text.startswith(name) else ""
    room = max(0, limit - columns(before + ellipsis))
    if text.endswith(name) and before and columns(before + name) <= limit:
        return before + name
    return before + clip(name[:limit], room) + ellipsis


def _program(agent: str) -> str:
    """Return the part of an agent that names the program, up to its end or that of the agent."""
    if not agent.startswith("Mozilla/"):
        return agent
    named = _NAMED.search(agent)
    if named is not None:
        return named[1]
    products = _COMMENT.sub(" ", agent).split()
    telling = [product for product in products if not product.startswith(_GENERAL)]
    # Safari itself names nothing but what others name too.
    return telling[-1] if telling else products[-1]
