"""The log of HAProxy with ``option httplog``."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import behind, client, digits, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import CLF_LOCAL, SIGNED, Slot
from http_monitor.parser.template.template import Maybe, Template


def _timer(name: str, field: Field | None = None) -> Slot:
    return Slot(field or Field(name), "typed", SIGNED)


_VERSION = "(?:TLS|SSL)v[0-9.]+"
_LAST = (b'} "', b"} TLSv", b"} SSLv", b"} - - ")
"""What may follow the last captured headers."""
_PLUS = Maybe((b"+",))
"""Precedes a value that was incomplete when the line was written (``option logasap``)."""
_TEMPLATE = Template(
    (
        # A syslog prefix ends with the name of the program and its process id.
        Maybe((Slot(Field("syslog"), "typed", r"[^\[\]]*\[[0-9]+\]", ends=(b": ",)), b": ")),
        *spaced(
            client(),
            (b"[", Slot(Field("time", "time", "haproxy"), "typed", CLF_LOCAL, width=24), b"]"),
            word("frontend"),
            (word("backend"), b"/", word("server")),
            (
                *(_timer("TR"), b"/", _timer("Tw"), b"/", _timer("Tc"), b"/"),
                *(_timer("Tr", Field("Tr", "upstream", "ms")), b"/"),
                *(_PLUS, _timer("Ta", Field("Ta", "duration", "ms"))),
            ),
            status("status"),
            (_PLUS, digits("bytes_read", "size")),
            word("request_cookie"),
            word("response_cookie"),
            Slot(Field("termination"), "typed", "[^ ]{4}", width=4),
            Slot(Field("connections"), "typed", r"(?:[0-9]+/){4}\+?[0-9]+"),
            Slot(Field("queues"), "typed", "[0-9]+/[0-9]+"),
        ),
        Maybe((b" {", Slot(Field("request_headers"), "until", empty=True, ends=(b"} {", *_LAST)), b"}")),
        Maybe((b" {", Slot(Field("response_headers"), "until", empty=True, ends=_LAST), b"}")),
        # With `log-format ... %sslv %sslc` before the request.
        Maybe((b" ", Slot(Field("ssl_version", "tls"), "typed", f"(?:{_VERSION}|-)"), b" ", word("ssl_ciphers"))),
        # The request may be cut at the maximum length of a syslog line; then it has no closing quote.
        *(b' "', Slot(Field("request", "request"), "until", empty=True, ends=(b'"',)), Maybe((b'"',))),
        behind(word("errors"), (word("sni"), b"/", word("ssl_version", "tls"), b"/", word("cipher"))),
    ),
    exact=True,
)

PRESET = Preset(
    "haproxy_http",
    "HAProxy with option httplog, with or without syslog's prefix",
    "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
    (
        b"Oct 10 11:55:36 lb haproxy[14389]: 192.0.2.7:50123 [10/Oct/2025:11:55:36.500] http-in static/srv1 "
        b'10/0/30/11/12 200 2326 - - ---- 1/1/1/1/0 0/0 {shop.example} {} "GET /basket/add?item=7 HTTP/1.1"',
    ),
    lambda limit: TemplateFormat("haproxy_http", _TEMPLATE, limit, tail_known=True),
)
