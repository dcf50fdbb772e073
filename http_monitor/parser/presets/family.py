"""The Common Log Format and its nearest relatives, as Apache's own configuration names them."""

from collections.abc import Callable

from http_monitor.parser.family import FamilyFormat
from http_monitor.parser.presets.preset import Preset
from http_monitor.ports import LogFormat

_APACHE = "https://httpd.apache.org/docs/2.4/logs.html#accesslog"
_LINE = b'192.0.2.7 - anna [10/Oct/2025:13:55:36 +0200] "GET /basket/add?item=7 HTTP/1.1" 200 2326'
_PAIR = b' "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"'


def _family(name: str) -> Callable[[int], LogFormat]:
    return lambda limit: FamilyFormat(name, limit)


FAMILY = (
    Preset(
        "vhost_combined",
        "Apache with the virtual host in front",
        _APACHE,
        (b"shop.example:443 " + _LINE + _PAIR,),
        _family("vhost_combined"),
    ),
    Preset("combined", "Apache and nginx, their default", _APACHE, (_LINE + _PAIR,), _family("combined")),
    Preset(
        "vhost_common",
        "the Common Log Format with the virtual host in front",
        _APACHE,
        (b"shop.example:443 " + _LINE,),
        _family("vhost_common"),
    ),
    Preset("common", "the Common Log Format", _APACHE, (_LINE,), _family("common")),
)
