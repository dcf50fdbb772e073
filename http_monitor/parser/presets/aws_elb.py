"""The access log of Amazon's Classic Load Balancer."""

from http_monitor.parser.presets.aws_times import TIME, TIMES
from http_monitor.parser.presets.parts import behind, client, count, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *spaced(
            TIME,
            word("elb"),
            client(),
            word("backend"),
            TIMES,
            status("elb_status_code"),
            word("backend_status_code"),
            count("received_bytes", "bytes_in"),
            count("sent_bytes", "size"),
            quoted("request", "request"),
        ),
        behind(quoted("user_agent", "agent"), word("ssl_cipher"), word("ssl_protocol", "tls")),
    ),
    exact=True,
)

PRESET = Preset(
    "aws_elb",
    "Amazon Classic Load Balancer",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
    (
        b"2025-10-10T11:55:36.186641Z shop 192.0.2.7:50123 198.51.100.1:80 0.001 0.010 0.001 200 200 421 2326 "
        b'"GET https://shop.example:443/basket/add?item=7 HTTP/1.1" "curl/8.5.0" '
        b"ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2",
    ),
    lambda limit: TemplateFormat("aws_elb", _TEMPLATE, limit, tail_known=True),
)
