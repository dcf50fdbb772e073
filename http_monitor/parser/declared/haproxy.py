"""Makes templates of HAProxy's log-format.

Its variables: https://docs.haproxy.org/3.0/configuration.html#8.2.6
"""

import re
from dataclasses import replace

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import (
    NOTHING,
    Meant,
    check_count,
    choose_roles,
    join_requests,
    make_template,
    meaning_of_time,
    unknown_placeholder,
)
from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.template.slot import CLF_BARE, CLF_LOCAL, DIGITS, SIGNED, STATUS_OR_NONE, Slot
from http_monitor.parser.template.template import Given, Maybe, Template

NOUN = "a log-format of HAProxy"
_NEEDED: dict[Role, str] = {"host": "%ci", "status": "%ST", "time": "%tr"}
_VARIABLE = re.compile(
    r"%(?:\([A-Za-z0-9_.:-]*\))?(?:\{(?P<flags>[-+A-Za-z0-9,]*)\})?(?:(?P<name>[A-Za-z]{1,6})|(?P<any>%)|\[(?P<sample>(?:[^\[\]]|\[[^\]]*\])*)\])"
)
_MEANT: dict[str, Meant] = {
    "ci": Meant("host"),
    "cp": Meant(looks=DIGITS),
    "t": Meant("time", "haproxy", CLF_LOCAL, 24, 2),
    "tr": Meant("time", "haproxy", CLF_LOCAL, 24, 1),
    "T": Meant("time", "clf", CLF_BARE, 26),
    "Tl": Meant("time", "clf", CLF_BARE, 26),
    "trg": Meant("time", "clf", CLF_BARE, 26),
    "trl": Meant("time", "clf", CLF_BARE, 26),
    "Ts": Meant("time", "epoch", DIGITS, 0, 3),
    "ms": Meant(looks=DIGITS),
    "ST": Meant("status", looks=STATUS_OR_NONE),
    "B": Meant("size", looks=r"\+?[0-9]+"),
    "U": Meant("bytes_in", looks=DIGITS),
    "Ta": Meant("duration", "ms", r"\+?-?[0-9]+", 0, 0),
    "Tt": Meant("duration", "ms", r"\+?-?[0-9]+", 0, 1),
    "Tr": Meant("upstream", "ms", SIGNED),
    "Tu": Meant("duration", "ms", r"\+?-?[0-9]+", 0, 2),
    **dict.fromkeys(("TR", "Tw", "Tc", "Td", "Tq", "Th", "Ti"), Meant(looks=r"\+?-?[0-9]+")),
    "r": Meant("request"),
    "HM": Meant("method"),
    "HU": Meant("target"),
    "HP": Meant("path", rank=1),
    "HPO": Meant("path"),
    "HQ": Meant("query"),
    "HV": Meant("protocol"),
    "sslv": Meant("tls"),
    "ID": Meant("request_id"),
    **dict.fromkeys(
        (
            *("b", "bc", "bi", "bp", "bq", "CC", "CS", "f", "fc", "fi", "fp", "ft", "H", "hr", "hrl", "hs", "hsl"),
            *("lc", "o", "OG", "pid", "rc", "rt", "s", "sc", "si", "sp", "sq", "sslc", "ts", "tsc", "ac"),
        ),
        NOTHING,
    ),
}
_HEADERS = ("hr", "hs")
"""Captured headers, in braces; without any, the braces and the space before them are missing too."""
_NUMBERS = ("ac", "bc", "bp", "bq", "fc", "fp", "lc", "pid", "rc", "rt", "sc", "sp", "sq", "ts", "tsc")
_SAMPLES: tuple[tuple[re.Pattern[str], Meant], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meant)
    for pattern, meant in (
        (r"src", Meant("host", rank=1)),
        (r"(?:capture\.)?(?:req\.)?method", Meant("method", rank=1)),
        (r"(?:capture\.req\.uri|url|pathq)", Meant("target", rank=1)),
        (r"path", Meant("path", rank=2)),
        (r"query", Meant("query", rank=1)),
        (r"(?:txn\.)?status", Meant("status", rank=1)),
        (r"(?:req\.)?f?hdr\(user-agent.*", Meant("agent")),
        (r"(?:req\.)?f?hdr\(referer.*", Meant("referer")),
        (r"(?:req\.)?f?hdr\(host.*", Meant("vhost")),
        (r"(?:req\.)?f?hdr\(x-forwarded-for.*", Meant("forwarded")),
        (r"ssl_fc_protocol", Meant("tls", rank=1)),
    )
)
_EPOCHS: dict[str, Writing] = {"s": "epoch", "ms": "epoch_ms", "us": "epoch_us"}
_DATE = re.compile(
    r"(?:(?:accept_|request_)?date)(?:\((?:[-0-9]*,)?(?P<unit>ms|us|s)?\)|\([-0-9]*\))?"
    r"(?:,(?P<kind>(?:ms_|us_)?[ul]time)\((?P<pattern>[^()]*)\))?"
)
"""Fetches of the time of a connection or a request, or of the present, as a number or in terms of strftime."""
_OWN = re.compile(
    r"%(?:\([A-Za-z0-9_.:-]+\))?(?:\[|\{[-+][A-Za-z0-9,+-]*\}|(?:ci|cp|ft|tsc|ST|HM|HU|HP|HV|TR|Tr|Tw|Ta|Tt|tr|CC|hr|sslv|bq|ac)(?![A-Za-z]))"
)
_PRESENT = re.compile(r"%(?:\([A-Za-z0-9_.:-]+\))?(?:ci|ST|HM|HU|CC|\{[-+][A-Za-z0-9,+-]*\}|\[src)")


