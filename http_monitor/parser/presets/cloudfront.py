"""The standard logs of Amazon CloudFront, in the W3C extended log format with tabs."""

from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.w3c.columns import Dialect
from http_monitor.parser.w3c.format import W3cFormat

# New columns were always appended; the first 24 have been there since 2014.
_DIALECT = Dialect(
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
_LINE = (
    b"2025-10-10\t11:55:36\tFRA56-P1\t2326\t192.0.2.7\tGET\td111111abcdef8.cloudfront.net\t/basket/add\t200\t"
    b"https://shop.example/\tMozilla/5.0%20(X11;%20Linux%20x86_64)\titem=7\t-\tHit\tq1W2e3R4t5Y6u7I8o9P0==\t"
    b"shop.example\thttps\t421\t0.012\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t50123\t0.011\tHit\t"
    b"text/html\t2014\t-\t-"
)

PRESET = Preset(
    "cloudfront",
    "Amazon CloudFront, standard logs with tabs",
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
    (b"#Version: 1.0", b"#Fields: " + " ".join(_DIALECT.usual).encode(), _LINE),
    lambda limit: W3cFormat("cloudfront", _DIALECT, limit),
)
