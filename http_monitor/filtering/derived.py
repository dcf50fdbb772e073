"""Dimensions that are worked out of a column, once for each distinct value of it."""

from collections.abc import Callable, Mapping

from http_monitor.addresses import network_name

Derive = Callable[[bytes], bytes | None]
"""Makes a value of another; None where there is none."""
_SCHEMES = (b"http://", b"https://")


def referer_host(referer: bytes) -> bytes | None:
    """Return the host of a referer in lower case, without user and port; None for what is no URL with a host."""
    low = referer[:4_096].lower()
    scheme = next((scheme for scheme in _SCHEMES if low.startswith(scheme)), None)
    if scheme is None:
        return None
    authority = low[len(scheme) :]
    for end in (b"/", b"?", b"#"):
        authority = authority.partition(end)[0]
    host = authority.rpartition(b"@")[2]
    if host.startswith(b"["):
        return host[: host.find(b"]") + 1] or None
    return host.partition(b":")[0] or None


DERIVATIONS: Mapping[str, Derive] = {"network": network_name, "referer_host": referer_host}
"""By dimension; who can classify agents adds ``agent_family``."""
