"""The logs of Amazon's load balancers and buckets."""

from http_monitor.parser.field import Field
from http_monitor.parser.presets.parts import behind, client, count, loose, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.slot import CLF_BARE, ISO_UTC, Slot
from http_monitor.parser.template import Template
from http_monitor.parser.text import TemplateFormat

_ADDRESSES = "https://docs.aws.amazon.com/"
# One of the three is -1 where nothing came back; then there is no total.
_TIMES = spaced(
    Slot(Field("request_processing_time", None, "s", adds_up=True), "word"),
    Slot(Field("target_processing_time", "upstream", "s", adds_up=True), "word"),
    Slot(Field("response_processing_time", None, "s", adds_up=True), "word"),
)
_TIME = Slot(Field("time", "time", "iso"), "typed", ISO_UTC)
_ALB = Template(
    (
        *spaced(
            Slot(Field("type"), "typed", "(?:https?|h2|grpcs?|wss?)"),
            _TIME,
            word("elb"),
            client(),
            word("target:port"),
            _TIMES,
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
_ELB = Template(
    (
        *spaced(
            _TIME,
            word("elb"),
            client(),
            word("backend"),
            _TIMES,
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
_S3 = Template(
    (
        *spaced(
            word("bucket_owner"),
            word("bucket", "vhost"),
            (b"[", Slot(Field("time", "time", "clf"), "typed", CLF_BARE, width=26), b"]"),
            word("remote_ip", "host"),
            word("requester", "user"),
            word("request_id", "request_id"),
            Slot(Field("operation"), "typed", r"[A-Z0-9]+\.[^ ]+"),
            word("key"),
            loose("request_uri", "request"),
            status("http_status"),
            word("error_code"),
            count("bytes_sent", "size"),
            word("object_size"),
            word("total_time", "duration", "ms"),
            word("turn_around_time", "upstream", "ms"),
            loose("referer", "referer"),
            loose("user_agent", "agent"),
        ),
        behind(
            word("version_id"),
            word("host_id"),
            word("signature_version"),
            word("cipher_suite"),
            word("authentication_type"),
            word("host_header"),
            word("tls_version", "tls"),
            word("access_point_arn"),
            word("acl_required"),
        ),
    ),
    exact=True,
)

AMAZON = (
    Preset(
        "aws_alb",
        "Amazon Application Load Balancer",
        _ADDRESSES + "elasticloadbalancing/latest/application/load-balancer-access-logs.html",
        (
            b"https 2025-10-10T11:55:36.186641Z app/shop/50dc6c495c0c9188 192.0.2.7:50123 198.51.100.1:80 0.001 0.010 "
            b'0.001 200 200 421 2326 "GET https://shop.example:443/basket/add?item=7 HTTP/2.0" "curl/8.5.0" '
            b"ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/shop/1 "
            b'"Root=1-58337262-36d228ad5d99923122bbe354" "shop.example" "-" 0 2025-10-10T11:55:36.174000Z "forward" '
            b'"-" "-" "198.51.100.1:80" "200" "-" "-"',
        ),
        lambda limit: TemplateFormat("aws_alb", _ALB, limit),
    ),
    Preset(
        "aws_elb",
        "Amazon Classic Load Balancer",
        _ADDRESSES + "elasticloadbalancing/latest/classic/access-log-collection.html",
        (
            b"2025-10-10T11:55:36.186641Z shop 192.0.2.7:50123 198.51.100.1:80 0.001 0.010 0.001 200 200 421 2326 "
            b'"GET https://shop.example:443/basket/add?item=7 HTTP/1.1" "curl/8.5.0" '
            b"ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2",
        ),
        lambda limit: TemplateFormat("aws_elb", _ELB, limit),
    ),
    Preset(
        "aws_s3",
        "Amazon S3, server access logs",
        _ADDRESSES + "AmazonS3/latest/userguide/LogFormat.html",
        (
            b"79a59df900b949e5 shop-files [10/Oct/2025:11:55:36 +0000] 192.0.2.7 - 3E57427F3EXAMPLE REST.GET.OBJECT "
            b'basket/add "GET /basket/add?item=7 HTTP/1.1" 200 - 2326 2326 12 11 "-" "curl/8.5.0" - '
            b"s9lzHYrFp76ZVxRcpX9 SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader shop-files.s3.example TLSv1.2 - -",
        ),
        lambda limit: TemplateFormat("aws_s3", _S3, limit),
    ),
)
