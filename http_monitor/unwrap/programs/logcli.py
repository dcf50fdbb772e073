"""``logcli query``: time, labels in braces and line, optionally coloured; the labels are padded to one width.

https://grafana.com/docs/loki/latest/query/logcli/
"""

import re

from http_monitor.unwrap.patterns import COLOUR, RFC3339
from http_monitor.unwrap.programs.loki import LABELS, ORIGINS
from http_monitor.unwrap.stage import Stage, Taken, mask_digits
from http_monitor.unwrap.wrapping import Kind

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_LABELS = rf'(?P<labels>\{{(?:[^"}}]*+{_STRING})*+[^"}}]*+\}})'
_FRONTS = tuple(
    re.compile(pattern.encode(), re.DOTALL)
    for pattern in (
        rf"(?P<time>{RFC3339}) {_LABELS} ++",
        rf"{COLOUR}(?P<time>{RFC3339}){COLOUR} {COLOUR}{_LABELS} *+{COLOUR} ++",
    )
)
# A string without a name is skipped as a whole, so that nothing in it is taken for a label.
_LABEL = re.compile(rf"(?:([A-Za-z_][A-Za-z0-9_]*+)=)?{_STRING}".encode(), re.DOTALL)


def _take(line: bytes) -> Taken | None:
    match = next(filter(None, (front.match(line) for front in _FRONTS)), None)
    if match is None:
        return None
    named = {
        label[1].decode(): (label.end(1) + 2, label.end() - 1)
        for label in _LABEL.finditer(line, *match.span("labels"))
        if label[1] and label.end() - label.end(1) > 3
    }
    source = next((named[name] for name in LABELS if name in named), (0, 0))
    origin = b"\0".join(mask_digits(line[slice(*named[name])]) for name in ORIGINS if name in named)
    return Taken(match.end(), len(line), source, origin, time=match.span("time"))


KIND = Kind("logcli", "a time and labels in front of each line", (Stage(_take, blanks=True),))
