"""The W3C extended log format, as IIS and CloudFront write it."""

from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.w3c import W3cFormat
from http_monitor.parser.w3ccolumns import Dialect

_IIS = Dialect(
    "ms",
    (
        *("date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"),
        *("cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken"),
    ),
    frozenset({15}),
)
# Columns were only ever added behind; the first 24 have been there since 2014.
_CLOUDFRONT = Dialect(
    "s",
    (
        *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
        *("cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id"),
        *("x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
        *("x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"),
        *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len"),
        *("sc-range-start", "sc-range-end"),
    ),
    frozenset(range(24, 34)),
    "x-edge-location",
)
_EDGE = (
    b"2025-10-10\t11:55:36\tFRA56-P1\t2326\t192.0.2.7\tGET\td111111abcdef8.cloudfront.net\t/basket/add\t200\t"
    b"https://shop.example/\tMozilla/5.0%20(X11;%20Linux%20x86_64)\titem=7\t-\tHit\tq1W2e3R4t5Y6u7I8o9P0==\t"
    b"shop.example\thttps\t421\t0.012\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t50123\t0.011\tHit\t"
    b"text/html\t2014\t-\t-"
)

W3C = (
    Preset(
        "cloudfront",
        "Amazon CloudFront, standard logs with tabs",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
        (b"#Version: 1.0", b"#Fields: " + " ".join(_CLOUDFRONT.usual).encode(), _EDGE),
        lambda limit: W3cFormat("cloudfront", _CLOUDFRONT, limit),
    ),
    Preset(
        "iis",
        "IIS, and other logs with a #Fields line (W3C extended)",
        "https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
        (
            b"#Software: Microsoft Internet Information Services 10.0",
            b"#Fields: " + " ".join(_IIS.usual).encode(),
            b"2025-10-10 11:55:36 198.51.100.1 GET /basket/add item=7 443 - 192.0.2.7 "
            b"Mozilla/5.0+(Windows+NT+10.0) https://shop.example/ 200 0 0 31",
        ),
        lambda limit: W3cFormat("iis", _IIS, limit),
    ),
)
