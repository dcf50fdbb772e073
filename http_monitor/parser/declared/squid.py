"""Makes templates of Squid's logformat.

Its codes: https://www.squid-cache.org/Doc/config/logformat/
"""

import re

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import (
    NOTHING,
    Meant,
    make_template,
    meaning_of_time,
    parts_of,
    unknown_placeholder,
)
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BARE, DIGITS, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a logformat of Squid"
_NEEDED: dict[Role, str] = {"host": "%>a", "status": "%>Hs", "time": "%ts"}
_SECONDS = "%ts.%03tu"
CODE = re.compile(
    r"%(?P<how>[\"\[#'/]?)-?(?P<width>0?[0-9]*)(?:\.[0-9]+)?(?:\{(?P<of>[^}]*)\})?"
    r"(?P<name>%|[<>]?(?:ssl::|adapt::|icap::|note)?[<>]?[A-Za-z_]+)(?:\{(?P<of_2>[^}]*)\})?"
)
_NAMES: tuple[tuple[str, Meant], ...] = (
    (">a", Meant("host")),
    (">A", Meant("host", rank=1)),
    (">p", Meant(looks=DIGITS)),
    (">Hs", Meant("status", looks=STATUS_OR_NONE)),
    ("<Hs", Meant("status", looks=STATUS_OR_NONE, rank=1)),
    ("Hs", Meant("status", looks=STATUS_OR_NONE, rank=2)),
    (">st", Meant("bytes_in", looks=NUMBER)),
    ("<st", Meant("size", looks=NUMBER)),
    ("st", Meant("size", looks=NUMBER, rank=1)),
    ("tr", Meant("duration", "ms", r" *-?[0-9]+")),
    ("dt", NOTHING),
    ("tl", Meant("time", "clf", CLF_BARE, 26)),
    ("tg", Meant("time", "clf", CLF_BARE, 26, 1)),
    ("ts", Meant("time", "epoch", DIGITS)),
    ("tu", Meant(looks=DIGITS)),
    ("rm", Meant("method")),
    (">rm", Meant("method", rank=1)),
    ("ru", Meant("target")),
    (">ru", Meant("target", rank=1)),
    ("<ru", Meant("target", rank=2)),
    ("rp", Meant("target", rank=3)),
    (">rp", Meant("target", rank=4)),
    ("rv", Meant("protocol")),
    (">rv", Meant("protocol", rank=1)),
    ("un", Meant("user")),
    ("ul", Meant("user", rank=1)),
    ("ui", Meant("ident")),
    ("ue", Meant("user", rank=2)),
    ("us", Meant("user", rank=3)),
    ("Ss", Meant("cache")),
    ("Sh", NOTHING),
    ("mt", NOTHING),
    ("ea", NOTHING),
    ("et", NOTHING),
    *((name, NOTHING) for name in ("<a", "<A", "<p", "la", "lp", "<la", "<lp", "sn", "rd", ">rd", "<rd", "<pt", "<tt")),
    *((name, NOTHING) for name in (">eui", "rs", ">rs", "sh", "err_code", "err_detail", "note", "nfmark", "tos")),
)
_MEANT = dict(_NAMES)
_HEADERS: dict[str, Meant] = {
    "referer": Meant("referer"),
    "user-agent": Meant("agent"),
    "host": Meant("vhost"),
    "x-forwarded-for": Meant("forwarded"),
}
_OWN = re.compile(
    r"%[\"\[#'/]?-?[0-9.]*(?:>a|>A|>Hs|<Hs|>st|<st|<A|Ss|Sh|rm|ru|tl|ts|tu|un|ui|\{[^}]*\}>h)(?![A-Za-z])"
)


def is_squid(text: str) -> bool:
    """Return whether a string contains syntax that only Squid has."""
    return len(set(_OWN.findall(text))) >= 2


def squid_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a logformat, `untimed` ones too. Raises UsageError: it cannot be read."""
    pieces: list[tuple[str, Meant | None]] = []
    literal, at = "", 0
    while at < len(text):
        if text.startswith(_SECONDS, at):
            pieces += [(literal, None), (_SECONDS, Meant("time", "epoch", r"[0-9]+\.[0-9]+"))]
            literal, at = "", at + len(_SECONDS)
            continue
        match = CODE.match(text, at)
        if match is None:
            if text[at] == "%":
                raise unknown_placeholder(NOUN, text[at:], "%>a, %>Hs, %ts.%03tu, …")
            at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\")
            literal += text[at]
            at += 1
            continue
        at = match.end()
        if match["name"] == "%":
            literal += "%"
            continue
        if literal:
            pieces.append((literal, None))
        literal = ""
        pieces.append((match[0], _look_up(match["name"], match["of"] or match["of_2"] or "", match[0])))
    return make_template(parts_of([*pieces, (literal, None)]), NOUN, _NEEDED, untimed=untimed)


def _look_up(name: str, of: str, text: str) -> Meant:
    if name in (">h", ">ha"):
        return _HEADERS.get(of.partition(":")[0].lower(), NOTHING)
    if name in ("<h", "<ha") or name.startswith(("ssl::", "adapt::", "icap::", "note")):
        return NOTHING
    if name in ("tl", "tg") and of:
        time = meaning_of_time(of)
        if time is None:
            raise UsageError(f"--format: got {NOUN} with {text}, takes one with a date and a time of day")
        return time
    if name not in _MEANT and name.lstrip("<>") not in _MEANT:
        raise unknown_placeholder(NOUN, text, "%>a, %>Hs, %ts.%03tu, …")
    return _MEANT.get(name, NOTHING)
