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

_ONLY_FILES = ("--via", "--reader", "--rotate-grace", "--state-dir", "--from-start")
"""What only files can have."""
_MOST_PERCENT = 100.0


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
    rate = given.get("--alert-error-rate")
    if isinstance(rate, float) and rate > _MOST_PERCENT:
        raise UsageError(f"--alert-error-rate: got {rate:g}, takes a share of at most 100 %, which never raises")
    if given.get("--file") == ("-",):
        for flag in _ONLY_FILES:
            if flag in given:
                raise UsageError(f"{flag}: got it together with --file -, which is no file")
    if "--via" in given and given.get("--reader") == "direct":
        raise UsageError("--reader: got direct together with --via, which reads by commands")
