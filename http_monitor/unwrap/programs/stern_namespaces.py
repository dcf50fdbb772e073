"""stern with ``--all-namespaces``: namespace, pod and container before each line."""

from http_monitor.unwrap.programs.stern import WITH_NAMESPACE

KIND = WITH_NAMESPACE
