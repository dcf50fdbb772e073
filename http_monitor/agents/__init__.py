"""Classifies user agents: their families, and whether a person, a bot or a library sent the request.

Importing this package loads ua-parser, so a run imports it for the first agent.
"""

from http_monitor.agents.classify import classify, is_bot

__all__ = ["classify", "is_bot"]
