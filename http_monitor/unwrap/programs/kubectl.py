"""``kubectl logs --prefix``: pod and container in brackets, followed by a time with ``--timestamps``.

https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/
"""

from http_monitor.unwrap.programs.docker import TIME
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_POD = front(r"\[pod/(?P<source>[^/\] \"]{1,253}+)/(?P<origin>[^/\] \"]{1,253}+)\] ", begins=(b"[pod/",))

KIND = Kind("kubectl", "pod and container in front of each line", (_POD,), behind=TIME)
