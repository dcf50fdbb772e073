"""stern with ``--all-namespaces``: the namespace stands before pod and container."""

from http_monitor.unwrap.programs.stern import WITH_NAMESPACE

KIND = WITH_NAMESPACE
