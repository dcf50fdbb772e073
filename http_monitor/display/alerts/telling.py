"""Shortens a key to its most informative part."""

import re

from http_monitor.display.columns import clip, columns, shorten

_MAX_CHARS = 512
"""The part of an agent that is searched for the name of a program."""
_COMMENT = re.compile(r"\([^()]*\)")
_NAMED = re.compile(r"\(compatible; ([^;()]+)")
_GENERAL = ("Mozilla/", "AppleWebKit/", "Gecko/", "Version/", "Mobile", "Safari/")
"""Products that the agents of many programs contain."""


def shorten_telling(dimension: str, text: str, limit: int, ellipsis: str) -> str:
    """Return a key in at most `limit` columns, with an ellipsis for the omitted part.

    Of a path or a host, the beginning and the end are kept: the section, and what is requested in it. Of an agent, the
    program is kept: a browser is among the last products, a robot follows ``compatible``, others come first.
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
    # Safari itself has no product that others lack.
    return telling[-1] if telling else products[-1]
