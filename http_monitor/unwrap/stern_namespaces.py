"""stern with ``--all-namespaces``: the namespace stands before pod and container."""

from http_monitor.unwrap.stern import WITH_NAMESPACE

KIND = WITH_NAMESPACE
