"""The container logs of Kubernetes (CRI): time, stream, a flag for partial lines, text.

https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
"""

import re

from http_monitor.unwrap.patterns import RFC3339, TIME_BEGINS
from http_monitor.unwrap.stage import Stage, Taken
from http_monitor.unwrap.wrapping import Kind

_FRONT = re.compile(b"(" + RFC3339.encode() + rb") (stdout|stderr) ([FP])[^ ]{0,64}+ ")


def _take(line: bytes) -> Taken | None:
    match = _FRONT.match(line)
    if match is None:
        return None
    return Taken(match.end(), len(line), origin=match[2], part=match[2], more=match[3] == b"P", time=match.span(1))


KIND = Kind("cri", "a container runtime's prefix in front of each line", (Stage(_take, TIME_BEGINS),))
