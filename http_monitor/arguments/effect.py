"""Refuses options that nothing would come of beside the others that were given."""

from collections.abc import Mapping

from http_monitor.errors import UsageError

_ONLY_WITH: tuple[tuple[str, str, str], ...] = (
    ("--threads", "--replay", "which alone reads ahead in a thread"),
    ("--traffic-rate", "--give-me-traffic", "which alone simulates"),
    ("--traffic-scenario", "--give-me-traffic", "which alone simulates"),
    ("--traffic-append", "--give-me-traffic", "which alone simulates"),
    ("--seed", "--give-me-traffic", "which alone simulates"),
)
_NOT_WITH: tuple[tuple[str, str, str], ...] = (
    ("--from-start", "--replay", "which reads everything, and does not follow"),
    ("--state-dir", "--replay", "which keeps no checkpoint"),
    ("--rotate-grace", "--replay", "which does not follow"),
    ("--state-dir", "--no-state", "which keeps no checkpoint"),
    ("--state-dir", "--give-me-traffic", "which keeps no checkpoint"),
    ("--filter", "--explain", "which explains the lines that do not count too"),
    ("--exclude-host", "--explain", "which explains the lines that do not count too"),
    ("--ignore-bots", "--explain", "which explains the lines that do not count too"),
    ("--trust-proxy", "--explain", "which shows what the log says"),
)


def check_effect(given: Mapping[str, object]) -> None:
    """See that each option has an effect beside the others.

    Args:
        given: The value of each option that was given, by its first flag.

    Raises:
        UsageError: one has none.
    """
    for flag, other, reason in _ONLY_WITH:
        if flag in given and other not in given:
            raise UsageError(f"{flag}: got it without {other}, {reason}")
    for flag, other, reason in _NOT_WITH:
        if flag in given and other in given:
            raise UsageError(f"{flag}: got it together with {other}, {reason}")
    if "--via" in given and given.get("--reader") == "direct":
        raise UsageError("--reader: got direct together with --via, which reads by commands")
