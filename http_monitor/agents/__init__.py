"""What a user agent is: its families, and whether a person, a bot or a library sent it.

Importing it brings ua-parser along, so a run imports it when it has the first agent.
"""

from http_monitor.agents.classify import classify, is_bot

__all__ = ["classify", "is_bot"]
