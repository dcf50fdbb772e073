"""Makes log formats by the names that users give."""

import re

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.clf.variants import SHAPES, kind_of
from http_monitor.parser.declared import envoy, nginx
from http_monitor.parser.declared.apache import KIND, ApacheFormat, make_logformat
from http_monitor.parser.declared.nginx_quotes import unquote
from http_monitor.parser.declared.own_time import OwnTime, check_used
from http_monitor.parser.declared.pasted import extract_format
from http_monitor.parser.declared.placeholders import check_size
from http_monitor.parser.declared.programs import program_of, template_of
from http_monitor.parser.detect.fallback import FallbackFormat
from http_monitor.parser.fields.field import Role
from http_monitor.parser.fields.zones import Zone, in_zone
from http_monitor.parser.json_keys import PREFIX, envoy_json_format, json_format_from, nginx_json_template
from http_monitor.parser.presets import BY_NAME
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.ports.log_format import LogFormat
from http_monitor.units import visible_text

# Apache's own definitions of common, combined and vhost_combined.
_PRESET = re.compile(
    r'(?P<vhost>%[vV](?::%p)? )?%[ha] %l %u %t "%r" %>?s %[bBO](?P<pair> "%\{(?i:Referer)\}i" "%\{(?i:User-Agent)\}i")?'
)

_OF_GOACCESS = {
    "COMMON": "common",
    "VCOMMON": "vhost_common",
    "COMBINED": "combined",
    "VCOMBINED": "vhost_combined",
    "W3C": "iis",
    "SQUID": "squid",
    "CLOUDFRONT": "cloudfront",
    "CLOUDSTORAGE": "gcs",
    "AWSELB": "aws_elb",
    "AWSALB": "aws_alb",
    "AWSS3": "aws_s3",
    "CADDY": "caddy_json",
    "TRAEFIKCLF": "traefik_clf",
}
"""The names that GoAccess gives to formats."""
_MAX_NAME = 40
_NEEDED: dict[Role, str] = {"host": "%h", "status": "%>s"}


def get_format(
    name: str,
    limit: int = DEFAULT_LINE_BYTES,
    zone: Zone | None = None,
    *,
    of_httpd: bool = False,
    own: OwnTime | None = None,
    untimed: bool = False,
) -> LogFormat:
    """Return the format for a value of --format.

    Args:
        name: A name of the Common Log Format family or of a preset, ``json:`` with keys, or a format string of a
            server, with or without the text around it.
        limit: The longest line, in bytes without its LF.
        zone: The zone of times without one; None: the usual one of the format.
        of_httpd: The string is from a configuration of Apache, so it is not Tomcat's.
        own: The directive that is the time; None: the server's usual one.
        untimed: Lines may have no time, because it is around them, or is that of their arrival.

    Raises:
        UsageError: there is no such format, or the string has no time, host or status.
    """
    name = _OF_GOACCESS.get(name, name)
    return in_zone(_format(name, limit, of_httpd=of_httpd, own=own, untimed=untimed), zone)


def _format(name: str, limit: int, *, of_httpd: bool, own: OwnTime | None, untimed: bool) -> LogFormat:
    if name in SHAPES or name in BY_NAME or name.startswith(PREFIX):
        check_used(own, there=False)
    if name in SHAPES:
        return FamilyFormat(name, limit)
    if name in BY_NAME:
        preset = BY_NAME[name]
        made, family = (preset.make_untimed if untimed and preset.make_untimed else preset.make)(limit), preset.family
        return made if family is None else FallbackFormat(made, FamilyFormat(family, limit), limit)
    check_size(name)
    if name.startswith(PREFIX):
        return json_format_from(name, limit, untimed=untimed)
    given = extract_format(name)
    program = program_of(given)
    if program == "nginx":
        text = given.text
        if nginx.is_json(text):
            return nginx_json_template(unquote(text), limit, own, untimed=untimed)
        template = nginx.check_countable(nginx.nginx_template(text, own, untimed=untimed), untimed=untimed)
        return TemplateFormat(name, template, limit, KIND)
    if program is None:
        names = list(dict.fromkeys([*SHAPES, *BY_NAME]))
        import difflib  # noqa: PLC0415 - most names are those of formats

        near = difflib.get_close_matches(name[:_MAX_NAME], names, n=1)
        takes = near[0] if near else f"{', '.join(names)} or a LogFormat string with % or a log_format with $"
        raise UsageError(f"--format: got {visible_text(name)}, takes {takes}")
    check_used(own, there=program == "apache")
    if program == "envoy" and envoy.is_json(given.text):
        return envoy_json_format(given.text, limit, untimed=untimed)
    if program != "apache":
        return TemplateFormat(name, template_of(program, given.text, untimed=untimed), limit, KIND)
    family_of = _PRESET.fullmatch(given.text.replace(r"\"", '"').strip())
    if family_of is None or own is not None:
        _check_countable(ApacheFormat(given.text, limit, own=own, untimed=untimed))
        httpd = of_httpd and not given.of_xml
        return make_logformat(given.text, limit, name=name, of_httpd=httpd, own=own, untimed=untimed)
    # Its lines are those of the family, which is read much faster.
    return FamilyFormat(kind_of(family_of["vhost"] is not None, family_of["pair"] is not None), limit)


def _check_countable(apache: ApacheFormat) -> None:
    # Without a host all traffic would seem to come from one client; without a status no error would be seen.
    for role, directive in _NEEDED.items():
        if not apache.gives(role):
            raise UsageError(f"--format: got a LogFormat without {directive}, takes one with %h, %t and %>s")
