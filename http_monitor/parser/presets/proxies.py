"""The logs of proxies: Squid, HAProxy, Envoy, Traefik."""

from http_monitor.parser.field import Field
from http_monitor.parser.presets.parts import behind, client, count, digits, loose, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.slot import CLF_BARE, CLF_LOCAL, EPOCH_WITH_MS, ISO_UTC, SIGNED, Slot
from http_monitor.parser.template import Gap, Maybe, Template
from http_monitor.parser.text import TemplateFormat

_SQUID = Template(
    (
        *(Slot(Field("time", "time", "epoch"), "typed", EPOCH_WITH_MS), Gap()),
        *spaced(
            digits("elapsed", "duration", "ms"),
            word("client", "host"),
            (Slot(Field("result", "cache"), "typed", "[A-Z_]+"), b"/", status("status")),
            count("size", "size"),
            word("method", "method"),
            word("url", "target"),
            word("user", "user"),
            (Slot(Field("hierarchy"), "typed", "[A-Z_]+"), b"/", word("peer")),
        ),
    ),
    exact=True,
)


def _timer(name: str, field: Field | None = None) -> Slot:
    return Slot(field or Field(name), "typed", SIGNED)


_PLUS = Maybe((b"+",))
"""In front of a figure that was not complete when the line was written (``option logasap``)."""
_HAPROXY = Template(
    (
        # What syslog puts in front ends with the name of the program and its number.
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
        Maybe((b" {", Slot(Field("request_headers"), "until", empty=True, ends=(b"} {", b'} "')), b"}")),
        Maybe((b" {", Slot(Field("response_headers"), "until", empty=True, ends=(b'} "',)), b"}")),
        # The syslog line may be too short for the request, and then it has no closing quote.
        *(b' "', Slot(Field("request", "request"), "until", empty=True, ends=(b'"',)), Maybe((b'"',))),
        behind(word("errors"), (word("sni"), b"/", word("ssl_version", "tls"), b"/", word("cipher"))),
    ),
    exact=True,
)
_ENVOY = Template(
    spaced(
        (b"[", Slot(Field("start_time", "time", "iso"), "typed", ISO_UTC), b"]"),
        loose("request", "request"),
        status("response_code"),
        word("response_flags"),
        count("bytes_received", "bytes_in"),
        count("bytes_sent", "size"),
        word("duration", "duration", "ms"),
        word("upstream_service_time", "upstream", "ms"),
        loose("x-forwarded-for", "forwarded"),
        loose("user-agent", "agent"),
        loose("x-request-id", "request_id"),
        loose("authority", "vhost"),
        loose("upstream_host"),
    ),
    exact=True,
)
_TRAEFIK = Template(
    spaced(
        word("ClientHost", "host"),
        word("ident", "ident"),
        Slot(Field("ClientUsername", "user"), "until", ends=(b" [",)),
        (b"[", Slot(Field("StartUTC", "time", "clf"), "typed", CLF_BARE, width=26), b"]"),
        quoted("request", "request"),
        status("OriginStatus"),
        count("OriginContentSize", "size"),
        quoted("referer", "referer"),
        quoted("user_agent", "agent"),
        count("RequestCount"),
        quoted("RouterName"),
        quoted("ServiceURL"),
        Slot(Field("Duration", "duration", "ms"), "typed", "[0-9]+ms"),
    ),
    exact=True,
)

PROXIES = (
    Preset(
        "squid",
        "Squid, its native log",
        "https://wiki.squid-cache.org/Features/LogFormat",
        (
            b"1760097336.500     12 192.0.2.7 TCP_MISS/200 2326 GET http://shop.example/basket/add?item=7 - "
            b"HIER_DIRECT/198.51.100.1 text/html",
        ),
        lambda limit: TemplateFormat("squid", _SQUID, limit),
    ),
    Preset(
        "haproxy_http",
        "HAProxy with option httplog, with or without syslog's prefix",
        "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
        (
            b"Oct 10 11:55:36 lb haproxy[14389]: 192.0.2.7:50123 [10/Oct/2025:11:55:36.500] http-in static/srv1 "
            b'10/0/30/11/12 200 2326 - - ---- 1/1/1/1/0 0/0 {shop.example} {} "GET /basket/add?item=7 HTTP/1.1"',
        ),
        lambda limit: TemplateFormat("haproxy_http", _HAPROXY, limit),
    ),
    Preset(
        "envoy",
        "Envoy, its default format",
        "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
        (
            b'[2025-10-10T11:55:36.500Z] "GET /basket/add?item=7 HTTP/2" 200 - 421 2326 12 11 "192.0.2.7" '
            b'"curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.example" "198.51.100.1:80"',
        ),
        lambda limit: TemplateFormat("envoy", _ENVOY, limit),
    ),
    Preset(
        "traefik_clf",
        "Traefik, its default format",
        "https://doc.traefik.io/traefik/observability/access-logs/",
        (
            b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0" '
            b'1 "shop@docker" "http://198.51.100.1:80" 12ms',
        ),
        lambda limit: TemplateFormat("traefik_clf", _TRAEFIK, limit),
    ),
)
