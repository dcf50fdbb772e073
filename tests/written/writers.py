"""Writes a hit as each server would, with the row that the line has to be read as."""

from tests.reference.clf import section_and_endpoint
from tests.written import family, frameworks, json_lines, servers
from tests.written.hit import Hit, Row, Writer
from tests.written.texts import cut


def write(name: str, hit: Hit) -> tuple[bytes, Row]:
    """Return the line that the server of a preset writes for a hit, and the row it says."""
    line, said = WRITERS[name](hit)
    section, path = section_and_endpoint(hit.method, hit.target)
    row: Row = {
        "time": hit.at_us,
        "host": hit.host,
        "section": section,
        "path": path,
        "method": hit.method,
        "user": None,
        "referer": None,
        "agent": None,
        "status": hit.status,
        "size_bytes": None,
        "duration_us": None,
        "upstream_us": None,
        "bytes_in": None,
        "vhost": None,
        "cache": None,
        "tls": None,
        "forwarded": None,
        "source": None,
        "server": None,
    }
    return line, row | said


WRITERS: dict[str, Writer] = {
    "traefik_json": json_lines.traefik_json,
    "caddy_json": json_lines.caddy,
    "caddy_console": json_lines.caddy_console,
    "nginx_json": json_lines.nginx_json,
    "json": json_lines.any_json,
    "cloudfront": servers.cloudfront,
    "iis": servers.iis,
    "aws_alb": servers.alb,
    "aws_elb": servers.elb,
    "aws_s3": servers.s3,
    "gcs": servers.gcs,
    "squid": servers.squid,
    "haproxy_http": servers.haproxy,
    "envoy": servers.envoy,
    "traefik_clf": family.append_tail(family.combined, servers.traefik_tail),
    "uvicorn": servers.uvicorn,
    "istio": servers.istio,
    "heroku_router": servers.heroku,
    "uwsgi": frameworks.uwsgi,
    "gin": frameworks.gin,
    "tornado": frameworks.tornado,
    "sanic": frameworks.sanic,
    "hypercorn": frameworks.hypercorn,
    "granian": frameworks.granian,
    "http_server_node": frameworks.http_server_node,
    "npmplus": family.npmplus,
    "haproxy_clf": family.haproxy_clf,
    "squid_combined": family.squid_combined,
    "rack": frameworks.rack,
    "twisted": frameworks.twisted,
    "cherrypy": frameworks.cherrypy,
    "httpserver": frameworks.httpserver,
    "werkzeug": frameworks.httpserver,
    "daphne": frameworks.daphne,
    "aiohttp": frameworks.aiohttp,
    "apisix": family.apisix,
    "nginx_cache_status": family.before_request(lambda hit: hit.cache, "cache"),
    "nginx_host_inside": family.before_request(lambda hit: hit.vhost, "vhost"),
    "combined_iso": family.combined_iso,
    "ingress_nginx": family.append_tail(family.combined, family.ingress_tail),
    "nginx_upstream_time": family.append_tail(family.combined, family.guide_tail),
    "nginx_main_timed": family.append_tail(
        family.append_tail(family.combined, family.forwarded_tail),
        family.append_tail(family.took_tail, family.upstream_tail),
    ),
    "nginx_timed_upstream": family.append_tail(
        family.combined, family.append_tail(family.took_tail, family.upstream_tail)
    ),
    "nginx_timed": family.append_tail(family.combined, family.took_tail),
    "nginx_main": family.append_tail(family.combined, family.forwarded_tail),
    "vhost_combined": family.with_vhost(family.combined),
    "combined": family.combined,
    "vhost_common": family.with_vhost(family.common),
    "common": family.common,
    "gunicorn": family.combined,
    "mini_httpd": family.combined,
    "morgan": family.combined,
    "apache_combined_d": family.append_tail(
        family.combined, lambda hit: (b" %d" % hit.took_us, {"duration_us": hit.took_us})
    ),
    "apache_combined_t": family.append_tail(
        family.combined, lambda hit: (b" %d" % (hit.took_us // 10**6), {"duration_us": cut(hit.took_us, 10**6)})
    ),
}
