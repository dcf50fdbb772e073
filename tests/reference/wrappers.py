"""What stands around lines, read the slow way: one line at a time, one word after the other, JSON byte by byte."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.reference.platform_prefixes import (
    awslogs,
    compose,
    cri,
    digitalocean,
    docker,
    fastly,
    fly,
    heroku,
    kubectl,
    logcli,
    logentries,
    stern_of,
)
from tests.reference.syslog import journald, syslog
from tests.reference.wrapper_texts import Inside, Read
from tests.reference.wrapping_objects import KEYS, cloudwatch_lines, journal_bytes, loki_lines, many_lines, otlp_lines

WRAPPERS: dict[str, Read] = {
    "cri": cri,
    "docker_json": KEYS["docker_json"].read,
    "journald_json": many_lines(journal_bytes, b'"MESSAGE"', KEYS["journald_json"]),
    "loki": many_lines(loki_lines, b'"values"', KEYS["loki"]),
    "otlp": many_lines(otlp_lines, b'"resourceLogs"'),
    "filebeat": KEYS["filebeat"].read,
    "gcloud": KEYS["gcloud"].read,
    "fluentd": many_lines(cloudwatch_lines, b'"logEvents"', KEYS["fluentd"]),
    "kubectl": kubectl,
    "compose": compose,
    "fly": fly,
    "heroku": heroku,
    "fastly": fastly,
    "logentries": logentries,
    "syslog": syslog,
    "journald": journald,
    "logcli": logcli,
    "awslogs": awslogs,
    "docker": docker,
    "digitalocean": digitalocean,
    "stern_namespaces": stern_of(3),
    "stern": stern_of(2),
}


def read_wrapped(name: str, lines: Sequence[bytes], limit: int) -> tuple[list[Inside], dict[bytes, Inside]]:
    """Return the lines inside some lines, and the parts of lines whose rest has not come."""
    inside: list[Inside] = []
    begun: dict[bytes, Inside] = {}
    for line in lines:
        found = None if len(line) > limit else WRAPPERS[name](line)
        for each in found or [Inside(line)]:
            if each.part is None:
                inside.append(each)
                continue
            first = begun.get(each.part, replace(each, text=b""))
            whole = replace(each, text=(first.text + each.text)[: limit + 1], time=first.time)
            if each.more:
                begun[each.part] = whole
            else:
                begun.pop(each.part, None)
                inside.append(whole)
            while sum(map(_room, begun.values())) > 2 * (limit + 1_024):
                oldest = begun.pop(next(iter(begun)))
                inside.append(replace(oldest, source=None, origin=oldest.part))
    return inside, begun


def _room(line: Inside) -> int:
    """Return for how many bytes a line in parts counts."""
    return 256 + len(line.part or b"") + len(line.text) + len(line.time or b"")


def judged(name: str, lines: Sequence[bytes], limit: int, fits: Callable[[bytes], bool]) -> list[str]:
    """Return for each line inside what it counts as: ``hit``, ``other``, ``malformed`` or, a blank one, nothing.

    Args:
        name: Of the wrapper.
        lines: Without their LF.
        limit: The longest.
        fits: Tells whether a text fits the format of what is inside.
    """
    inside, _ = read_wrapped(name, lines, limit)
    kinds = [(each, "hit" if fits(each.text) else "") for each in inside if len(each.text) > limit or each.text.strip()]
    first = next((at for at, (each, kind) in enumerate(kinds) if kind and each.origin is not None), None)
    # The first lines are judged together, if one of the first hundred fits.
    first_lines, _ = read_wrapped(name, lines[:100], limit)
    opening = next((each for each in first_lines if fits(each.text)), None)
    together = opening is not None and opening.origin is not None
    fitting: set[bytes | None] = set()
    if first is not None and together:
        fitting.add(kinds[first][0].origin)
    counted = []
    for at, (each, kind) in enumerate(kinds):
        if kind:
            fitting.add(each.origin)
        is_known = together or (first is not None and at >= first)
        is_stranger = is_known and each.origin is not None and each.origin not in fitting and len(each.text) <= limit
        counted.append(kind or ("other" if is_stranger else "malformed"))
    return counted
