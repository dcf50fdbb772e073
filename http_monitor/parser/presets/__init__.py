"""The list of presets: formats that have a name, in the order in which they are tried and shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import import_module

from http_monitor.parser.presets.preset import Preset

_NAMES = (
    "traefik_json",
    "caddy_json",
    "caddy_console",
    "nginx_json",
    "json",
    "cloudfront",
    "iis",
    "aws_alb",
    "aws_elb",
    "aws_s3",
    "gcs",
    "squid",
    "haproxy_http",
    "heroku_router",
    "envoy",
    "istio",
    "uwsgi",
    "gin",
    "tornado",
    "sanic",
    "hypercorn",
    "granian",
    "http_server_node",
    "npmplus",
    "traefik_clf",
    "haproxy_clf",
    "squid_combined",
    "rack",
    "uvicorn",
    "twisted",
    "cherrypy",
    "httpserver",
    "daphne",
    "aiohttp",
    "apisix",
    "nginx_cache_status",
    "nginx_host_inside",
    "combined_iso",
    "ingress_nginx",
    "nginx_upstream_time",
    "nginx_main_timed",
    "nginx_timed_upstream",
    "nginx_timed",
    "nginx_main",
    "vhost_combined",
    "combined",
    "vhost_common",
    "common",
    "gunicorn",
    "mini_httpd",
    "morgan",
    "werkzeug",
    "apache_combined_d",
    "apache_combined_t",
)
"""The stricter a preset is, the earlier it comes: of two that fit equally many lines, the first is chosen."""

_SHOWS: Mapping[str, bytes] = {
    **dict.fromkeys(("traefik_json", "caddy_json", "nginx_json", "json"), b"{"),
    **dict.fromkeys(("envoy", "istio", "hypercorn", "granian", "http_server_node", "npmplus"), b"\n["),
    "caddy_console": b"\t{",
    "gcs": b'","',
    "heroku_router": b" heroku[router]:",
    "uwsgi": b"\n[pid: ",
    "gin": b"\n[GIN] ",
    "tornado": b"\n[",
    "sanic": b"|",
    "haproxy_clf": b'"" ""',
    "twisted": b'\n"',
    "nginx_upstream_time": b"rt=",
}
"""Text that every line of these presets has, after the LF of the previous line: without it, they need not be
imported."""
_NEVER_FOUND = (
    *("uvicorn", "vhost_combined", "combined", "vhost_common", "common", "gunicorn", "mini_httpd", "morgan"),
    *("werkzeug", "apache_combined_d", "apache_combined_t"),
)
"""Presets that must be named, or that are detected as their family."""


TIMELESS = ("uvicorn",)
"""Presets whose lines have no time."""


class _Presets(Mapping[str, Preset]):
    """Imports a preset when it is requested: importing all takes long, and most runs need none."""

    def __getitem__(self, name: str) -> Preset:
        if name not in _NAMES:
            raise KeyError(name)
        preset: Preset = import_module(f"{__name__}.{name}").PRESET
        return preset

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


def presets_for(lines: bytes, *, untimed: bool = False) -> Iterable[Preset]:
    """Yield the presets that some lines may fit, in their order; the others are not even imported.

    Args:
        lines: The lines.
        untimed: Their time may be in a wrapper.
    """
    for name in _NAMES:
        if name in _NEVER_FOUND and not (untimed and name in TIMELESS):
            continue
        if name not in _SHOWS or _SHOWS[name] in b"\n" + lines:
            yield BY_NAME[name]


BY_NAME: Mapping[str, Preset] = _Presets()
"""Each preset by the name a user gives."""

PRESETS: Collection[Preset] = BY_NAME.values()
"""All of them, in their order."""

__all__ = ["BY_NAME", "PRESETS", "TIMELESS", "Preset", "presets_for"]
