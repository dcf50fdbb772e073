"""The key that distinguishes failing endpoints."""

from typing import Any

from http_monitor.codec import integer, key_of, text_of

EndpointKey = tuple[int, bytes | None, bytes | None]
"""(status, method, endpoint)."""


def save_endpoint(key: EndpointKey) -> list[Any]:
    """Return a key as JSON."""
    status, method, path = key
    return [status, None if method is None else text_of(method), None if path is None else text_of(path)]


def load_endpoint(status: Any, method: Any, path: Any) -> EndpointKey:
    """Return a saved key. Raises TypeError or ValueError for anything else."""
    return (
        integer(status, 500, 599),
        None if method is None else key_of(method),
        None if path is None else key_of(path),
    )


def rank_endpoint(key: EndpointKey) -> tuple[object, ...]:
    """Return a sort key: by endpoint, method and status; no two keys have the same one."""
    status, method, path = key
    return path or b"", method or b"", status, path is None, method is None
