r"""Takes a format string out of what it was pasted with: a directive, a setting, quotes, entities, a line end.

What is taken off says by itself which program it is of, where it does: ``LogFormat "…" name``, ``log-format …``.
"""

import re
from typing import Literal, NamedTuple

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

Program = Literal["apache", "nginx", "haproxy", "squid", "goaccess", "envoy", "gunicorn", "morgan", "uwsgi", "caddy"]
"""Whose string it is; Tomcat's are those of Apache."""


class Pasted(NamedTuple):
    """A string without what it stood in."""

    text: str
    program: Program | None = None
    """What its directive is of; None: nothing said it."""
    of_xml: bool = False
    """It is an attribute, as Tomcat's configuration has it."""


_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">", "amp": "&", "#34": '"', "#39": "'"}
_ENTITY = re.compile(rf"&({'|'.join(_ENTITIES)});")
_ATTRIBUTE = re.compile(r"""(?:^|[\s<])pattern\s*=\s*(?P<quote>["'])(?P<inner>.*?)(?P=quote)""", re.DOTALL)
_QUOTED = r"""(?P<quote>["'])(?P<inner>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)"""
_WHOLE = re.compile(_QUOTED, re.DOTALL)
_LOGFORMAT = re.compile(rf"\s*LogFormat\s+{_QUOTED}(?:\s+\S+)?\s*", re.DOTALL | re.IGNORECASE)
_CUSTOMLOG = re.compile(
    rf"""\s*(?:Custom|Global)Log\s+(?:"(?:\\.|[^"\\])*"|\S+)\s+(?:{_QUOTED}|(?P<name>[^\s"']+))(?:\s+.*)?""",
    re.DOTALL | re.IGNORECASE,
)
_ACCESS_LOG = re.compile(r"\s*access_log\s+\S+(?:\s+(?P<name>[^\s;]+))?[^;]*;?\s*")
_SQUID = re.compile(r"\s*logformat\s+[^\s\"'%]+\s+(?P<inner>\S.*)", re.DOTALL)
_HAPROXY = re.compile(r"\s*log-format\s+(?P<inner>\S.*)", re.DOTALL)
_SETTING = re.compile(
    rf"""\s*(?P<name>access_log_format|--access-logformat|access_logformat|format|inline_string|text_format|"""
    r"""accesslog\.format|access_log\.format)"""
    rf"""\s*[=: ]\s*r?{_QUOTED}\s*[,;]?\s*""",
    re.DOTALL,
)
_MORGAN = re.compile(rf"[\w.\s(]*\bmorgan\(\s*{_QUOTED}.*", re.DOTALL)
_AIOHTTP = re.compile(r"%Tf(?![A-Za-z])")
_UNDERTOW = re.compile(r"%\{([io]),\s*([^{},]+)\}")
_OF_SETTING: dict[str, Program] = {
    "inline_string": "envoy",
    "text_format": "envoy",
    "accesslog.format": "apache",
}
"""Whose settings these are; lighttpd's strings are those of Apache."""
_UWSGI = re.compile(r"\s*(?:--)?log-?format\s*[= ]\s*(?P<inner>.*%\(addr\)(?![A-Za-z{\[]).*)", re.DOTALL)
_TRANSFORM = re.compile(r"\s*(?:format\s+)?transform\s+(?P<quote>[`\"])(?P<inner>.*?)(?P=quote).*", re.DOTALL)


def pasted(text: str) -> Pasted:
    """Return the string that was meant.

    Raises:
        UsageError: a directive that only names a format, which stands elsewhere.
    """
    of_xml = bool(_ENTITY.search(text))
    attribute = _ATTRIBUTE.search(text) if "%" in text else None
    if attribute is not None and text.lstrip().startswith(("<", "pattern", "className")):
        text, of_xml = attribute["inner"], True
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
    # Seconds with decimals, which Apache's letters have no word for.
    text = _AIOHTTP.sub("%{s}T", _UNDERTOW.sub(r"%{\2}\1", text))
    found = _of_directive(text)
    return Pasted(_ended(_unwrapped(found.text)), found.program, of_xml)


def _of_directive(text: str) -> Pasted:
    for pattern in (_LOGFORMAT, _CUSTOMLOG):
        match = pattern.fullmatch(text)
        if match is not None:
            name = match.groupdict().get("name")
            if name is not None and "%" not in name:
                raise UsageError(
                    f"--format: got a CustomLog that names the LogFormat {visible_text(name)}, takes that LogFormat,"
                    " or --format-from the configuration"
                )
            return Pasted(match["inner"] if name is None else name, "apache")
    access_log = _ACCESS_LOG.fullmatch(text)
    if access_log is not None:
        name = access_log["name"] or "combined"
        raise UsageError(
            f"--format: got an access_log that names the log_format {visible_text(name)}, takes that log_format,"
            " or --format-from the configuration"
        )
    match = _UWSGI.fullmatch(text)
    if match is not None:
        return Pasted(match["inner"].strip(), "uwsgi")
    match = _TRANSFORM.fullmatch(text)
    if match is not None:
        return Pasted(match["inner"], "caddy")
    match = _SQUID.fullmatch(text)
    if match is not None:
        return Pasted(match["inner"], "squid")
    match = _HAPROXY.fullmatch(text)
    if match is not None:
        # GoAccess calls it so too, and neither needs quotes.
        inner = match["inner"].strip()
        whole = _WHOLE.fullmatch(inner)
        return Pasted(whole["inner"] if whole else inner.replace("\\ ", " "))
    match = _SETTING.fullmatch(text)
    if match is not None:
        return Pasted(match["inner"], _OF_SETTING.get(match["name"]))
    match = _MORGAN.fullmatch(text)
    return Pasted(text) if match is None else Pasted(match["inner"], "morgan")


def _unwrapped(text: str) -> str:
    """Return a text without the quotes round it, where those within it are escaped."""
    bare = text.strip()
    quote = bare[:1]
    if quote not in ('"', "'") or len(bare) < 2 or bare[-1] != quote:
        return text
    inner = bare[1:-1]
    if re.search(rf"(?<!\\){quote}", inner) or inner.endswith("\\"):
        return text
    # Quotes with nothing escaped between them may be in every line.
    return inner if f"\\{quote}" in inner or (quote == "'" and '"' in inner) else text


def _ended(text: str) -> str:
    """Return a text without the line end that was written behind it."""
    before = None
    while before != text:
        before = text
        text = text.rstrip("\r\n")
        for end in ("\\n", "\\r"):
            if text.endswith(end) and not text.endswith("\\" + end):
                text = text.removesuffix(end)
    return text
