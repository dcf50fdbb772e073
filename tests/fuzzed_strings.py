"""Format strings as the fuzzers want formats: by a name, with a line that each reads."""

from collections.abc import Callable

from http_monitor.parser.formats import get_format
from http_monitor.parser.presets import Preset
from http_monitor.ports.log_format import LogFormat

_COMBINED = b'192.0.2.7 - - [19/Jan/2026:23:08:15 +0000] "GET /a?b HTTP/1.1" 200 612 "-" "curl/8.5.0"'
_STRINGS: dict[str, tuple[str, bytes]] = {
    "haproxy": (
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %hr %hs %{+Q}r",
        b"192.0.2.7:2842 [21/Jan/2026:20:51:50.065] fe be/srv 0/0/1/6/7 200 649 - - ---- {a|b} {} "
        + b'"GET /p HTTP/1.1"',
    ),
    "goaccess": ('%h %^[%d:%t %^] "%r" %s %b "%R" "%u"', _COMBINED),
    "goaccess_dates": ("%d %t %^ %h %m %U %s", b"2026-01-19 23:08:15 x 192.0.2.7 GET /a 200"),
    "envoy": (
        '[%START_TIME%] "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%" %RESPONSE_CODE% %BYTES_SENT% %DURATION% '
        '"%REQ(X-FORWARDED-FOR)%"',
        b'[2026-04-15T20:17:00.310Z] "POST /a/b HTTP/2" 204 0 226 "192.0.2.7, 10.0.0.1"',
    ),
    "squid": (
        "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt",
        b"1768864095.500     12 192.0.2.7 TCP_MISS/200 612 GET http://shop/a?b - HIER_DIRECT/198.51.100.1 text/html",
    ),
    "gunicorn": ('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(L)s', _COMBINED + b" 0.001234"),
    "morgan": (
        ':remote-addr - :remote-user [:date[clf]] ":method :url HTTP/:http-version" :status :res[content-length] '
        '":referrer" ":user-agent" :response-time ms',
        _COMBINED + b" 1.250 ms",
    ),
    "uwsgi": (
        '%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size) "%(referer)" "%(uagent)" %(msecs)',
        _COMBINED + b" 7",
    ),
    "caddy": (
        '{remote} - {user} [{when}] "{method} {uri} {proto}" {status} {size} {latency}',
        _COMBINED.partition(b' "-"')[0] + b" 1.5ms",
    ),
    "haproxy_dates": (
        '{"t":"%[date,utime(%Y-%m-%dT%H:%M:%SZ)]","ip":"%[src]","st":%ST,"b":%B,"m":"%HM","u":"%HU","d":%Ta}',
        b'{"t":"2026-01-19T23:08:15Z","ip":"192.0.2.7","st":200,"b":612,"m":"GET","u":"/a?b","d":7}',
    ),
    "forwarded_bare": (
        "$http_x_forwarded_for [$time_local] $request $http_host $status",
        b"10.0.0.7, 10.0.0.8 [19/Jan/2026:23:08:15 +0000] GET /a HTTP/1.1 shop.example 200",
    ),
    "pieces": (
        "%h [%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t%{%z}t] %>s",
        b"::1 [2026-01-19T23:08:15.250+0000] 200",
    ),
    "unit": ('%h %l %u %t "%r" %s %b %D %T', _COMBINED.partition(b' "-"')[0] + b" 297 0.297"),
}


def _making(text: str) -> Callable[[int], LogFormat]:
    return lambda limit: get_format(text, limit)


STRINGS = tuple(
    Preset(f"string_{name}", "a format string", "", (line,), _making(text), detected=False)
    for name, (text, line) in _STRINGS.items()
)
"""Each with a name that no preset has."""
