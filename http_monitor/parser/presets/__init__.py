"""The list of presets: formats that have a name, in the order in which they are tried and shown."""

from http_monitor.parser.presets import (
    apache_combined_d,
    apache_combined_t,
    aws_alb,
    aws_elb,
    aws_s3,
    caddy_json,
    cloudfront,
    combined,
    common,
    envoy,
    gcs,
    gunicorn,
    haproxy_http,
    iis,
    ingress_nginx,
    json,
    nginx_json,
    nginx_main,
    nginx_main_timed,
    nginx_timed,
    nginx_timed_upstream,
    nginx_upstream_time,
    squid,
    traefik_clf,
    traefik_json,
    uvicorn,
    vhost_combined,
    vhost_common,
)
from http_monitor.parser.presets.preset import Preset

PRESETS: tuple[Preset, ...] = (
    traefik_json.PRESET,
    caddy_json.PRESET,
    nginx_json.PRESET,
    json.PRESET,
    cloudfront.PRESET,
    iis.PRESET,
    aws_alb.PRESET,
    aws_elb.PRESET,
    aws_s3.PRESET,
    gcs.PRESET,
    squid.PRESET,
    haproxy_http.PRESET,
    envoy.PRESET,
    traefik_clf.PRESET,
    uvicorn.PRESET,
    ingress_nginx.PRESET,
    nginx_upstream_time.PRESET,
    nginx_main_timed.PRESET,
    nginx_timed_upstream.PRESET,
    nginx_timed.PRESET,
    nginx_main.PRESET,
    vhost_combined.PRESET,
    combined.PRESET,
    vhost_common.PRESET,
    common.PRESET,
    gunicorn.PRESET,
    apache_combined_d.PRESET,
    apache_combined_t.PRESET,
)
"""The more a preset asks of a line, the earlier it stands: of two that fit as many lines the first is chosen."""

BY_NAME = {preset.name: preset for preset in PRESETS}
"""Each preset by the name a user gives."""

__all__ = ["BY_NAME", "PRESETS", "Preset"]
