"""The access log of Amazon's Application Load Balancer."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.aws_times import TIME, TIMES
from http_monitor.parser.presets.parts import behind, client, count, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *spaced(
            Slot(Field("type"), "typed", "(?:https?|h2|grpcs?|wss?)"),
            TIME,
            word("elb"),
            client(),
            word("target:port"),
            TIMES,
            status("elb_status_code"),
            word("target_status_code"),
            count("received_bytes", "bytes_in"),
            count("sent_bytes", "size"),
            quoted("request", "request"),
            quoted("user_agent", "agent"),
            word("ssl_cipher"),
            word("ssl_protocol", "tls"),
        ),
        behind(
            word("target_group_arn"),
            quoted("trace_id", "request_id"),
            quoted("domain_name", "vhost"),
            quoted("chosen_cert_arn"),
            word("matched_rule_priority"),
            word("request_creation_time"),
            quoted("actions_executed"),
            quoted("redirect_url"),
            quoted("error_reason"),
            quoted("target_port_list"),
            quoted("target_status_code_list"),
            quoted("classification"),
            quoted("classification_reason"),
            word("conn_trace_id"),
        ),
    ),
    exact=True,
)

PRESET = Preset(
    "aws_alb",
    "Amazon Application Load Balancer",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
    (
        b"https 2025-10-10T11:55:36.186641Z app/shop/50dc6c495c0c9188 192.0.2.7:50123 198.51.100.1:80 0.001 0.010 "
        b'0.001 200 200 421 2326 "GET https://shop.example:443/basket/add?item=7 HTTP/2.0" "curl/8.5.0" '
        b"ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/shop/1 "
        b'"Root=1-58337262-36d228ad5d99923122bbe354" "shop.example" "-" 0 2025-10-10T11:55:36.174000Z "forward" '
        b'"-" "-" "198.51.100.1:80" "200" "-" "-"',
    ),
    lambda limit: TemplateFormat("aws_alb", _TEMPLATE, limit, tail_known=True),
)
