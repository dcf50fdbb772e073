"""Refuses options that have no effect together with other given options."""

from collections.abc import Mapping

from http_monitor.errors import UsageError

_ONLY_STDIN = "--file -"
"""Stands for standard input as the only input."""
# (option, or one with its value; another one; the reason for the message).
_ONLY_WITH: tuple[tuple[str, str, str], ...] = (
    ("--threads", "--replay", "the only option that reads ahead"),
    ("--traffic-rate", "--give-me-traffic", "the only option that simulates"),
    ("--traffic-scenario", "--give-me-traffic", "the only option that simulates"),
    ("--traffic-append", "--give-me-traffic", "the only option that simulates"),
    ("--seed", "--give-me-traffic", "the only option that simulates"),
    ("--recent", "--dashboard", "the only option that holds rows for views"),
    ("--recent-memory", "--dashboard", "the only option that holds rows for views"),
    ("--refresh", "--dashboard", "the only option that draws a screen"),
)
_NOT_WITH: tuple[tuple[str, str, str], ...] = (
    ("--from-start", "--replay", "which reads everything, and does not follow"),
    ("--from-start", "--since", "which says where reading begins"),
    ("--since", "--explain", "which explains lines of any time"),
    ("--until", "--explain", "which explains lines of any time"),
    ("--no-backfill", "--replay", "which does not follow"),
    ("--no-backfill", "--from-start", "which reads the lines that fill the window"),
    ("--no-backfill", "--since", "which reads the lines that fill the window"),
    ("--no-backfill", "--via", "which fills no window"),
    ("--no-backfill", "--reader wc-tail", "which fills no window"),
    ("--no-backfill", "--explain", "which does not follow"),
    ("--no-backfill", _ONLY_STDIN, "which is no file"),
    ("--state-dir", "--replay", "which keeps no checkpoint"),
    ("--rotate-grace", "--replay", "which does not follow"),
    ("--state-dir", "--no-state", "which keeps no checkpoint"),
    ("--state-dir", "--give-me-traffic", "which keeps no checkpoint"),
    ("--exclude-host", "--explain", "which also explains lines that do not count"),
    ("--ignore-bots", "--explain", "which also explains lines that do not count"),
    ("--trust-proxy", "--explain", "which shows the host as logged"),
    ("--threads", "--dashboard", "which reads and counts in turn"),
    ("--dashboard", "--list-formats", "which lists the formats, and stops"),
    ("--view", "--list-formats", "which lists the formats, and stops"),
    ("--via", "--reader direct", "which reads files of this machine itself"),
    ("--via", _ONLY_STDIN, "which is no file"),
    ("--reader", _ONLY_STDIN, "which is no file"),
    ("--rotate-grace", _ONLY_STDIN, "which is no file"),
    ("--state-dir", _ONLY_STDIN, "which is no file"),
    ("--from-start", _ONLY_STDIN, "which is no file"),
)


def check_effect(given: Mapping[str, object]) -> None:
    """Check that each given option has an effect together with the others.

    Args:
        given: The value of each given option, by its first flag.

    Raises:
        UsageError: an option has no effect.
    """
    words = {*given, *(f"{flag} {value}" for flag, value in given.items() if isinstance(value, str))}
    if given.get("--file") == ("-",):
        words.add(_ONLY_STDIN)
    for flag, other, reason in _ONLY_WITH:
        if flag in words and other not in words:
            raise UsageError(f"{flag}: got it without {other}, {reason}")
    for flag, other, reason in _NOT_WITH:
        if flag in words and other in words:
            raise UsageError(f"{flag}: got it together with {other}, {reason}")
