"""Parts that the lines of several servers have in common."""

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.template.slot import CLF_BARE, CLF_WITHOUT_ZONE, DIGITS, ISO_UTC, NUMBER, STATUS_OR_NONE, Slot
from http_monitor.parser.template.template import Given, Maybe

Parts = Given | tuple[Given, ...]

BEFORE_STATUS = f'" {STATUS_OR_NONE} '
"""What follows the end of a quoted request that may contain unescaped quotes."""
BEFORE_STATUS_AND_SIZE = rf'" {STATUS_OR_NONE} (?:-|[0-9]++)(?:[ ]|\Z)'
"""The same, if the size of the response follows the status (docs/ARCHITECTURE.md, "What a line means")."""
COLOUR = Maybe((b"\x1b[", Slot(Field("colour"), "typed", "[0-9;]+"), b"m"))
"""An optional colour code of a terminal."""


def word(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a field that ends before the next space or at the end of the line."""
    return Slot(Field(name, role, writing), "word")


def quoted(name: str, role: Role | None = None) -> Slot:
    """Return a field in quotes, in which a backslash escapes the next byte; or a dash without quotes."""
    return Slot(Field(name, role), "quoted")


def loose(name: str, role: Role | None = None) -> Slot:
    """Return a quoted field that may contain unescaped quotes, though none before a space; or a bare dash."""
    return Slot(Field(name, role), "loose")


def status(name: str) -> Slot:
    """Return a status, or a text that means there is none."""
    return Slot(Field(name, "status"), "typed", STATUS_OR_NONE)


def count(name: str, role: Role | None = None) -> Slot:
    """Return a number, or a dash."""
    return Slot(Field(name, role), "typed", NUMBER)


def digits(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a number."""
    return Slot(Field(name, role, writing), "typed", DIGITS)


def client(name: str = "client", port: str = "client_port") -> tuple[Given, ...]:
    """Return an address followed by a colon and its port."""
    return Slot(Field(name, "host"), "last"), b":", digits(port)


def clf_time(name: str = "time") -> tuple[Given, ...]:
    """Return a time in brackets, with its offset from UTC."""
    return b"[", Slot(Field(name, "time", "clf"), "typed", CLF_BARE, width=26), b"]"


def local_time(name: str = "time", looks: str = CLF_WITHOUT_ZONE) -> tuple[Given, ...]:
    """Return a time in brackets without a zone."""
    return b"[", Slot(Field(name, "time", "haproxy"), "typed", looks, width=20), b"]"


def user(name: str = "user") -> Slot:
    """Return a user that may contain spaces, before a time in brackets."""
    return Slot(Field(name, "user"), "until", ends=(b" [",))


def raw_request(then: str = BEFORE_STATUS_AND_SIZE) -> tuple[Given, ...]:
    """Return a request in quotes without escapes."""
    return b'"', Slot(Field("request", "request"), "until", empty=True, ends=(b'" ',), then=then), b'"'


def raw(name: str, role: Role | None = None, end: bytes = b'"', then: str = r'"\Z') -> tuple[Given, ...]:
    """Return a field in quotes without escapes, which ends before the last part of the line, or with the line."""
    return b'"', Slot(Field(name, role), "until", empty=True, ends=(end,), then=then), b'"'


def raw_pair(then: str = r'"\Z') -> tuple[Given, ...]:
    """Return referrer and user agent in quotes without escapes.

    Args:
        then: Pattern of what follows the agent.
    """
    referer = Slot(Field("referer", "referer"), "until", empty=True, ends=(b'" "',), then='" "')
    return b'"', referer, b'" ', *raw("user_agent", "agent", then=then)


def spaced(*parts: Parts) -> tuple[Given, ...]:
    """Return parts separated by spaces; the parts of a tuple are not separated."""
    together: list[Given] = []
    for part in parts:
        together += [b" ", *(part if isinstance(part, tuple) else (part,))]
    return tuple(together[1:])


def behind(*parts: Parts) -> Maybe:
    """Return optional trailing parts of newer servers, each after a space; no part follows a missing one."""
    first, *others = parts
    own = first if isinstance(first, tuple) else (first,)
    return Maybe((b" ", *own, *((behind(*others),) if others else ())))


def before_request(part: Slot) -> tuple[Given, ...]:
    """Return the parts of common and combined with one more before the request."""
    return *spaced(
        word("remote_addr", "host"),
        word("ident", "ident"),
        user("remote_user"),
        clf_time("time_local"),
        part,
        quoted("request", "request"),
        status("status"),
        count("body_bytes_sent", "size"),
    ), behind(quoted("http_referer", "referer"), quoted("http_user_agent", "agent"))


ENVOY_ASKED = spaced(
    (b"[", Slot(Field("start_time", "time", "iso"), "typed", ISO_UTC), b"]"),
    loose("request", "request"),
    status("response_code"),
    word("response_flags"),
)
"""The beginning of the lines of Envoy and programs based on it."""
ENVOY_ANSWERED = spaced(
    count("bytes_received", "bytes_in"),
    count("bytes_sent", "size"),
    word("duration", "duration", "ms"),
    word("upstream_service_time", "upstream", "ms"),
    loose("x-forwarded-for", "forwarded"),
    loose("user-agent", "agent"),
    loose("x-request-id", "request_id"),
    loose("authority", "vhost"),
    loose("upstream_host"),
)
"""The parts after those; Istio has others between and after them."""
