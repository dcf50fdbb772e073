"""The server access logs of Amazon S3."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import behind, count, loose, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import CLF_BARE, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
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

PRESET = Preset(
    "aws_s3",
    "Amazon S3, server access logs",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html",
    (
        b"79a59df900b949e5 shop-files [10/Oct/2025:11:55:36 +0000] 192.0.2.7 - 3E57427F3EXAMPLE REST.GET.OBJECT "
        b'basket/add "GET /basket/add?item=7 HTTP/1.1" 200 - 2326 2326 12 11 "-" "curl/8.5.0" - '
        b"s9lzHYrFp76ZVxRcpX9 SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader shop-files.s3.example TLSv1.2 - -",
    ),
    lambda limit: TemplateFormat("aws_s3", _TEMPLATE, limit, tail_known=True),
)
