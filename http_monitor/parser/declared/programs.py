"""Recognises which program a format string is for, by its directive or else its placeholders."""

from collections.abc import Callable, Mapping
from typing import Protocol

from http_monitor.parser.declared import caddy, envoy, goaccess, gunicorn, haproxy, morgan, nginx, squid, uwsgi
from http_monitor.parser.declared.pasted import Pasted, Program
from http_monitor.parser.template.template import Template


class _Templating(Protocol):
    def __call__(self, text: str, *, untimed: bool = False) -> Template: ...


_TESTS: tuple[tuple[Program, Callable[[str], bool]], ...] = (
    ("uwsgi", uwsgi.is_uwsgi),
    ("gunicorn", gunicorn.is_gunicorn),
    ("envoy", envoy.is_envoy),
    ("caddy", caddy.is_caddy),
    ("nginx", nginx.names_variables),
    ("morgan", morgan.is_morgan),
    ("haproxy", haproxy.is_haproxy),
    ("squid", squid.is_squid),
    ("goaccess", goaccess.is_goaccess),
    ("apache", lambda text: "%" in text),
)
"""In this order: Apache's directives have single letters, so those of all others might be some of its own."""
_TEMPLATES: Mapping[Program, _Templating] = {
    "uwsgi": uwsgi.uwsgi_template,
    "caddy": caddy.caddy_template,
    "gunicorn": gunicorn.gunicorn_template,
    "envoy": envoy.envoy_template,
    "morgan": morgan.morgan_template,
    "haproxy": haproxy.haproxy_template,
    "squid": squid.squid_template,
    "goaccess": goaccess.goaccess_template,
}


def program_of(given: Pasted) -> Program | None:
    """Return the program that a string is for; None for text without placeholders."""
    return given.program or next((program for program, test in _TESTS if test(given.text)), None)


def template_of(program: Program, text: str, *, untimed: bool = False) -> Template:
    """Return the template of a format string of a program other than Apache and nginx.

    Args:
        program: The program that defines the string.
        text: The string.
        untimed: Its lines may have no time.

    Raises:
        UsageError: it cannot be read, or lacks a field that counting needs.
    """
    return _TEMPLATES[program](text, untimed=untimed)
