"""``kubectl logs --prefix``: pod and container in brackets, followed by a time with ``--timestamps``.

Also kubetail's ``[pod container]`` and kail's ``namespace/pod[container]:``, with and without colours.

https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/, https://github.com/johanhaleby/kubetail
https://github.com/boz/kail
"""

from http_monitor.unwrap.patterns import COLOUR
from http_monitor.unwrap.programs.docker import TIME
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_COLOURS = rf"(?:{COLOUR})*"
_WORD = r"[a-z0-9][a-z0-9.-]{0,252}+"
_POD = front(
    rf"{_COLOURS}\[pod/(?P<source>[^/\] \"]{{1,253}}+)/(?P<origin>[^/\] \"]{{1,253}}+)\]{_COLOURS} ",
    rf"{_COLOURS}\[(?P<source>{_WORD}) (?P<origin>{_WORD})\]{_COLOURS} ",
    rf"{_COLOURS}{_WORD}/(?P<source>{_WORD})\[(?P<origin>{_WORD})\]{_COLOURS}:{_COLOURS} ",
)

KIND = Kind("kubectl", "pod and container in front of each line", (_POD,), behind=TIME)
