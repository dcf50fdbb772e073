"""The parts that lines of several servers have in common."""

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.template.slot import CLF_BARE, CLF_WITHOUT_ZONE, DIGITS, ISO_UTC, NUMBER, STATUS_OR_NONE, Slot
from http_monitor.parser.template.template import Given, Maybe

Parts = Given | tuple[Given, ...]

BEFORE_STATUS = f'" {STATUS_OR_NONE} '
"""What shows that a request in quotes ends, which may hold quotes that nobody escaped."""
BEFORE_STATUS_AND_SIZE = rf'" {STATUS_OR_NONE} (?:-|[0-9]++)(?:[ ]|\Z)'
"""The same, where the size of the response is behind its status (docs/ARCHITECTURE.md, "What a line means")."""
COLOUR = Maybe((b"\x1b[", Slot(Field("colour"), "typed", "[0-9;]+"), b"m"))
"""What makes a terminal write in another colour, or does not stand there."""


def word(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a field that ends before the next space, or with the line."""
    return Slot(Field(name, role, writing), "word")


def quoted(name: str, role: Role | None = None) -> Slot:
    """Return a field in quotes, where a backslash escapes the next byte; or a bare dash."""
    return Slot(Field(name, role), "quoted")


def loose(name: str, role: Role | None = None) -> Slot:
    """Return a field in quotes that itself may hold quotes nobody escaped, but none before a space; or a bare dash."""
    return Slot(Field(name, role), "loose")


def status(name: str) -> Slot:
    """Return a status, or what says that there is none."""
    return Slot(Field(name, "status"), "typed", STATUS_OR_NONE)


def count(name: str, role: Role | None = None) -> Slot:
    """Return a number, or a dash."""
    return Slot(Field(name, role), "typed", NUMBER)


def digits(name: str, role: Role | None = None, writing: Writing = "plain") -> Slot:
    """Return a number."""
    return Slot(Field(name, role, writing), "typed", DIGITS)


def client(name: str = "client", port: str = "client_port") -> tuple[Given, ...]:
    """Return an address with its port behind the last colon."""
    return Slot(Field(name, "host"), "last"), b":", digits(port)


def clf_time(name: str = "time") -> tuple[Given, ...]:
    """Return a time in brackets, with its offset from UTC."""
    return b"[", Slot(Field(name, "time", "clf"), "typed", CLF_BARE, width=26), b"]"


def local_time(name: str = "time", looks: str = CLF_WITHOUT_ZONE) -> tuple[Given, ...]:
    """Return a time in brackets that has no zone."""
    return b"[", Slot(Field(name, "time", "haproxy"), "typed", looks, width=20), b"]"


def user(name: str = "user") -> Slot:
    """Return a user who may hold spaces, in front of a time in brackets."""
    return Slot(Field(name, "user"), "until", ends=(b" [",))


def raw_request(then: str = BEFORE_STATUS_AND_SIZE) -> tuple[Given, ...]:
    """Return a request in quotes that nobody escaped."""
    return b'"', Slot(Field("request", "request"), "until", empty=True, ends=(b'" ',), then=then), b'"'


def raw(name: str, role: Role | None = None, end: bytes = b'"', then: str = r'"\Z') -> tuple[Given, ...]:
    """Return a field in quotes that nobody escaped, which ends where the last part of the line begins, or with it."""
    return b'"', Slot(Field(name, role), "until", empty=True, ends=(end,), then=then), b'"'


def raw_pair(then: str = r'"\Z') -> tuple[Given, ...]:
    """Return referrer and user agent, whose quotes nobody escaped.

    Args:
        then: What follows the agent.
    """
    referer = Slot(Field("referer", "referer"), "until", empty=True, ends=(b'" "',), then='" "')
    return b'"', referer, b'" ', *raw("user_agent", "agent", then=then)


def spaced(*parts: Parts) -> tuple[Given, ...]:
    """Return parts with a space between them; what is a tuple stays together."""
    together: list[Given] = []
    for part in parts:
        together += [b" ", *(part if isinstance(part, tuple) else (part,))]
    return tuple(together[1:])


def behind(*parts: Parts) -> Maybe:
    """Return parts that newer servers write behind, each with the space before it; the first that misses ends them."""
    first, *others = parts
    own = first if isinstance(first, tuple) else (first,)
    return Maybe((b" ", *own, *((behind(*others),) if others else ())))


def before_request(part: Slot) -> tuple[Given, ...]:
    """Return the parts of common, or combined, with one more in front of the request."""
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
"""The beginning of the lines of Envoy, and of what is made of it."""
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
"""What stands behind that; Istio has more between the two, and behind."""