def is_haproxy(text: str) -> bool:
    """Return whether a string contains syntax that only HAProxy has."""
    return len(set(_OWN.findall(text))) >= 2 and _PRESENT.search(text) is not None


def haproxy_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a log-format, `untimed` ones too. Raises UsageError: it cannot be read."""
    found, pieces = _split(text)
    roles = choose_roles([meant for _, meant, _ in found])
    parts: list[Given] = []
    places = iter(zip(found, roles, strict=True))
    for index, piece in enumerate(pieces):
        if piece is not None:
            parts.append(piece.encode("utf-8", "surrogateescape"))
            continue
        (name, meant, quoted), role = next(places)
        behind = pieces[index + 1] if index + 1 < len(pieces) else ""
        parts += _place_variable(parts, name, meant, role, quoted=quoted, behind=behind)
    return make_template(_join_requests(parts), NOUN, _NEEDED, untimed=untimed, exact=True)


def _split(text: str) -> tuple[list[tuple[str, Meant, bool]], list[str | None]]:
    """Return the variables (name, meaning, whether it adds quotes), and the literals, with None for each variable."""
    found: list[tuple[str, Meant, bool]] = []
    pieces: list[str | None] = []
    at, literal, always_quoted = 0, "", False
    while at < len(text):
        match = _VARIABLE.match(text, at)
        if match is None:
            if text[at] == "%":
                raise unknown_placeholder(NOUN, text[at:], "%ci, %ST, %{+Q}r, …")
            at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\", " ", "'")
            # HAProxy writes one space for any number in the string.
            literal += "" if text[at] == " " and literal.endswith(" ") else text[at]
            at += 1
            continue
        at = match.end()
        if match["any"]:
            literal += "%"
            continue
        flags = match["flags"] or ""
        if match["name"] == "o":
            if "+json" in flags or "+cbor" in flags:
                encoded = "JSON" if "+json" in flags else "CBOR"
                takes = (
                    "json (or json: with keys) for such a log" if encoded == "JSON" else "one that writes text or JSON"
                )
                raise UsageError(f"--format: got a log-format of HAProxy that writes {encoded}, takes {takes}")
            always_quoted = ("+Q" in flags) or (always_quoted and "-Q" not in flags)
            continue
        if match["name"] is not None and match["name"] not in _MEANT:
            raise unknown_placeholder(NOUN, match[0], "%ci, %ST, %{+Q}r, …")
        if literal:
            pieces.append(literal)
        literal = ""
        pieces.append(None)
        meant = _MEANT[match["name"]] if match["name"] else _of_sample(match["sample"])
        if "+X" in flags:
            meant = NOTHING  # In hexadecimal; with ten digits it would be read as another time.
        found.append((match[0], meant, "+Q" in flags or (always_quoted and "-Q" not in flags)))
    check_count(len(found))
    return found, [*pieces, literal] if literal else pieces


def _of_sample(sample: str) -> Meant:
    date = _DATE.fullmatch(sample.strip())
    if date is not None:
        return _date_of(date["unit"] or "s", date["kind"], date["pattern"] or "")
    name = sample.partition(",")[0].strip()
    return next((meant for pattern, meant in _SAMPLES if pattern.fullmatch(name)), NOTHING)


def _date_of(unit: str, kind: str | None, pattern: str) -> Meant:
    """Return the time that a fetch of a date gives.

    Args:
        unit: The unit of a number.
        kind: The notation, ``utime`` or ``ltime`` and their finer variants; None: a number.
        pattern: The pattern for strftime.
    """
    if kind is None:
        return Meant("time", _EPOCHS[unit], DIGITS, rank=4)
    if kind.endswith("utime"):
        # A Z at its end is only a letter to HAProxy.
        pattern = pattern.removesuffix("Z") + ("%z" if pattern.endswith("Z") else "%@")
    written = meaning_of_time(re.sub("%[0-9]*N", "%f", pattern))
    return NOTHING if written is None else replace(written, rank=4)


def _place_variable(
    parts: list[Given], name: str, meant: Meant, role: Role | None, *, quoted: bool, behind: str | None
) -> list[Given]:
    """Return the parts for a variable; the space before captured headers is removed from the parts."""
    if name.removeprefix("%") in _HEADERS:
        spaced = bool(parts) and isinstance(parts[-1], bytes) and parts[-1].endswith(b" ")
        if spaced:
            assert isinstance(parts[-1], bytes)
            parts[-1] = parts[-1][:-1]
        ends = (b"} ", b"}") if not behind else (b"}" + behind[:1].encode(),)
        return [Maybe((b" {" if spaced else b"{", Slot(Field(name), "until", empty=True, ends=ends), b"}"))]
    field = Field(name, role, meant.writing, pattern=meant.pattern)
    # Numbers and times are never quoted.
    if quoted and not meant.looks and name[1:].rpartition("}")[2] not in _NUMBERS:
        return [b'"', Slot(field, "any", empty=True), b'"']
    if role == "host":
        return [Slot(field, "last" if (behind or "").startswith(":") else "word")]
    if meant.looks:
        return [Slot(field, "typed", meant.looks, meant.width)]
    if behind is None or behind[:1] not in ("", " "):
        return [Slot(field, "any", empty=True)]
    return [Slot(field, "any" if role == "request" else "word", empty=False)]


def _join_requests(parts: list[Given]) -> list[Given]:
    if all(isinstance(part, (bytes, Slot)) for part in parts):
        return [*join_requests([part for part in parts if isinstance(part, (bytes, Slot)) and part != b""])]
    return [part for part in parts if part != b""]
