"""The logs of proxies: Squid, HAProxy, Envoy, Traefik."""

from http_monitor.parser.field import Field
from http_monitor.parser.presets.parts import (
    behind,
    bracketed,
    client,
    count,
    loose,
    quoted,
    spaced,
    status,
    text,
    word,
)
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.steps import Step, StepsFormat

_SQUID = (
    Step(r"([0-9]{9,11}\.[0-9]{3})", (Field("time", "time", "epoch"),), "seconds with three decimals"),
    Step(" ++([0-9]++)", (Field("elapsed", "duration", "ms"),), "milliseconds"),
    Step(" ([^ ]++)", (Field("client", "host"),), "client"),
    Step(" ([A-Z_]++)/", (Field("result", "cache"),), "a result like TCP_MISS and /"),
    status("status"),
    *(text(" "), count("size", "size"), text(" "), word("method", "method"), text(" "), word("url", "target")),
    *(text(" "), word("user", "user"), text(" ")),
    Step("([A-Z_]++)/([^ ]++)", (Field("hierarchy"), Field("peer")), "a hierarchy code, / and the peer"),
)
_HAPROXY = (
    # What syslog puts in front ends with the name of the program, whose number may be missing.
    Step(r"(?:[^\[\]]*+\[[0-9]++\]: |)", (), "client:port"),
    *spaced(
        client(),
        Step(
            r"\[([0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{8}\.[0-9]{3})\]",
            (Field("time", "time", "haproxy"),),
            "a time like [06/Feb/2009:12:14:14.655]",
        ),
        word("frontend"),
        Step("([^ /]++)/([^ ]++)", (Field("backend"), Field("server")), "backend/server"),
        Step(
            r"(-?[0-9]++)/(-?[0-9]++)/(-?[0-9]++)/(-?[0-9]++)/\+?(-?[0-9]++)",
            (Field("TR"), Field("Tw"), Field("Tc"), Field("Tr", "upstream", "ms"), Field("Ta", "duration", "ms")),
            "five times with / between",
        ),
        status("status"),
        Step(r"\+?([0-9]++)(?=[ ])", (Field("bytes_read", "size"),), "bytes"),
        word("request_cookie"),
        word("response_cookie"),
        Step("([^ ]{4})(?=[ ])", (Field("termination"),), "a termination state like ----"),
        Step(r"([0-9]++/[0-9]++/[0-9]++/[0-9]++/\+?[0-9]++)", (Field("connections"),), "five counts with / between"),
        Step("([0-9]++/[0-9]++)", (Field("queues"),), "two queues with / between"),
    ),
    Step(r'(?: \{(.*?)\}(?= [{"])|)', (Field("request_headers"),), "request headers in { }"),
    Step(r'(?: \{(.*?)\}(?= ")|)', (Field("response_headers"),), "response headers in { }"),
    # The syslog line may be too short for the request, and then it has no closing quote.
    Step(' "([^"]*+)"?', (Field("request", "request"),), 'request in " "'),
)
_ENVOY = spaced(
    Step(
        r"\[([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]++Z)\]",
        (Field("start_time", "time", "iso"),),
        "a time like [2025-10-10T11:55:36.000Z]",
    ),
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
)
_TRAEFIK = spaced(
    word("ClientHost", "host"),
    word("ident", "ident"),
    Step(r"([^\[]+)(?= \[)", (Field("ClientUsername", "user"),), "user"),
    bracketed("StartUTC", "clf"),
    quoted("request", "request"),
    status("OriginStatus"),
    count("OriginContentSize", "size"),
    quoted("referer", "referer"),
    quoted("user_agent", "agent"),
    Step("([0-9]++|-)(?=[ ])", (Field("RequestCount"),), "the number of requests"),
    quoted("RouterName"),
    quoted("ServiceURL"),
    Step(r"([0-9]++ms)(?=[ ]|\Z)", (Field("Duration", "duration", "ms"),), "milliseconds with ms"),
)
_HAPROXY_TAIL = behind(
    word("errors"),
    Step("([^ /]++)/([^ /]++)/([^ ]++)", (Field("sni"), Field("ssl_version", "tls"), Field("cipher")), ""),
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
        lambda limit: StepsFormat("squid", _SQUID, limit),
    ),
    Preset(
        "haproxy_http",
        "HAProxy with option httplog, with or without syslog's prefix",
        "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
        (
            b"Oct 10 11:55:36 lb haproxy[14389]: 192.0.2.7:50123 [10/Oct/2025:11:55:36.500] http-in static/srv1 "
            b'10/0/30/11/12 200 2326 - - ---- 1/1/1/1/0 0/0 {shop.example} {} "GET /basket/add?item=7 HTTP/1.1"',
        ),
        lambda limit: StepsFormat("haproxy_http", _HAPROXY, limit, tail=_HAPROXY_TAIL),
    ),
    Preset(
        "envoy",
        "Envoy, its default format",
        "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
        (
            b'[2025-10-10T11:55:36.500Z] "GET /basket/add?item=7 HTTP/2" 200 - 421 2326 12 11 "192.0.2.7" '
            b'"curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.example" "198.51.100.1:80"',
        ),
        lambda limit: StepsFormat("envoy", _ENVOY, limit),
    ),
    Preset(
        "traefik_clf",
        "Traefik, its default format",
        "https://doc.traefik.io/traefik/observability/access-logs/",
        (
            b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0" '
            b'1 "shop@docker" "http://198.51.100.1:80" 12ms',
        ),
        lambda limit: StepsFormat("traefik_clf", _TRAEFIK, limit),
    ),
)
