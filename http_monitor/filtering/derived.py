"""Dimensions that are derived from a column, once for each distinct value."""

from collections.abc import Callable, Mapping

from http_monitor.addresses import network_name

Derive = Callable[[bytes], bytes | None]
"""Derives a value from another; None if there is none."""
_SCHEMES = (b"http://", b"https://")


def referer_host(referer: bytes) -> bytes | None:
    """Return the host of a referer in lower case, without user and port; None if it is no URL with a host."""
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
"""Derivations by dimension; a caller that can classify agents adds ``agent_family``."""
