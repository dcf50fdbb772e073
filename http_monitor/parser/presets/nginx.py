"""The formats with more than combined that nginx's own examples and documentation define."""

from collections.abc import Callable

from http_monitor.parser.nginx import nginx_template
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.text import TemplateFormat
from http_monitor.ports import LogFormat

_MODULE = "https://nginx.org/en/docs/http/ngx_http_log_module.html"
_LOGGING = "https://docs.nginx.com/nginx/admin-guide/monitoring/logging/"
_COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
_MAIN = _COMBINED + ' "$http_x_forwarded_for"'
_LINE = b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"'


def _made(name: str, text: str) -> Callable[[int], LogFormat]:
    return lambda limit: TemplateFormat(name, nginx_template(text), limit)


def _preset(name: str, what: str, source: str, text: str, *rests: bytes) -> Preset:
    return Preset(name, what, source, tuple(_LINE + rest for rest in rests), _made(name, text))


NGINX = (
    _preset(
        "nginx_upstream_time",
        "nginx with rt, uct, uht and urt, as its guide to logging has it",
        _LOGGING,
        _COMBINED
        + ' rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"',
        b' rt=0.042 uct="0.001" uht="0.040" urt="0.041"',
    ),
    _preset(
        "nginx_main_timed",
        "nginx main with request and upstream times behind",
        _MODULE,
        _MAIN + " $request_time $upstream_response_time",
        b' "198.51.100.4" 0.042 0.041',
        b' "-" 0.000 -',
    ),
    _preset(
        "nginx_timed_upstream",
        "nginx combined with request and upstream times behind",
        _MODULE,
        _COMBINED + " $request_time $upstream_response_time",
        b" 5.003 5.000, 0.003",
    ),
    _preset(
        "nginx_timed", "nginx combined with the request time behind", _MODULE, _COMBINED + " $request_time", b" 0.042"
    ),
    _preset(
        "nginx_main",
        "nginx with X-Forwarded-For behind, as its own configuration has it",
        "https://nginx.org/en/docs/beginners_guide.html",
        _MAIN,
        b' "198.51.100.4, 192.0.2.9"',
        b' "-"',
    ),
)
